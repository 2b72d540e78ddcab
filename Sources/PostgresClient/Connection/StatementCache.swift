/// The prepared statements that a connection keeps, the least recently used dropped first.
struct StatementCache {
    /// What makes two statements the same: the bytes of their text (Swift's `==` would take two spellings of an accented
    /// letter for one) and the declared types of their parameters.
    struct Key: Hashable {
        let text: String
        let parameterTypes: [PostgresOID]

        static func == (left: Key, right: Key) -> Bool {
            left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
                && left.parameterTypes == right.parameterTypes
        }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(parameterTypes)
        }
    }

    private struct Entry {
        let statement: StatementDescription
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func statement(for key: Key) -> StatementDescription? {
        guard let index = entries.index(forKey: key) else { return nil }
        uses += 1
        entries.values[index].lastUse = uses
        return entries.values[index].statement
    }

    /// Keeps a statement.
    ///
    /// - Returns: The one that had to go, which the server must be told to close.
    mutating func insert(_ statement: StatementDescription, for key: Key) -> StatementDescription? {
        uses += 1
        var evicted: StatementDescription?
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key {
            evicted = entries.removeValue(forKey: oldest)?.statement
        }
        entries[key] = Entry(statement: statement, lastUse: uses)
        return evicted
    }

    /// Forgets all.
    ///
    /// - Returns: What the server still knows, if it has not forgotten too.
    @discardableResult
    mutating func removeAll() -> [StatementDescription] {
        defer { entries.removeAll() }
        return entries.values.map(\.statement)
    }

    mutating func remove(_ key: Key) -> StatementDescription? {
        entries.removeValue(forKey: key)?.statement
    }
}
