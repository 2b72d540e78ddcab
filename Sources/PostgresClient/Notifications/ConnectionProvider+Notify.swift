extension ConnectionProvider {
    /// Sends a notification to whoever listens to a channel; in a transaction, when it commits.
    ///
    /// ```swift
    /// try db.notify("jobs", "42")
    /// ```
    ///
    /// - Parameters:
    ///   - channel: The channel's name as it is, capitals and all.
    ///   - payload: A text of less than 8000 bytes.
    /// - Throws: ``PostgresError``: the server's if a text is too long for it,
    ///   ``PostgresError/Code-swift.struct/unsupported`` on CockroachDB.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func notify(_ channel: String, _ payload: String = "") throws(PostgresError) {
        try withBlockingConnection { (connection) throws(PostgresError) in
            try connection.requireNotifications()
            _ = try connection.useBlocking().rowsBlocking(.sql(try Self.notification(channel, payload), isOwn: true))
        }
    }

    /// Sends a notification to whoever listens to a channel; the async form of the method above.
    public func notify(_ channel: String, _ payload: String = "") async throws(PostgresError) {
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            try connection.requireNotifications()
            _ = try await connection.useAsync().rowsAsync(.sql(try Self.notification(channel, payload), isOwn: true))
        }
    }

    private static func notification(_ channel: String, _ payload: String) throws(PostgresError) -> RenderedSQL {
        let sql: SQL = "SELECT pg_catalog.pg_notify(\(channel), \(payload))"
        return try sql.render()
    }
}

extension Connection {
    fileprivate func requireNotifications() throws(PostgresError) {
        guard isCockroachDB else { return }
        throw PostgresError(
            .unsupported, "CockroachDB knows no LISTEN and NOTIFY; follow the tables themselves by db.changefeed(…)"
        ).with(host: host).with(isSafeToRetry: true)
    }
}
