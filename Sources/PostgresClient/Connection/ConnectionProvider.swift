/// What can run statements: a ``Connection``, a transaction, a database with its pool.
///
/// Every statement method stands once, in extensions over the two primitives below. Each exists in two forms under one
/// name: `try` blocks the calling thread, `try await` suspends the task; the compiler picks by the context.
public protocol ConnectionProvider {
    /// Runs `body` with a connection; the calling thread does the waiting.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    func withBlockingConnection<Value>(
        _ body: (Connection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value

    /// Runs `body` with a connection; the calling task does the waiting.
    func withAsyncConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value

    /// Where a stream takes its connection from.
    var streamSource: StreamSource { get }
}
