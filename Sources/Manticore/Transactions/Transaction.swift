/// A transaction that is under way: what statements inside it are run on.
///
/// ```swift
/// try db.transaction { tx in
///     try tx.execute("UPDATE accounts SET balance = balance - \(100) WHERE id = \(1)")
///     try tx.execute("UPDATE accounts SET balance = balance + \(100) WHERE id = \(2)")
/// }
/// ```
///
/// It is of no use after its closure has returned.
public final class Transaction {
    private var connection: Connection?

    /// Which attempt this is, from 1: the closure runs again when the server asks for that.
    public let attempt: Int

    init(_ connection: Connection, attempt: Int) {
        self.connection = connection
        self.attempt = attempt
    }

    func end() {
        connection = nil
    }

    private func current() throws(PostgresError) -> Connection {
        guard let connection else {
            throw PostgresError(.connectionClosed, "the transaction was used after its closure had returned")
                .with(isSafeToRetry: true)
        }
        return connection
    }
}

extension Transaction: SessionProvider {
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withBlockingConnection<Value>(
        _ body: (Connection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        try body(current())
    }

    public func withAsyncConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await body(current())
    }

    public var streamSource: StreamSource {
        StreamSource(
            lendBlocking: { (_) throws(PostgresError) in try self.current() },
            lendAsync: { (_) async throws(PostgresError) in try self.current() })
    }
}
