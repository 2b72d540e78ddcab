import PostgresClient

/// A connection whose operations go by one of the two faces, so that one test exercises both.
struct Client {
    let connection: Connection
    let face: Face

    static func connect(_ configuration: ConnectionConfiguration, _ face: Face) async throws(PostgresError) -> Client {
        switch face {
        case .blocking: Client(connection: try connectBlocking(configuration), face: face)
        case .suspending: Client(connection: try await Connection.connect(to: configuration), face: face)
        }
    }

    private static func connectBlocking(_ configuration: ConnectionConfiguration) throws(PostgresError) -> Connection {
        try Connection.connect(to: configuration)
    }

    /// Connects to the shared server.
    static func connect(_ route: Route = .tcp, _ face: Face = .suspending) async throws -> Client {
        try await connect(TestServer.configuration(route), face)
    }

    @discardableResult
    func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        switch face {
        case .blocking: try blockingQuery(sql)
        case .suspending: try await connection.query(sql)
        }
    }

    private func blockingQuery(_ sql: SQL) throws(PostgresError) -> Rows { try connection.query(sql) }

    func query<each Value: PostgresDecodable>(
        _ sql: SQL, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        switch face {
        case .blocking: try blockingQuery(sql, as: type)
        case .suspending: try await connection.query(sql, as: type)
        }
    }

    func query<Value: PostgresDecodable>(_ sql: SQL, as type: Value.Type) async throws(PostgresError) -> [Value] {
        switch face {
        case .blocking: try blockingQuery(sql, as: type)
        case .suspending: try await connection.query(sql, as: type)
        }
    }

    private func blockingQuery<Value: PostgresDecodable>(_ sql: SQL, as type: Value.Type) throws(PostgresError)
        -> [Value]
    {
        try connection.query(sql, as: type)
    }

    private func blockingQuery<each Value: PostgresDecodable>(
        _ sql: SQL, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try connection.query(sql, as: type)
    }

    func structures<Value: Decodable>(_ sql: SQL, as type: Value.Type) async throws(PostgresError) -> [Value] {
        switch face {
        case .blocking: try blockingStructures(sql, as: type)
        case .suspending: try await connection.query(sql, as: type)
        }
    }

    private func blockingStructures<Value: Decodable>(_ sql: SQL, as type: Value.Type) throws(PostgresError) -> [Value]
    {
        try connection.query(sql, as: type)
    }

    @discardableResult
    func execute(_ sql: SQL) async throws(PostgresError) -> CommandResult {
        switch face {
        case .blocking: try blockingExecute(sql)
        case .suspending: try await connection.execute(sql)
        }
    }

    private func blockingExecute(_ sql: SQL) throws(PostgresError) -> CommandResult { try connection.execute(sql) }

    @discardableResult
    func simpleQuery(_ sql: SQL) async throws(PostgresError) -> [Rows] {
        switch face {
        case .blocking: try blockingSimpleQuery(sql)
        case .suspending: try await connection.simpleQuery(sql)
        }
    }

    private func blockingSimpleQuery(_ sql: SQL) throws(PostgresError) -> [Rows] { try connection.simpleQuery(sql) }

    func prepare(_ sql: SQL) async throws(PostgresError) -> PreparedStatement {
        switch face {
        case .blocking: try blockingPrepare(sql)
        case .suspending: try await connection.prepare(sql)
        }
    }

    private func blockingPrepare(_ sql: SQL) throws(PostgresError) -> PreparedStatement { try connection.prepare(sql) }

    /// Runs a prepared statement with one parameter.
    func run<Parameter: PostgresEncodable>(
        _ statement: PreparedStatement, _ parameter: Parameter
    ) async throws(PostgresError) -> Rows {
        switch face {
        case .blocking: try blockingRun(statement, parameter)
        case .suspending: try await statement.query(parameter)
        }
    }

    private func blockingRun<Parameter: PostgresEncodable>(
        _ statement: PreparedStatement, _ parameter: Parameter
    ) throws(PostgresError) -> Rows {
        try statement.query(parameter)
    }

    /// Prepares a statement with one parameter and reads its only column.
    func prepared<Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ sql: SQL, _ parameter: Parameter, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        try await runOne(prepare(sql), parameter, as: type)
    }

    /// Runs a prepared statement with one parameter and reads its only column.
    func runOne<Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ statement: PreparedStatement, _ parameter: Parameter, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        switch face {
        case .blocking: try blockingRun(statement, parameter, as: type)
        case .suspending: try await statement.query(parameter, as: type)
        }
    }

    private func blockingRun<Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ statement: PreparedStatement, _ parameter: Parameter, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        try statement.query(parameter, as: type)
    }

    func next(_ stream: RowStream) async throws(PostgresError) -> Row? {
        switch face {
        case .blocking: try blockingNext(stream)
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext(_ stream: RowStream) throws(PostgresError) -> Row? { try stream.next() }

    func next<each Value: PostgresDecodable>(
        _ stream: TupleStream<repeat each Value>
    ) async throws(PostgresError) -> (repeat each Value)? {
        switch face {
        case .blocking: try blockingNext(stream)
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext<each Value: PostgresDecodable>(
        _ stream: TupleStream<repeat each Value>
    ) throws(PostgresError) -> (repeat each Value)? {
        try stream.next()
    }

    /// Whether the connection answers a query.
    func answers() async throws(PostgresError) -> Bool {
        try await query("SELECT 42::int4", as: Int32.self) == [42]
    }
}

extension Client {
    @discardableResult
    func describeTypes(_ types: [PostgresOID]) async throws(PostgresError) -> PostgresTypeCatalog {
        switch face {
        case .blocking: try blockingTypes(types)
        case .suspending: try await connection.describeTypes(types)
        }
    }

    private func blockingTypes(_ types: [PostgresOID]) throws(PostgresError) -> PostgresTypeCatalog {
        try connection.describeTypes(types)
    }

    func describeOrigins(of columns: RowColumns) async throws(PostgresError) -> [ColumnOrigin?] {
        switch face {
        case .blocking: try blockingOrigins(columns)
        case .suspending: try await connection.describeOrigins(of: columns)
        }
    }

    private func blockingOrigins(_ columns: RowColumns) throws(PostgresError) -> [ColumnOrigin?] {
        try connection.describeOrigins(of: columns)
    }
}
