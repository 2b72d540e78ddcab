/// Codes that CockroachDB sends and PostgreSQL does not define.
///
/// Source: CockroachDB, `pkg/sql/pgwire/pgcode/codes.go`.
extension SQLState {
    /// The old code for "restart the transaction", long since replaced by ``serializationFailure``.
    public static let cockroachRestartTransaction = SQLState(rawValue: "CR000")
    /// The transaction committed, but a schema change in it failed afterwards; never to be retried.
    public static let cockroachCommittedWithSchemaChangeFailure = SQLState(rawValue: "XXA00")
    /// An error without a category of its own.
    public static let cockroachUncategorized = SQLState(rawValue: "XXUUU")
    /// The server was built without what was asked for.
    public static let cockroachLicensedBuildRequired = SQLState(rawValue: "XXC01")
    /// What was asked for needs a valid licence.
    public static let cockroachValidLicenseRequired = SQLState(rawValue: "XXC02")
    /// Some data of the cluster cannot be reached at the moment.
    public static let cockroachRangeUnavailable = SQLState(rawValue: "58C00")
    /// A connection between nodes of the cluster failed.
    public static let cockroachInternalConnectionFailure = SQLState(rawValue: "58C01")
    /// The proxy before the cluster could not connect.
    public static let cockroachProxyConnectionError = SQLState(rawValue: "08C00")
    /// An operator or function needs a session where there is none, as in a background job.
    public static let cockroachFullSessionContextRequired = SQLState(rawValue: "22C01")
    /// A changefeed ended because one of its tables was changed.
    public static let cockroachSchemaChangeOccurred = SQLState(rawValue: "55C01")
    /// A table has no primary key.
    public static let cockroachNoPrimaryKey = SQLState(rawValue: "55C02")
    /// No replica is fresh enough for the staleness that a query allows.
    public static let cockroachUnsatisfiableBoundedStaleness = SQLState(rawValue: "XCUBS")
    /// An experimental feature was used without being switched on.
    public static let cockroachExperimentalFeature = SQLState(rawValue: "XCEXF")
    /// A file to be written exists already.
    public static let cockroachFileAlreadyExists = SQLState(rawValue: "42C01")
}
