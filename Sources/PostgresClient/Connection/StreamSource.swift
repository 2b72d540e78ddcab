/// Gives a stream the connection that it reads from, when it is opened, and takes it back at its end.
public struct StreamSource {
    private let blocking: (Deadline?) throws(PostgresError) -> Connection
    private let async: nonisolated(nonsending) (Deadline?) async throws(PostgresError) -> Connection
    /// Takes it back without waiting.
    package let takeBack: (Connection) -> Void
    /// Takes it back out of whatever transaction it is in; the calling thread waits for that.
    package let settleBlocking: (Connection) -> Void
    /// Takes it back out of whatever transaction it is in; the calling task waits for that.
    package let settleAsync: nonisolated(nonsending) (Connection) async -> Void

    /// - Parameters:
    ///   - lendBlocking: lends a connection, until when that is waited for given; the calling thread waits.
    ///   - lendAsync: the same; the calling task waits.
    package init(
        lendBlocking: @escaping (Deadline?) throws(PostgresError) -> Connection,
        lendAsync: nonisolated(nonsending) @escaping (Deadline?) async throws(PostgresError) -> Connection,
        takeBack: @escaping (Connection) -> Void = { _ in },
        settleBlocking: @escaping (Connection) -> Void = { _ in },
        settleAsync: nonisolated(nonsending) @escaping (Connection) async -> Void = { _ in }
    ) {
        blocking = lendBlocking
        async = lendAsync
        self.takeBack = takeBack
        self.settleBlocking = settleBlocking
        self.settleAsync = settleAsync
    }

    /// A connection; the calling thread waits for it.
    package func lendBlocking(until limit: Deadline? = nil) throws(PostgresError) -> Connection { try blocking(limit) }

    /// A connection; the calling task waits for it.
    package func lendAsync(until limit: Deadline? = nil) async throws(PostgresError) -> Connection {
        try await async(limit)
    }
}
