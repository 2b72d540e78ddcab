extension ConnectionProvider {
    // MARK: - execute

    /// Runs a statement for its effect.
    ///
    /// ```swift
    /// let result = try db.execute("UPDATE users SET age = \(31) WHERE id = \(id)")
    /// print(result.rowsAffected)
    /// ```
    ///
    /// - Parameter sql: One statement; interpolated values are sent apart from it, as parameters.
    /// - Returns: The server's tag and the number of rows.
    /// - Throws: ``PostgresError``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func execute(_ sql: SQL) throws(PostgresError) -> CommandResult {
        let rows = try query(sql)
        return CommandResult(tag: rows.commandTag ?? CommandTag(""))
    }

    /// Runs a statement for its effect; the async form of the method above.
    @discardableResult
    public func execute(_ sql: SQL) async throws(PostgresError) -> CommandResult {
        let rows = try await query(sql)
        return CommandResult(tag: rows.commandTag ?? CommandTag(""))
    }

    // MARK: - query

    /// Runs a statement and returns its rows.
    ///
    /// ```swift
    /// let rows = try db.query("SELECT id, name FROM users WHERE age > \(30)")
    /// ```
    ///
    /// - Parameter sql: One statement; interpolated values are sent apart from it, as parameters.
    /// - Returns: All rows.
    /// - Throws: ``PostgresError``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func query(_ sql: SQL) throws(PostgresError) -> Rows {
        let rendered = try sql.render()
        return try withBlockingConnection { (connection) throws(PostgresError) in
            try connection.useBlocking(for: rendered).rowsBlocking(.sql(rendered))
        }
    }

    /// Runs a statement and returns its rows; the async form of the method above.
    public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        let rendered = try sql.render()
        return try await withAsyncConnection { (connection) async throws(PostgresError) in
            try await connection.useAsync(for: rendered).rowsAsync(.sql(rendered))
        }
    }

    /// Runs a statement and reads its rows as tuples, a value for each column.
    ///
    /// ```swift
    /// for (id, name) in try db.query("SELECT id, name FROM users", as: (Int64, String).self) { print(id, name) }
    /// let count = try db.query("SELECT count(*) FROM users", as: Int.self)[0]
    /// ```
    ///
    /// - Parameters:
    ///   - sql: One statement; interpolated values are sent apart from it, as parameters.
    ///   - type: The types of the columns, optional where NULL may come.
    /// - Throws: ``PostgresError``; with ``PostgresError/Code-swift.struct/decodingFailed`` it names the column, both types and the row.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func query<each Value: PostgresDecodable>(
        _ sql: SQL, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        let rendered = try sql.render()
        return try withBlockingConnection { (connection) throws(PostgresError) in
            let reader = try connection.batchesBlocking(rendered)
            return try reader.tuplesBlocking(type)
        }
    }

    /// Runs a statement and reads its rows as tuples; the async form of the method above.
    @inlinable
    // Made for the tuple's types, but a function of its own: the optimiser of Swift 6.3 crashes ("splitting coroutine")
    // where this is inlined into an async function that has called one that throws any error.
    @inline(never)
    public func query<each Value: PostgresDecodable>(
        _ sql: SQL, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        let rendered = try sql.render()
        return try await withAsyncConnection { (connection) async throws(PostgresError) in
            let reader = try await connection.batchesAsync(rendered)
            return try await reader.tuplesAsync(type)
        }
    }

    // One value by itself: as a tuple of one it would be no `[Value]` to a macro, as `#expect` is.

    /// Runs a statement and reads its only column.
    ///
    /// ```swift
    /// let count = try db.query("SELECT count(*) FROM users", as: Int.self)[0]
    /// ```
    ///
    /// - Parameters:
    ///   - sql: One statement; interpolated values are sent apart from it, as parameters.
    ///   - type: The type of the column, optional where NULL may come.
    /// - Throws: ``PostgresError``; with ``PostgresError/Code-swift.struct/decodingFailed`` it names the column, both types and the row.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func query<Value: PostgresDecodable>(_ sql: SQL, as type: Value.Type) throws(PostgresError) -> [Value] {
        let rendered = try sql.render()
        return try withBlockingConnection { (connection) throws(PostgresError) in
            let reader = try connection.batchesBlocking(rendered)
            return try reader.tuplesBlocking(type)
        }
    }

    /// Runs a statement and reads its only column; the async form of the method above.
    @inlinable
    // As the one for tuples.
    @inline(never)
    public func query<Value: PostgresDecodable>(
        _ sql: SQL, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        let rendered = try sql.render()
        return try await withAsyncConnection { (connection) async throws(PostgresError) in
            let reader = try await connection.batchesAsync(rendered)
            return try await reader.tuplesAsync(type)
        }
    }

    /// Runs a statement and reads its rows as structures, by the columns' names.
    ///
    /// ```swift
    /// struct User: Decodable { var id: Int64; var name: String }
    /// let users = try db.query("SELECT * FROM users", as: User.self)
    /// ```
    ///
    /// A property may be of any type that a column can be read as, an enum with such a raw value, or, for a column of
    /// `json` or `jsonb`, anything `Decodable`.
    ///
    /// - Parameters:
    ///   - sql: One statement; interpolated values are sent apart from it, as parameters.
    ///   - type: A type whose properties are named as the columns.
    ///   - keys: How the names of properties are found among those of the columns.
    /// - Throws: ``PostgresError``; with ``PostgresError/Code-swift.struct/decodingFailed`` it names the property or the column, and the row.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @_disfavoredOverload
    public func query<Value: Decodable>(
        _ sql: SQL, as type: Value.Type, keys: ColumnKeyStrategy = .exact
    ) throws(PostgresError) -> [Value] {
        let rows = try query(sql)
        do throws(PostgresError) {
            return try rows.decodeAny(type, keys)
        } catch {
            // With what is not known of types yet the columns may be readable after all.
            guard let types = rows.columns.unknownTypes else { throw error }
            try describeTypes(types)
        }
        return try rows.decodeAny(type, keys)
    }

    /// Runs a statement and reads its rows as structures; the async form of the method above.
    @_disfavoredOverload
    public func query<Value: Decodable>(
        _ sql: SQL, as type: Value.Type, keys: ColumnKeyStrategy = .exact
    ) async throws(PostgresError) -> [Value] {
        let rows = try await query(sql)
        do throws(PostgresError) {
            return try rows.decodeAny(type, keys)
        } catch {
            guard let types = rows.columns.unknownTypes else { throw error }
            try await describeTypes(types)
        }
        return try rows.decodeAny(type, keys)
    }

    // MARK: - simpleQuery

    /// Runs SQL text by the simple protocol: several statements at once, no parameters, values as text.
    ///
    /// Outside a transaction block all statements of the text are one transaction.
    ///
    /// - Parameter sql: SQL without interpolated values.
    /// - Returns: A result for each statement.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if `sql` has values: they are never written into the text.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func simpleQuery(_ sql: SQL) throws(PostgresError) -> [Rows] {
        let text = try simpleText(sql)
        return try withBlockingConnection { (connection) throws(PostgresError) in
            let core = try connection.useBlocking()
            var operation = SimpleQueryOperation(core, text)
            let results = try core.runBlocking(&operation)
            if let types = results.unaskedTypes { try core.learnBlocking(types) }
            return results
        }
    }

    /// Runs SQL text by the simple protocol; the async form of the method above.
    @discardableResult
    public func simpleQuery(_ sql: SQL) async throws(PostgresError) -> [Rows] {
        let text = try simpleText(sql)
        return try await withAsyncConnection { (connection) async throws(PostgresError) in
            let core = try await connection.useAsync()
            var operation = SimpleQueryOperation(core, text)
            let results = try await core.runAsync(&operation)
            if let types = results.unaskedTypes { try await core.learnAsync(types) }
            return results
        }
    }

    private func simpleText(_ sql: SQL) throws(PostgresError) -> String {
        let rendered = try sql.render()
        guard rendered.parameters.isEmpty else {
            throw PostgresError(
                .invalidArgument, "the simple protocol knows no parameters; use query or execute for SQL with values"
            ).with(statement: rendered.text)
        }
        return rendered.text
    }

    // MARK: - stream

    /// A result of any size, of which only a bufferful is in memory at a time.
    ///
    /// Opens at the first `next()` and occupies its connection until its end, or until it is dropped.
    ///
    /// ```swift
    /// for try await row in db.stream("SELECT * FROM events") { print(row) }
    /// ```
    public func stream(_ sql: SQL) -> RowStream {
        RowStream(sql, streamSource)
    }

    /// A result of any size as tuples.
    ///
    /// ```swift
    /// let numbers = db.stream("SELECT i FROM generate_series(1, 1000000) AS i", as: Int32.self)
    /// while let number = try numbers.next() { print(number) }
    /// ```
    public func stream<each Value: PostgresDecodable>(
        _ sql: SQL, as type: (repeat each Value).Type
    ) -> TupleStream<repeat each Value> {
        TupleStream(sql, streamSource)
    }

    /// A result of any size, of which the only column is read.
    public func stream<Value: PostgresDecodable>(_ sql: SQL, as type: Value.Type) -> TupleStream<Value> {
        TupleStream(sql, streamSource)
    }
}

extension Rows {
    /// A value that a single column can hold is read from the only column, anything else by the columns' names.
    func decodeAny<Value: Decodable>(
        _ type: Value.Type, _ keys: ColumnKeyStrategy
    ) throws(PostgresError) -> [Value] {
        guard let decodable = type as? any PostgresDecodable.Type else { return try decode(type, keys: keys) }
        func open<Concrete: PostgresDecodable>(_ concrete: Concrete.Type) throws(PostgresError) -> [Value]? {
            try decode(concrete) as? [Value]
        }
        if let values = try open(decodable) { return values }
        return try decode(type, keys: keys)
    }
}
