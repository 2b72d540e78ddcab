extension ConnectionPool {
    /// Lends a connection to `body`; the calling thread waits for one.
    ///
    /// A transaction that `body` leaves open is rolled back. What `body` throws comes out as it is.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withConnection<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        let connection = try leaseBlocking()
        defer { settleBlocking(connection) }
        return try body(connection)
    }

    /// Lends a connection to `body`; the calling task waits for one.
    public func withConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws -> Value
    ) async throws -> Value {
        let connection = try await leaseAsync()
        do {
            let value = try await body(connection)
            await settleAsync(connection)
            return value
        } catch {
            await settleAsync(connection)
            throw error
        }
    }
}

extension ConnectionPool: ConnectionProvider {
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withBlockingConnection<Value>(
        _ body: (Connection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        let connection = try leaseBlocking()
        defer { settleBlocking(connection) }
        return try body(connection)
    }

    public func withAsyncConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let connection = try await leaseAsync()
        do throws(PostgresError) {
            let value = try await body(connection)
            await settleAsync(connection)
            return value
        } catch {
            await settleAsync(connection)
            throw error
        }
    }

    public var streamSource: StreamSource {
        StreamSource(
            lendBlocking: { (limit) throws(PostgresError) in try self.leaseBlocking(until: limit) },
            lendAsync: { (limit) async throws(PostgresError) in try await self.leaseAsync(until: limit) },
            takeBack: { self.takeBack($0) }, settleBlocking: { self.settleBlocking($0) },
            settleAsync: { await self.settleAsync($0) })
    }
}
