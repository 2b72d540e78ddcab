/// The statements that go to the server in one flight: built by the closure of
/// `pipeline`.
///
/// A statement that the connection runs for the first time is prepared in the same flight; its result comes as text that
/// once, and in binary from then on.
///
/// ```swift
/// let sums = try db.pipeline { pipeline in
///     try [1, 2, 3].map { try pipeline.query("SELECT \($0) + 1", as: Int.self) }
/// }
/// print(try sums.map { try $0.get() })
/// ```
///
/// Source: PostgreSQL manual, "Message Flow", "Pipelining".
public final class Pipeline {
    /// One statement.
    struct Entry {
        let statement: Source
        /// Whether anybody wants its rows.
        let keepsRows: Bool
        let receiver: any PipelineReceiver
    }

    enum Source {
        /// A text with its values.
        case sql(RenderedSQL)
        /// A prepared statement with what writes its Bind.
        case prepared(PreparedStatement, bind: (inout WireWriter) throws(PostgresError) -> Void)

        var text: String {
            switch self {
            case .sql(let sql): sql.text
            case .prepared(let statement, _): statement.description.text
            }
        }
    }

    private(set) var entries: [Entry] = []
    private let connection: Connection
    private var hasEnded = false

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The closure has returned: what is added now would never be sent.
    func end() {
        hasEnded = true
    }

    /// How many statements there are so far.
    public var count: Int { entries.count }

    private func add<Value>(
        _ statement: Source, keepsRows: Bool = true, _ decode: @escaping (Rows) throws(PostgresError) -> Value
    ) throws(PostgresError) -> PipelineResult<Value> {
        guard !hasEnded else {
            throw PostgresError(.invalidArgument, "the pipeline was used after the closure that builds it had returned")
                .with(isSafeToRetry: true)
        }
        let result = PipelineResult(decode)
        entries.append(Entry(statement: statement, keepsRows: keepsRows, receiver: result))
        return result
    }

    private static func result(of rows: Rows) -> CommandResult {
        CommandResult(tag: rows.commandTag ?? CommandTag(""))
    }

    // MARK: - SQL

    /// Adds a statement whose rows are not wanted.
    ///
    /// - Returns: What the statement will have done.
    /// - Throws: ``PostgresError`` if the SQL cannot be sent.
    @discardableResult
    public func execute(_ sql: SQL) throws(PostgresError) -> PipelineResult<CommandResult> {
        try add(.sql(try sql.render()), keepsRows: false, Self.result)
    }

    /// Adds a statement.
    ///
    /// - Returns: The rows that it will have answered.
    /// - Throws: ``PostgresError`` if the SQL cannot be sent.
    public func query(_ sql: SQL) throws(PostgresError) -> PipelineResult<Rows> {
        try add(.sql(try sql.render())) { (rows) throws(PostgresError) in rows }
    }

    /// Adds a statement whose rows are read as tuples.
    ///
    /// - Returns: The tuples that it will have answered.
    /// - Throws: ``PostgresError`` if the SQL cannot be sent.
    public func query<each Value: PostgresDecodable>(
        _ sql: SQL, as type: (repeat each Value).Type
    ) throws(PostgresError) -> PipelineResult<[(repeat each Value)]> {
        try add(.sql(try sql.render())) { (rows) throws(PostgresError) in
            try rows.decode((repeat each Value).self)
        }
    }

    /// Adds a statement whose only column is read.
    ///
    /// - Returns: The values that it will have answered.
    /// - Throws: ``PostgresError`` if the SQL cannot be sent.
    public func query<Value: PostgresDecodable>(
        _ sql: SQL, as type: Value.Type
    ) throws(PostgresError) -> PipelineResult<[Value]> {
        try add(.sql(try sql.render())) { (rows) throws(PostgresError) in try rows.decode(type) }
    }

    /// Adds a statement whose rows are read as structures, by the names of the columns.
    ///
    /// - Returns: The structures that it will have answered.
    /// - Throws: ``PostgresError`` if the SQL cannot be sent.
    @_disfavoredOverload
    public func query<Value: Decodable>(
        _ sql: SQL, as type: Value.Type, keys: ColumnKeyStrategy = .exact
    ) throws(PostgresError) -> PipelineResult<[Value]> {
        try add(.sql(try sql.render())) { (rows) throws(PostgresError) in try rows.decodeAny(type, keys) }
    }

    // MARK: - Prepared statements

    private func bind<each Parameter: PostgresEncodable>(
        _ statement: PreparedStatement, _ parameters: repeat each Parameter
    ) throws(PostgresError) -> Source {
        guard statement.connection === connection else {
            throw PostgresError(.invalidArgument, "the statement was prepared on another connection")
                .with(statement: statement.description.text).with(isSafeToRetry: true)
        }
        // What does not fit is said at once, with the line that it is in.
        var rehearsal = WireWriter()
        try statement.bind.write(into: &rehearsal, repeat each parameters)
        return .prepared(statement) { (writer) throws(PostgresError) in
            try statement.bind.write(into: &writer, repeat each parameters)
        }
    }

    /// Adds a prepared statement whose rows are not wanted.
    ///
    /// - Parameter parameters: A value for each of the statement's parameters.
    /// - Throws: ``PostgresError`` if the values do not fit the statement, or it is of another connection.
    @discardableResult
    public func execute<each Parameter: PostgresEncodable>(
        _ statement: PreparedStatement, _ parameters: repeat each Parameter
    ) throws(PostgresError) -> PipelineResult<CommandResult> {
        try add(try bind(statement, repeat each parameters), keepsRows: false, Self.result)
    }

    /// Adds a prepared statement.
    ///
    /// - Parameter parameters: A value for each of the statement's parameters.
    /// - Throws: ``PostgresError`` if the values do not fit the statement, or it is of another connection.
    public func query<each Parameter: PostgresEncodable>(
        _ statement: PreparedStatement, _ parameters: repeat each Parameter
    ) throws(PostgresError) -> PipelineResult<Rows> {
        try add(try bind(statement, repeat each parameters)) { (rows) throws(PostgresError) in rows }
    }

    /// Adds a prepared statement whose rows are read as tuples.
    ///
    /// - Parameter parameters: A value for each of the statement's parameters.
    /// - Throws: ``PostgresError`` if the values do not fit the statement, or it is of another connection.
    public func query<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ statement: PreparedStatement, _ parameters: repeat each Parameter, as type: (repeat each Value).Type
    ) throws(PostgresError) -> PipelineResult<[(repeat each Value)]> {
        try add(try bind(statement, repeat each parameters)) { (rows) throws(PostgresError) in
            try rows.decode((repeat each Value).self)
        }
    }

    /// Adds a prepared statement whose only column is read.
    ///
    /// - Parameter parameters: A value for each of the statement's parameters.
    /// - Throws: ``PostgresError`` if the values do not fit the statement, or it is of another connection.
    public func query<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ statement: PreparedStatement, _ parameters: repeat each Parameter, as type: Value.Type
    ) throws(PostgresError) -> PipelineResult<[Value]> {
        try add(try bind(statement, repeat each parameters)) { (rows) throws(PostgresError) in try rows.decode(type) }
    }
}
