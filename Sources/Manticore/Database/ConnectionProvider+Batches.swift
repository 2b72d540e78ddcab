extension ConnectionProvider {
    /// Inserts many rows, all or none.
    ///
    /// ```swift
    /// try db.batchInsert("users", [["name": "Ann", "age": 30], ["name": "Bob", "age": 25]])
    /// ```
    ///
    /// - Parameter rows: The rows; each must name the same columns. More than 65,535 values are sent in several statements inside
    ///   one transaction.
    /// - Returns: The inserted rows.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if a row names other columns than the first.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func batchInsert(_ table: some IdentifierConvertible, _ rows: [Values]) throws(PostgresError) -> [Row] {
        let statements = try Statement.batchInsert(table.identifier, rows)
        guard !statements.isEmpty else { return [] }
        return try runTogether(statements).flatMap { $0 }
    }

    /// The async form of the method above.
    @discardableResult
    public func batchInsert(_ table: some IdentifierConvertible, _ rows: [Values]) async throws(PostgresError) -> [Row]
    {
        let statements = try Statement.batchInsert(table.identifier, rows)
        guard !statements.isEmpty else { return [] }
        return try await runTogether(statements).flatMap { $0 }
    }

    /// Changes many rows, all or none, each by its own values.
    ///
    /// ```swift
    /// try db.batchUpdate("users", [["id": 1, "age": 31], ["id": 2, "age": 26]], key: "id")
    /// ```
    ///
    /// - Parameters:
    ///   - rows: The new values, each with the value of the key column.
    ///   - key: The column that says which row is meant.
    /// - Returns: The changed rows.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func batchUpdate(_ table: some IdentifierConvertible, _ rows: [Values], key: String) throws(PostgresError)
        -> [Row]
    {
        let statements = try Statement.batchUpdate(table.identifier, rows, key: key)
        guard !statements.isEmpty else { return [] }
        return try runTogether(statements).flatMap { $0 }
    }

    /// The async form of the method above.
    @discardableResult
    public func batchUpdate(_ table: some IdentifierConvertible, _ rows: [Values], key: String)
        async throws(PostgresError) -> [Row]
    {
        let statements = try Statement.batchUpdate(table.identifier, rows, key: key)
        guard !statements.isEmpty else { return [] }
        return try await runTogether(statements).flatMap { $0 }
    }

    /// Deletes the rows with these keys.
    ///
    /// ```swift
    /// try db.batchDelete("users", [1, 2, 3], key: "id")
    /// ```
    ///
    /// - Returns: How many rows there were.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func batchDelete<ID: PostgresArrayEncodable>(_ table: some IdentifierConvertible, _ ids: [ID], key: String)
        throws(PostgresError) -> Int
    {
        guard !ids.isEmpty else { return 0 }
        return try execute(Statement.batchDelete(table.identifier, ids, key: key)).rowsAffected
    }

    /// The async form of the method above.
    @discardableResult
    public func batchDelete<ID: PostgresArrayEncodable>(_ table: some IdentifierConvertible, _ ids: [ID], key: String)
        async throws(PostgresError) -> Int
    {
        guard !ids.isEmpty else { return 0 }
        return try await execute(Statement.batchDelete(table.identifier, ids, key: key)).rowsAffected
    }

    private func runTogether(_ statements: [SQL]) throws(PostgresError) -> [Rows] {
        try withBlockingConnection { (connection) throws(PostgresError) in
            try connection.runTogether(statements)
        }
    }

    private func runTogether(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            try await connection.runTogether(statements)
        }
    }
}

extension Connection {
    /// Runs statements so that all take effect or none.
    fileprivate func runTogether(_ statements: [SQL]) throws(PostgresError) -> [Rows] {
        // One statement is atomic by itself, and a transaction that is open already decides over all of them.
        let opensTransaction = statements.count > 1 && transactionStatus == .idle
        if opensTransaction {
            do throws(PostgresError) {
                try simpleQuery("BEGIN")
            } catch {
                throw TransactionRun.beginFailed(error)
            }
        }
        var results: [Rows] = []
        do throws(PostgresError) {
            for statement in statements { results.append(try query(statement)) }
        } catch {
            if opensTransaction { rollBackBlocking() }
            throw error
        }
        guard opensTransaction else { return results }
        do throws(PostgresError) {
            try TransactionRun.checkCommit(try simpleQuery("COMMIT"), host: host)
        } catch {
            throw TransactionRun.commitFailed(error, self)
        }
        return results
    }

    fileprivate func runTogether(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
        // One statement is atomic by itself, and a transaction that is open already decides over all of them.
        let opensTransaction = statements.count > 1 && transactionStatus == .idle
        if opensTransaction {
            do throws(PostgresError) {
                try await simpleQuery("BEGIN")
            } catch {
                throw TransactionRun.beginFailed(error)
            }
        }
        var results: [Rows] = []
        do throws(PostgresError) {
            for statement in statements { results.append(try await query(statement)) }
        } catch {
            if opensTransaction { await rollBackAsync() }
            throw error
        }
        guard opensTransaction else { return results }
        do throws(PostgresError) {
            try TransactionRun.checkCommit(try await simpleQuery("COMMIT"), host: host)
        } catch {
            throw TransactionRun.commitFailed(error, self)
        }
        return results
    }
}
