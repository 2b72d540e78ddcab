/// The decisions of a pool, as a value without threads, sockets or clock: who gets which connection, who waits, what is
/// opened and what is closed.
///
/// Connections appear as opaque values that go in and out; waiters as numbers that the pool's shell turns into whatever
/// blocks or suspends.
struct PoolState<Resource> {
    /// What whoever asks for a connection has to do.
    enum Acquisition {
        /// Use this one.
        case use(Resource)
        /// Open one; the place for it is taken, and the ticket says with what came of it whose it was.
        case open(ConnectBackoff.Ticket)
        /// Wait; the number was queued.
        case wait
        /// Give up: the server refuses, and this is what it said.
        case refused(PostgresError)
        /// Give up: the pool is closed.
        case closed
    }

    /// What a waiter is told.
    enum Grant {
        case use(Resource)
        case open(ConnectBackoff.Ticket)
        case refused(PostgresError)
        case closed
    }

    typealias Instant = ContinuousClock.Instant

    let limit: Int
    private(set) var idle: [Resource] = []
    private(set) var isClosed = false
    /// Connections that are open or being opened.
    private(set) var count = 0
    private var waiters: [UInt64] = []
    private var lastWaiter: UInt64 = 0
    private var backoff = ConnectBackoff()

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var inUse: Int { count - idle.count }
    var waiting: Int { waiters.count }

    private func mayOpen(at now: Instant) -> Bool { count < limit && backoff.allows(at: now) }

    private mutating func open() -> ConnectBackoff.Ticket {
        count += 1
        return backoff.began()
    }

    /// How long a waiter may wait before it calls ``serve(at:)`` and goes on waiting.
    func patience(at now: Instant) -> Duration { backoff.patience(at: now) }

    /// What the server said to those who cannot expect a connection now: none is in use that could come back.
    private func hopeless(at now: Instant) -> PostgresError? {
        guard inUse == 0, !backoff.allows(at: now) else { return nil }
        return backoff.refusal(at: now)
    }

    /// What the server says to whoever asks for a new connection, while it refuses.
    func refusal(at now: Instant) -> PostgresError? { backoff.refusal(at: now) }

    /// Somebody wants a connection; nobody overtakes those who wait already.
    ///
    /// While the server refuses, the pool lives on what it has; if that is nothing, there is nothing to wait for.
    mutating func acquire(at now: Instant) -> Acquisition {
        if isClosed { return .closed }
        if waiters.isEmpty {
            // The one that was used last: the others may age in peace and be closed.
            if let resource = idle.popLast() { return .use(resource) }
            if mayOpen(at: now) { return .open(open()) }
            if let error = hopeless(at: now) { return .refused(error) }
        }
        return .wait
    }

    /// Queues whoever was told to wait.
    mutating func enqueue() -> UInt64 {
        lastWaiter += 1
        waiters.append(lastWaiter)
        return lastWaiter
    }

    /// A waiter gives up; false if it was served already.
    mutating func withdraw(_ waiter: UInt64) -> Bool {
        // They are numbered as they come, and thousands may give up at a time.
        var (index, end) = (0, waiters.count)
        while index < end {
            let middle = (index + end) / 2
            if waiters[middle] < waiter { index = middle + 1 } else { end = middle }
        }
        guard index < waiters.count, waiters[index] == waiter else { return false }
        waiters.remove(at: index)
        return true
    }

    /// A connection comes back in order.
    ///
    /// - Returns: The waiter that gets it, or the connection itself if it is to be closed.
    mutating func giveBack(_ resource: Resource) -> (serve: (UInt64, Grant)?, close: Resource?) {
        if isClosed {
            count -= 1
            return (nil, resource)
        }
        if !waiters.isEmpty { return ((waiters.removeFirst(), .use(resource)), nil) }
        idle.append(resource)
        return (nil, nil)
    }

    /// A connection is gone; its place is free.
    ///
    /// - Returns: Whoever waits no longer, and what they are told.
    mutating func discard(at now: Instant) -> [(UInt64, Grant)] {
        count -= 1
        return serve(at: now)
    }

    /// A connection was opened.
    ///
    /// - Returns: Whoever waits no longer, and what they are told.
    mutating func opened(_ ticket: ConnectBackoff.Ticket, at now: Instant) -> [(UInt64, Grant)] {
        backoff.succeeded(ticket)
        return serve(at: now)
    }

    /// A connection could not be opened, or nobody wants it any more; its place is free.
    ///
    /// - Parameters:
    ///   - error: why; nil if nothing was tried.
    ///   - random: a number from 0 to 1, for the jitter of the pause.
    /// - Returns: Whoever waits no longer, and what they are told.
    mutating func failedToOpen(
        _ ticket: ConnectBackoff.Ticket, _ error: PostgresError?, at now: Instant, random: Double
    ) -> [(UInt64, Grant)] {
        count -= 1
        if let error { backoff.failed(error, ticket, at: now, random: random) } else { backoff.ended(ticket) }
        return serve(at: now)
    }

    /// Lets those who wait open connections as far as that is allowed.
    ///
    /// - Returns: Whoever waits no longer, and what they are told.
    mutating func serve(at now: Instant) -> [(UInt64, Grant)] {
        var served: [(UInt64, Grant)] = []
        guard !isClosed else { return served }
        while !waiters.isEmpty, mayOpen(at: now) {
            served.append((waiters.removeFirst(), .open(open())))
        }
        if let error = hopeless(at: now) {
            served += waiters.map { ($0, .refused(error)) }
            waiters.removeAll()
        }
        return served
    }

    /// No more connections are handed out.
    ///
    /// - Returns: The waiters to tell so, and the idle connections to close.
    mutating func close() -> (waiters: [UInt64], idle: [Resource]) {
        isClosed = true
        defer {
            count -= idle.count
            idle.removeAll()
            waiters.removeAll()
        }
        return (waiters, idle)
    }
}
