/// Gives a stream the connection that it reads from, when it is opened, and takes it back at its end.
public struct StreamSource {
    package let lendBlocking: () throws(PostgresError) -> Connection
    package let lendAsync: nonisolated(nonsending) () async throws(PostgresError) -> Connection
    package let takeBack: (Connection) -> Void

    package init(
        lendBlocking: @escaping () throws(PostgresError) -> Connection,
        lendAsync: nonisolated(nonsending) @escaping () async throws(PostgresError) -> Connection,
        takeBack: @escaping (Connection) -> Void
    ) {
        self.lendBlocking = lendBlocking
        self.lendAsync = lendAsync
        self.takeBack = takeBack
    }
}
