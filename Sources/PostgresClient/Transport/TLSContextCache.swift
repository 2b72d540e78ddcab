import Synchronization

/// The contexts that were used last.
final class TLSContextCache: Sendable {
    static let shared = TLSContextCache(capacity: 16)

    private let capacity: Int
    // The one used last is the last.
    private let entries = Mutex<[TLSSharedContext]>([])

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The context of a key: the one that is there, else one made by `make`.
    ///
    /// Files are read without the lock held: of two that are made at a time, the one that comes later is dropped.
    func context(
        for key: TLSContextKey, make: () throws(PostgresError) -> TLSSharedContext
    ) throws(PostgresError) -> TLSSharedContext {
        guard key.isCacheable else { return try make() }
        if let found = find(key) { return found }
        let made = try make()
        return entries.withLock { entries in
            if let other = entries.first(where: { $0.key == key }) { return other }
            entries.append(made)
            if entries.count > capacity { entries.removeFirst(entries.count - capacity) }
            return made
        }
    }

    /// The context of a key, if it is there.
    func find(_ key: TLSContextKey) -> TLSSharedContext? {
        guard key.isCacheable else { return nil }
        return entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
            let found = entries.remove(at: index)
            entries.append(found)
            return found
        }
    }
}
