extension Database {
    /// Creates a database, over a connection of its own to the server's `postgres` database (CockroachDB: `defaultdb`).
    ///
    /// ```swift
    /// try db.createDatabase("bank")
    /// ```
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func createDatabase(_ name: String) throws(PostgresError) {
        try maintain(try Statement.createDatabase(name))
    }

    /// The async form of the method above.
    public func createDatabase(_ name: String) async throws(PostgresError) {
        try await maintain(try Statement.createDatabase(name))
    }

    /// Drops a database, over a connection of its own.
    ///
    /// - Parameter ifExists: Whether it is no error if there is none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func dropDatabase(_ name: String, ifExists: Bool = false) throws(PostgresError) {
        try maintain(try Statement.dropDatabase(name, ifExists: ifExists))
    }

    /// The async form of the method above.
    public func dropDatabase(_ name: String, ifExists: Bool = false) async throws(PostgresError) {
        try await maintain(try Statement.dropDatabase(name, ifExists: ifExists))
    }

    private static let maintenanceDatabases = ["postgres", "defaultdb"]

    private func maintain(_ sql: SQL) throws(PostgresError) {
        var configuration = try pool.configuration
        var refusal: PostgresError?
        for name in Database.maintenanceDatabases {
            configuration.database = name
            let connection: Connection
            do throws(PostgresError) {
                connection = try Connection.connect(to: configuration)
            } catch  where error.sqlState == .invalidCatalogName {
                refusal = refusal ?? error
                continue
            }
            defer { connection.close() }
            try connection.execute(sql)
            return
        }
        if let refusal { throw refusal }
    }

    private func maintain(_ sql: SQL) async throws(PostgresError) {
        var configuration = try pool.configuration
        var refusal: PostgresError?
        for name in Database.maintenanceDatabases {
            configuration.database = name
            let connection: Connection
            do throws(PostgresError) {
                connection = try await Connection.connect(to: configuration)
            } catch  where error.sqlState == .invalidCatalogName {
                refusal = refusal ?? error
                continue
            }
            defer { connection.close() }
            try await connection.execute(sql)
            return
        }
        if let refusal { throw refusal }
    }
}
