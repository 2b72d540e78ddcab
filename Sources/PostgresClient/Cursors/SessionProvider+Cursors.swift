extension SessionProvider {
    /// Opens a portal for a query inside a transaction block; nothing is run before its first fetch.
    ///
    /// - Returns: The portal, which fetches rows on the same connection.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` outside a transaction block; otherwise as `query`.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func portal(_ sql: SQL) throws(PostgresError) -> Portal {
        let rendered = try sql.render()
        return try withBlockingConnection { (connection) throws(PostgresError) in
            let core = try connection.useBlocking(for: rendered)
            return try Portal(connection, core, try core.preparedBlocking(rendered, rendered.parameters), rendered)
        }
    }

    /// Opens a portal for a query inside a transaction block; nothing is run before its first fetch.
    ///
    /// - Returns: The portal, which fetches rows on the same connection.
    /// - Throws: as the form above.
    public func portal(_ sql: SQL) async throws(PostgresError) -> Portal {
        let rendered = try sql.render()
        return try await withAsyncConnection { (connection) async throws(PostgresError) in
            let core = try await connection.useAsync(for: rendered)
            return try Portal(connection, core, try await core.preparedAsync(rendered, rendered.parameters), rendered)
        }
    }

    /// Declares a cursor; the calling thread waits.
    ///
    /// - Parameters:
    ///   - name: The cursor's name.
    ///   - sql: The query.
    ///   - scrolls: Whether it can go back.
    ///   - isHeld: Whether it outlives the transaction, which makes the server keep all its rows; without that it needs a
    ///     transaction block.
    /// - Throws: ``PostgresError``, as `execute`.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func declareCursor(
        _ name: String, for sql: SQL, scrolls: Bool = false, isHeld: Bool = false
    ) throws(PostgresError) -> Cursor {
        try withBlockingConnection { (connection) throws(PostgresError) in
            try connection.execute(Cursor.declaration(name, sql, scrolls: scrolls, isHeld: isHeld))
            return Cursor(connection: connection, name: name)
        }
    }

    /// Declares a cursor; the calling task waits.
    ///
    /// - Parameters:
    ///   - name: The cursor's name.
    ///   - sql: The query.
    ///   - scrolls: Whether it can go back.
    ///   - isHeld: Whether it outlives the transaction, which makes the server keep all its rows; without that it needs a
    ///     transaction block.
    /// - Throws: ``PostgresError``, as `execute`.
    public func declareCursor(
        _ name: String, for sql: SQL, scrolls: Bool = false, isHeld: Bool = false
    ) async throws(PostgresError) -> Cursor {
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            try await connection.execute(Cursor.declaration(name, sql, scrolls: scrolls, isHeld: isHeld))
            return Cursor(connection: connection, name: name)
        }
    }
}
