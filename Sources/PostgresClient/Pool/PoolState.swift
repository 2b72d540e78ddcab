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
        /// Open one; the place for it is taken.
        case open
        /// Wait; the number was queued.
        case wait
        /// Give up: the pool is closed.
        case closed
    }

    /// What a waiter is told.
    enum Grant {
        case use(Resource)
        case open
        case closed
    }

    let limit: Int
    private(set) var idle: [Resource] = []
    private(set) var isClosed = false
    /// Connections that are open or being opened.
    private(set) var count = 0
    private var waiters: [UInt64] = []
    private var lastWaiter: UInt64 = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var inUse: Int { count - idle.count }
    var waiting: Int { waiters.count }

    /// Somebody wants a connection; nobody overtakes those who wait already.
    mutating func acquire() -> Acquisition {
        if isClosed { return .closed }
        if waiters.isEmpty {
            // The one that was used last: the others may age in peace and be closed.
            if let resource = idle.popLast() { return .use(resource) }
            if count < limit {
                count += 1
                return .open
            }
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
        guard let index = waiters.firstIndex(of: waiter) else { return false }
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

    /// A connection is gone, or could not be opened; its place is free.
    ///
    /// - Returns: The waiter that opens one in its stead.
    mutating func discard() -> (UInt64, Grant)? {
        count -= 1
        guard !isClosed, !waiters.isEmpty, count < limit else { return nil }
        count += 1
        return (waiters.removeFirst(), .open)
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
