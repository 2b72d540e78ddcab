extension ConnectionProvider {
    /// Inserts a row.
    ///
    /// ```swift
    /// let user = try db.insert("users", ["name": "Ann", "age": 30])
    /// let id = try user.decode("id", as: Int64.self)
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table; a `String` is one name, `Identifier("audit", "log")` is schema and table.
    ///   - values: The columns and their values, in the order in which they are written; `nil` is NULL.
    /// - Returns: The inserted row with all its columns, defaults filled in.
    /// - Throws: ``PostgresError``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func insert(_ table: some IdentifierConvertible, _ values: Values) throws(PostgresError) -> Row {
        let rows = try query(Statement.insert(table.identifier, values))
        guard let row = rows.first else {
            throw PostgresError(
                .noRows,
                "insert \(table.identifier): the server returned no row; a rule or trigger may have swallowed it")
        }
        return row
    }

    /// The async form of the method above.
    @discardableResult
    public func insert(_ table: some IdentifierConvertible, _ values: Values) async throws(PostgresError) -> Row {
        let rows = try await query(Statement.insert(table.identifier, values))
        guard let row = rows.first else {
            throw PostgresError(
                .noRows,
                "insert \(table.identifier): the server returned no row; a rule or trigger may have swallowed it")
        }
        return row
    }

    /// Selects rows.
    ///
    /// ```swift
    /// let rows = try db.select("users", where: ["active": true], orderBy: "name", limit: 10, offset: 0)
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The names of the columns; nil for all.
    ///   - condition: What rows must match: columns and values that must be equal, where `nil` is IS NULL; `.all`; `.sql(…)`.
    ///   - order: Columns, as `"name"` or `.descending("age")`, or several in an array.
    ///   - limit: The most rows to return.
    ///   - offset: How many rows to pass over first.
    /// - Throws: ``PostgresError``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func select(
        _ table: some IdentifierConvertible, columns: [String]? = nil, where condition: Where = .all,
        orderBy order: OrderBy? = nil, limit: Int? = nil, offset: Int? = nil
    ) throws(PostgresError) -> Rows {
        try query(
            Statement.select(
                table.identifier, columns: columns, where: condition, orderBy: order, limit: limit, offset: offset))
    }

    /// The async form of the method above.
    public func select(
        _ table: some IdentifierConvertible, columns: [String]? = nil, where condition: Where = .all,
        orderBy order: OrderBy? = nil, limit: Int? = nil, offset: Int? = nil
    ) async throws(PostgresError) -> Rows {
        try await query(
            Statement.select(
                table.identifier, columns: columns, where: condition, orderBy: order, limit: limit, offset: offset))
    }

    /// Selects the first row that matches; nil if none does.
    ///
    /// ```swift
    /// let user = try db.selectOne("users", where: ["id": 7])
    /// ```
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func selectOne(
        _ table: some IdentifierConvertible, columns: [String]? = nil, where condition: Where = .all,
        orderBy order: OrderBy? = nil
    ) throws(PostgresError) -> Row? {
        try query(Statement.selectOne(table.identifier, columns: columns, where: condition, orderBy: order)).first
    }

    /// The async form of the method above.
    public func selectOne(
        _ table: some IdentifierConvertible, columns: [String]? = nil, where condition: Where = .all,
        orderBy order: OrderBy? = nil
    ) async throws(PostgresError) -> Row? {
        try await query(Statement.selectOne(table.identifier, columns: columns, where: condition, orderBy: order)).first
    }

    /// Counts the rows that match.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func count(_ table: some IdentifierConvertible, where condition: Where = .all) throws(PostgresError) -> Int {
        try query(Statement.count(table.identifier, where: condition), as: Int.self).first ?? 0
    }

    /// The async form of the method above.
    public func count(_ table: some IdentifierConvertible, where condition: Where = .all) async throws(PostgresError)
        -> Int
    {
        try await query(Statement.count(table.identifier, where: condition), as: Int.self).first ?? 0
    }

    /// Changes the rows that match.
    ///
    /// ```swift
    /// let changed = try db.update("users", ["age": 31], where: ["id": 7])
    /// ```
    ///
    /// - Returns: The changed rows.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for an empty condition; `where: .all` says it out loud.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func update(_ table: some IdentifierConvertible, _ values: Values, where condition: Where)
        throws(PostgresError) -> Rows
    {
        try query(Statement.update(table.identifier, values, where: condition))
    }

    /// The async form of the method above.
    @discardableResult
    public func update(_ table: some IdentifierConvertible, _ values: Values, where condition: Where)
        async throws(PostgresError) -> Rows
    {
        try await query(Statement.update(table.identifier, values, where: condition))
    }

    /// Deletes the rows that match.
    ///
    /// - Returns: How many they were.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for an empty condition; `where: .all` says it out loud.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func delete(_ table: some IdentifierConvertible, where condition: Where) throws(PostgresError) -> Int {
        try execute(Statement.delete(table.identifier, where: condition)).rowsAffected
    }

    /// The async form of the method above.
    @discardableResult
    public func delete(_ table: some IdentifierConvertible, where condition: Where) async throws(PostgresError) -> Int {
        try await execute(Statement.delete(table.identifier, where: condition)).rowsAffected
    }
}
