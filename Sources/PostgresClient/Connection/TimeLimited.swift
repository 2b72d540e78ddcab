/// What runs statements, each of which may take so long and no longer: see ``ConnectionProvider/within(_:)``.
public struct TimeLimited<Base: ConnectionProvider> {
    let base: Base
    let limit: Duration

    init(_ base: Base, _ limit: Duration) {
        self.base = base
        self.limit = limit
    }

    /// A connection with the time that is left for it.
    private struct Loan {
        let connection: Connection
        let deadline: Deadline
        /// What held for the connection before.
        let earlier: Deadline?

        init(_ connection: Connection, until deadline: Deadline) {
            self.connection = connection
            self.deadline = deadline
            earlier = connection.deadline
            connection.deadline = .earlier(earlier, deadline)
        }

        func end() { connection.deadline = earlier }
    }

    /// Where a stream's loan lies until it is taken back.
    private final class Open {
        var loan: Loan?
    }

    private static func late(_ error: PostgresError, _ deadline: Deadline) -> PostgresError {
        error.code == .poolExhausted && deadline.hasPassed
            ? error.with(code: .timedOut).with(message: "no connection came free within the call's time") : error
    }

    private static func lendBlocking(
        _ source: StreamSource, until deadline: Deadline
    ) throws(PostgresError) -> Loan {
        do throws(PostgresError) {
            return Loan(try source.lendBlocking(until: deadline), until: deadline)
        } catch {
            throw late(error, deadline)
        }
    }

    private static func lendAsync(
        _ source: StreamSource, until deadline: Deadline
    ) async throws(PostgresError) -> Loan {
        do throws(PostgresError) {
            return Loan(try await source.lendAsync(until: deadline), until: deadline)
        } catch {
            throw late(error, deadline)
        }
    }

    // MARK: - Scopes

    /// Lends a connection to `body`, whose calls together may take the time; a transaction that it leaves open is rolled
    /// back.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withConnection<R>(_ body: (Connection) throws -> R) throws -> R {
        let source = base.streamSource
        let loan = try Self.lendBlocking(source, until: Deadline(after: limit))
        defer {
            loan.end()
            source.settleBlocking(loan.connection)
        }
        return try body(loan.connection)
    }

    /// Lends a connection to `body`; the async form of the method above.
    public func withConnection<R>(_ body: nonisolated(nonsending) (Connection) async throws -> R) async throws -> R {
        let source = base.streamSource
        let loan = try await Self.lendAsync(source, until: Deadline(after: limit))
        do {
            let value = try await body(loan.connection)
            loan.end()
            await source.settleAsync(loan.connection)
            return value
        } catch {
            loan.end()
            await source.settleAsync(loan.connection)
            throw error
        }
    }
}

extension TimeLimited: Sendable where Base: Sendable {}

extension TimeLimited: ConnectionProvider {
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withBlockingConnection<Value>(
        _ body: (Connection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        let source = base.streamSource
        let loan = try Self.lendBlocking(source, until: Deadline(after: limit))
        defer {
            loan.end()
            source.settleBlocking(loan.connection)
        }
        return try body(loan.connection)
    }

    public func withAsyncConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let source = base.streamSource
        let loan = try await Self.lendAsync(source, until: Deadline(after: limit))
        do throws(PostgresError) {
            let value = try await body(loan.connection)
            loan.end()
            await source.settleAsync(loan.connection)
            return value
        } catch {
            loan.end()
            await source.settleAsync(loan.connection)
            throw error
        }
    }

    public var streamSource: StreamSource {
        let (source, limit, open) = (base.streamSource, limit, Open())
        // A stream is opened once, and its time runs from then on.
        func deadline(_ outer: Deadline?) -> Deadline {
            let own = Deadline(after: limit)
            return outer.map { min($0, own) } ?? own
        }
        return StreamSource(
            lendBlocking: { (outer) throws(PostgresError) in
                let loan = try Self.lendBlocking(source, until: deadline(outer))
                open.loan = loan
                return loan.connection
            },
            lendAsync: { (outer) async throws(PostgresError) in
                let loan = try await Self.lendAsync(source, until: deadline(outer))
                open.loan = loan
                return loan.connection
            },
            takeBack: { connection in
                open.loan?.end()
                source.takeBack(connection)
            },
            settleBlocking: { connection in
                open.loan?.end()
                source.settleBlocking(connection)
            },
            settleAsync: { connection in
                open.loan?.end()
                await source.settleAsync(connection)
            })
    }
}

extension ConnectionProvider {
    /// The same, where each call may take so long: to wait for a connection, to connect if there is none, to run the
    /// statement and to receive its answer.
    ///
    /// A statement that takes longer is cancelled at the server, and the call throws
    /// ``PostgresError/Code-swift.struct/timedOut``. The connection is used on where nothing can still be on its way to the next
    /// statement, and closed where that is not certain. A stream may take the time from its opening to its end, a
    /// transaction from BEGIN to COMMIT. Of several limits the earliest counts.
    ///
    /// ```swift
    /// let users = try db.within(.seconds(5)).query("SELECT name FROM users", as: String.self)
    /// ```
    public func within(_ limit: Duration) -> TimeLimited<Self> { TimeLimited(self, limit) }
}
