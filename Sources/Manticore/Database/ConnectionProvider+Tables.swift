extension ConnectionProvider {
    /// Creates a table.
    ///
    /// ```swift
    /// try db.createTable("users", columns: ["id": "UUID PRIMARY KEY DEFAULT gen_random_uuid()", "name": "TEXT NOT NULL"])
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns and their definitions, in order.
    ///   - ifNotExists: Whether a table of this name that exists already is left as it is.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func createTable(
        _ table: some IdentifierConvertible, columns: KeyValuePairs<String, SQL>, ifNotExists: Bool = false
    ) throws(PostgresError) {
        try execute(Statement.createTable(table.identifier, columns: columns, ifNotExists: ifNotExists))
    }

    /// The async form of the method above.
    public func createTable(
        _ table: some IdentifierConvertible, columns: KeyValuePairs<String, SQL>, ifNotExists: Bool = false
    ) async throws(PostgresError) {
        try await execute(Statement.createTable(table.identifier, columns: columns, ifNotExists: ifNotExists))
    }

    /// Drops a table.
    ///
    /// - Parameter ifExists: Whether it is no error if there is none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func dropTable(_ table: some IdentifierConvertible, ifExists: Bool = false) throws(PostgresError) {
        try execute(Statement.dropTable(table.identifier, ifExists: ifExists))
    }

    /// The async form of the method above.
    public func dropTable(_ table: some IdentifierConvertible, ifExists: Bool = false) async throws(PostgresError) {
        try await execute(Statement.dropTable(table.identifier, ifExists: ifExists))
    }

    /// Whether a table of this name exists, in its schema or, without one, anywhere on the search path.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func tableExists(_ table: some IdentifierConvertible) throws(PostgresError) -> Bool {
        try query(Statement.tableExists(table.identifier), as: Bool.self).first ?? false
    }

    /// The async form of the method above.
    public func tableExists(_ table: some IdentifierConvertible) async throws(PostgresError) -> Bool {
        try await query(Statement.tableExists(table.identifier), as: Bool.self).first ?? false
    }

    /// Empties a table.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func truncateTable(_ table: some IdentifierConvertible) throws(PostgresError) {
        try execute(Statement.truncate(table.identifier))
    }

    /// The async form of the method above.
    public func truncateTable(_ table: some IdentifierConvertible) async throws(PostgresError) {
        try await execute(Statement.truncate(table.identifier))
    }
}
