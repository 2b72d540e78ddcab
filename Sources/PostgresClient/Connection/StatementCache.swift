/// The prepared statements that a connection keeps, the least recently used dropped first.
struct StatementCache {
    /// What makes two statements the same: the bytes of their text (Swift's `==` would take two spellings of an accented
    /// letter for one) and the declared types of their parameters.
    struct Key {
        let text: String
        /// The declared types; nil where the value is NULL, which is one of any type.
        let parameterTypes: [PostgresOID?]
    }

    private struct Entry {
        let statement: StatementDescription
        let parameterTypes: [PostgresOID]
        var lastUse: UInt64

        /// Whether values of these types can be bound.
        func accepts(_ types: [PostgresOID?]) -> Bool {
            guard types.count == parameterTypes.count else { return false }
            for (type, known) in zip(types, parameterTypes) where type != nil && type != known { return false }
            return true
        }
    }

    private let capacity: Int
    // A text has one entry for each set of declared types, mostly one.
    private var entries: [StatementText: [Entry]] = [:]
    private var count = 0
    private var uses: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The statement that these values can be bound to.
    mutating func statement(for key: Key) -> StatementDescription? {
        guard let index = entries.index(forKey: StatementText(text: key.text)),
            let variant = entries.values[index].firstIndex(where: { $0.accepts(key.parameterTypes) })
        else { return nil }
        uses += 1
        entries.values[index][variant].lastUse = uses
        return entries.values[index][variant].statement
    }

    /// Keeps a statement whose parameters were declared so.
    ///
    /// - Returns: The one that had to go, which the server must be told to close.
    mutating func insert(_ statement: StatementDescription, _ parameterTypes: [PostgresOID]) -> StatementDescription? {
        uses += 1
        let evicted = count >= capacity ? oldest : nil
        if let evicted { remove(evicted) }
        let entry = Entry(statement: statement, parameterTypes: parameterTypes, lastUse: uses)
        entries[StatementText(text: statement.text), default: []].append(entry)
        count += 1
        return evicted
    }

    private var oldest: StatementDescription? {
        entries.values.joined().min { $0.lastUse < $1.lastUse }?.statement
    }

    /// Forgets all.
    ///
    /// - Returns: What the server still knows, if it has not forgotten too.
    @discardableResult
    mutating func removeAll() -> [StatementDescription] {
        defer {
            entries.removeAll()
            count = 0
        }
        return entries.values.joined().map(\.statement)
    }

    /// Forgets a statement; false if it was not known.
    @discardableResult
    mutating func remove(_ statement: StatementDescription) -> Bool {
        let text = StatementText(text: statement.text)
        guard var variants = entries[text], let index = variants.firstIndex(where: { $0.statement === statement })
        else { return false }
        variants.remove(at: index)
        entries[text] = variants.isEmpty ? nil : variants
        count -= 1
        return true
    }
}

extension RenderedSQL {
    /// What the statement is looked up by.
    func key(_ declaredTypes: [PostgresOID]) -> StatementCache.Key {
        StatementCache.Key(
            text: text, parameterTypes: zip(parameters, declaredTypes).map { $0.isNull ? nil : $1 })
    }
}
