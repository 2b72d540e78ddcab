/// What the server says in an ErrorResponse or NoticeResponse, field by field.
///
/// A server may leave out any of them: CockroachDB never sends a position, poolers often only code and message.
///
/// Source: PostgreSQL manual, "Error and Notice Message Fields".
public struct ServerError: Hashable, Sendable {
    /// `ERROR`, `FATAL`, `PANIC`, `WARNING`, `NOTICE`, `DEBUG`, `INFO` or `LOG`, never translated (field `V`, else `S`).
    public var severity: String
    /// The severity in the server's language (field `S`).
    public var localizedSeverity: String?
    /// The SQLSTATE (field `C`).
    public var sqlState: SQLState?
    /// What happened (field `M`).
    public var message: String
    /// More about it (field `D`). May quote values from the failed row.
    public var detail: String?
    /// What to do (field `H`).
    public var hint: String?
    /// Where in the statement, in characters from 1 (field `P`).
    public var position: Int?
    /// Where in ``internalQuery``, in characters from 1 (field `p`).
    public var internalPosition: Int?
    /// The statement that a function of the server ran itself (field `q`).
    public var internalQuery: String?
    /// The call stack of procedural code (field `W`).
    public var context: String?
    /// The schema concerned (field `s`).
    public var schema: String?
    /// The table concerned (field `t`).
    public var table: String?
    /// The column concerned (field `c`).
    public var column: String?
    /// The data type concerned (field `d`).
    public var dataType: String?
    /// The constraint that was violated (field `n`).
    public var constraint: String?
    /// The source file of the server (field `F`).
    public var file: String?
    /// The line in ``file`` (field `L`).
    public var line: String?
    /// The routine in ``file`` (field `R`).
    public var routine: String?

    public init(severity: String, sqlState: SQLState? = nil, message: String) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
    }

    /// Whether the server ends the session with this.
    public var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }
}
