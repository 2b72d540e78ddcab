import PostgresWire

/// The changes of some tables of CockroachDB, over a connection of its own.
///
/// The connection is opened by the first ``next()-2kgv2``. Changes are received as they are asked for: whoever is slow
/// holds up the changefeed and nobody else. A changefeed comes to no end by itself, so the end of the stream, by
/// ``close()``, by ``canceller``, by the end of its task or its database or with the last reference to it, closes the
/// connection at once.
///
/// A stream that fails is not begun anew, since only its user knows what has been dealt with: begin another one, with
/// the last ``ChangefeedEvent/resolved(_:)`` as ``ChangefeedOptions/cursor``.
///
/// ```swift
/// var options = ChangefeedOptions()
/// options.resolved = .seconds(10)
/// for try await event in db.changefeed("orders", "customers", options: options) {
///     switch event {
///     case .change(let change): print(change.table, change.keyJSON as Any, change.valueJSON as Any)
///     case .resolved(let moment): print("everything before", moment)
///     }
/// }
/// ```
///
/// Source: CockroachDB's documentation, "CREATE CHANGEFEED" without a sink.
public final class ChangefeedStream: AsyncSequence {
    public typealias Element = ChangefeedEvent
    public typealias Failure = PostgresError

    private let feed: EventFeed<ChangefeedOperation>

    package init(
        _ tables: [Identifier], _ options: ChangefeedOptions, _ source: Result<NotificationSource, PostgresError>
    ) {
        feed = EventFeed(source) { (source, isClosed) throws(PostgresError) in
            try ChangefeedOperation(
                source.configuration, try options.statement(tables).render(), isClosed: isClosed)
        }
    }

    /// Whether nothing more will come.
    public var isEnded: Bool { feed.hasEnded }

    /// Ends the stream from another thread: a ``next()-2kgv2`` that waits returns nil.
    public var canceller: Canceller { feed.canceller }

    /// Closes the connection; nothing more will come.
    public func close() { feed.close() }

    // MARK: - next

    /// The next change; nil at the stream's end. Blocks the calling thread.
    ///
    /// - Throws: ``PostgresError``, after which the stream has ended; with ``PostgresError/Code-swift.struct/unsupported`` on PostgreSQL.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func next() throws(PostgresError) -> ChangefeedEvent? { try runBlocking(until: nil) }

    /// The next change; nil at the stream's end. Suspends the task.
    public func next() async throws(PostgresError) -> ChangefeedEvent? { try await runAsync(until: nil) }

    /// The next change, if there is one in time.
    ///
    /// - Parameter limit: how long to wait at most.
    /// - Returns: nil if none came in time, and at the stream's end, which ``isEnded`` tells from it.
    /// - Throws: ``PostgresError``, after which the stream has ended.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func next(within limit: Duration) throws(PostgresError) -> ChangefeedEvent? {
        try runBlocking(until: Deadline(after: limit))
    }

    /// The next change, if there is one in time; the async form of the method above.
    public func next(within limit: Duration) async throws(PostgresError) -> ChangefeedEvent? {
        try await runAsync(until: Deadline(after: limit))
    }

    private func runBlocking(until limit: Deadline?) throws(PostgresError) -> ChangefeedEvent? {
        try feed.runBlocking { $0.begin(until: limit) }
    }

    private func runAsync(until limit: Deadline?) async throws(PostgresError) -> ChangefeedEvent? {
        try await feed.runAsync { $0.begin(until: limit) }
    }

    // MARK: - AsyncSequence

    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Goes through the changes in a `for try await` loop.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: ChangefeedStream

        public func next() async throws(PostgresError) -> ChangefeedEvent? { try await stream.next() }

        public func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> ChangefeedEvent? {
            try await stream.next()
        }
    }
}
