extension ConnectionProvider {
    /// Looks up types that only this database has: enums, composite types, domains, ranges, those of extensions.
    ///
    /// What is known of a type is kept with the pool. From then on `row["mood"]` gives the values of such columns as what
    /// they are, where they were ``PostgresValue/unknown(type:format:bytes:)`` before.
    ///
    /// ```swift
    /// let rows = try connection.query("SELECT * FROM people")
    /// let catalog = try connection.describeTypes(rows.columns.descriptions.map(\.typeOID))
    /// ```
    ///
    /// - Parameter types: The types' numbers; those that are built in, or known already, are not asked for.
    /// - Returns: Everything that is known, the types that these are made of included.
    /// - Throws: ``PostgresError``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func describeTypes(_ types: [PostgresOID]) throws(PostgresError) -> PostgresTypeCatalog {
        try withBlockingConnection { (connection) throws(PostgresError) in
            try connection.useBlocking().catalogBlocking(of: types)
        }
    }

    /// Looks up types that only this database has; the async form of the method above.
    @discardableResult
    public func describeTypes(_ types: [PostgresOID]) async throws(PostgresError) -> PostgresTypeCatalog {
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            try await connection.useAsync().catalogAsync(of: types)
        }
    }

    /// Looks up which columns of which tables the columns of a result are, and whether they may be NULL.
    ///
    /// ```swift
    /// let rows = try connection.query("SELECT id, name, 1 AS one FROM users")
    /// let origins = try connection.describeOrigins(of: rows.columns)   // the last one is nil
    /// ```
    ///
    /// - Returns: One for each column; nil for a column that is computed.
    /// - Throws: ``PostgresError``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func describeOrigins(of columns: RowColumns) throws(PostgresError) -> [ColumnOrigin?] {
        guard let statement = try ColumnOrigin.query(columns) else { return columns.descriptions.map { _ in nil } }
        return ColumnOrigin.arrange(try query(statement, as: ColumnOrigin.Answer.self), columns)
    }

    /// Looks up the columns of tables behind a result; the async form of the method above.
    public func describeOrigins(of columns: RowColumns) async throws(PostgresError) -> [ColumnOrigin?] {
        guard let statement = try ColumnOrigin.query(columns) else { return columns.descriptions.map { _ in nil } }
        return ColumnOrigin.arrange(try await query(statement, as: ColumnOrigin.Answer.self), columns)
    }
}
