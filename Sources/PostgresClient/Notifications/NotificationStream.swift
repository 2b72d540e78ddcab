/// The notifications of some channels, over a connection of its own.
///
/// The connection is opened by the first ``next()-3sgvg``, or by ``listen()-8kwcp``, from the configuration of the pool and
/// not out of it. When it is lost, because the server restarts or the network fails, the stream connects and listens
/// anew, and then tells that notifications may be missing by a ``NotificationEvent/gap(_:)``. Only what cannot be mended
/// by trying again is thrown: an error of the first connection, or one that outlasts
/// ``NotificationSettings/reconnectLimit``.
///
/// ```swift
/// let stream = db.notifications("jobs")
/// try stream.listen()
/// // Load the jobs here: from now on none is missed.
/// while let event = try stream.next() {
///     if case .notification(let notification) = event { print(notification.payload) }
/// }
/// ```
///
/// In async code it is an `AsyncSequence`. It ends when the database is closed, by ``close()``, by ``canceller`` from
/// another thread, with the last reference to it, and by an error; a task that is cancelled gets
/// ``PostgresError/Code-swift.struct/cancelled``. Its connection is closed with it.
///
/// A pooler in front of the server must lend whole sessions: in transaction mode nothing would ever come.
///
/// Source: PostgreSQL manual, "LISTEN".
public final class NotificationStream: AsyncSequence {
    public typealias Element = NotificationEvent
    public typealias Failure = PostgresError

    private let feed: EventFeed<ListeningOperation>

    package init(
        _ channels: [String], _ settings: NotificationSettings, _ source: Result<NotificationSource, PostgresError>
    ) {
        feed = EventFeed(source) { (source, isClosed) throws(PostgresError) in
            try ListeningOperation(
                source.configuration, try ListeningOperation.statement(channels), settings, now: source.now,
                random: source.random, isClosed: isClosed)
        }
    }

    /// Whether nothing more will come.
    public var isEnded: Bool { feed.hasEnded }

    /// The server's process for the connection that listens; nil while there is none.
    public var processID: UInt32? { feed.operation?.processID }

    /// Ends the stream from another thread: a ``next()-3sgvg`` that waits returns nil.
    public var canceller: Canceller { feed.canceller }

    /// Closes the connection; nothing more will come.
    public func close() { feed.close() }

    // MARK: - listen

    /// Connects and listens now, and blocks until the server does; what is sent from then on will be told.
    ///
    /// - Throws: ``PostgresError``; with ``PostgresError/Code-swift.struct/invalidArgument`` for a channel's name that is empty or longer
    ///   than 63 bytes, which the server would cut, with ``PostgresError/Code-swift.struct/unsupported`` on CockroachDB.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func listen() throws(PostgresError) {
        _ = try runBlocking(until: nil, wantsEvent: false)
    }

    /// Connects and listens now; the async form of the method above.
    public func listen() async throws(PostgresError) {
        _ = try await runAsync(until: nil, wantsEvent: false)
    }

    // MARK: - next

    /// The next notification or gap; nil at the stream's end. Blocks the calling thread.
    ///
    /// - Throws: ``PostgresError``, after which the stream has ended.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func next() throws(PostgresError) -> NotificationEvent? {
        try runBlocking(until: nil, wantsEvent: true)
    }

    /// The next notification or gap; nil at the stream's end. Suspends the task.
    public func next() async throws(PostgresError) -> NotificationEvent? {
        try await runAsync(until: nil, wantsEvent: true)
    }

    /// The next notification or gap, if there is one in time.
    ///
    /// ```swift
    /// let stream = db.notifications("jobs")
    /// while !stream.isEnded {
    ///     if let event = try stream.next(within: .seconds(10)) { print(event) } else { print("nothing new") }
    /// }
    /// ```
    ///
    /// - Parameter limit: how long to wait at most; with zero only what is here already is returned.
    /// - Returns: nil if none came in time, and at the stream's end, which ``isEnded`` tells from it. A connection that is
    ///   being made meanwhile goes on to be made with the next call.
    /// - Throws: ``PostgresError``, after which the stream has ended.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func next(within limit: Duration) throws(PostgresError) -> NotificationEvent? {
        try runBlocking(until: Deadline(after: limit), wantsEvent: true)
    }

    /// The next notification or gap, if there is one in time; the async form of the method above.
    public func next(within limit: Duration) async throws(PostgresError) -> NotificationEvent? {
        try await runAsync(until: Deadline(after: limit), wantsEvent: true)
    }

    private func runBlocking(until limit: Deadline?, wantsEvent: Bool) throws(PostgresError) -> NotificationEvent? {
        try feed.runBlocking { $0.begin(until: limit, wantsEvent: wantsEvent) }
    }

    private func runAsync(
        until limit: Deadline?, wantsEvent: Bool
    ) async throws(PostgresError) -> NotificationEvent? {
        try await feed.runAsync { $0.begin(until: limit, wantsEvent: wantsEvent) }
    }

    // MARK: - AsyncSequence

    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Goes through the events in a `for try await` loop.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: NotificationStream

        public func next() async throws(PostgresError) -> NotificationEvent? { try await stream.next() }

        public func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> NotificationEvent? {
            try await stream.next()
        }
    }
}
