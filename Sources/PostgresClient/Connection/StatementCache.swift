/// The statements that a connection keeps, the least recently used dropped first.
///
/// Finding, keeping and dropping one take the same time however many there are.
struct StatementCache {
    /// What makes two statements the same: the bytes of their text (Swift's `==` would take two spellings of an accented
    /// letter for one) and the declared types of their parameters.
    struct Key {
        let text: String
        /// The declared types; nil where the value is NULL, which is one of any type.
        let parameterTypes: [PostgresOID?]
    }

    /// A statement and its neighbours in the order of use.
    private struct Entry {
        /// nil while the place is free.
        var statement: StatementDescription?
        var parameterTypes: [PostgresOID]
        /// The place of the one that was used next after it; of a free place, the next free one.
        var newer: Int?
        /// The place of the one that was used last before it.
        var older: Int?

        /// Whether values of these types can be bound.
        func accepts(_ types: [PostgresOID?]) -> Bool {
            guard types.count == parameterTypes.count else { return false }
            for (type, known) in zip(types, parameterTypes) where type != nil && type != known { return false }
            return true
        }
    }

    let capacity: Int
    private(set) var count = 0
    /// The places of a text's statements: one for each set of declared types, mostly one.
    private var places: [StatementText: [Int]] = [:]
    private var entries: [Entry] = []
    private var newest: Int?
    private var oldest: Int?
    private var free: Int?

    /// - Parameter capacity: The most statements that are kept; 0 for none.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The statement that these values can be bound to.
    mutating func statement(for key: Key) -> StatementDescription? {
        guard let places = places[StatementText(text: key.text)],
            let place = places.first(where: { entries[$0].accepts(key.parameterTypes) })
        else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return entries[place].statement
    }

    /// Keeps a statement whose parameters were declared so.
    ///
    /// - Returns: The one that had to go, which the server must be told to close: of a cache without room the statement
    ///   itself.
    mutating func insert(_ statement: StatementDescription, _ parameterTypes: [PostgresOID]) -> StatementDescription? {
        guard capacity > 0 else { return statement }
        var evicted: StatementDescription?
        if count >= capacity, let oldest {
            evicted = entries[oldest].statement
            remove(at: oldest)
        }
        let place: Int
        if let free {
            place = free
            self.free = entries[place].newer
        } else {
            place = entries.count
            entries.append(Entry(statement: nil, parameterTypes: [], newer: nil, older: nil))
        }
        entries[place].statement = statement
        entries[place].parameterTypes = parameterTypes
        link(place)
        places[StatementText(text: statement.text), default: []].append(place)
        count += 1
        return evicted
    }

    /// Forgets all.
    ///
    /// - Returns: What the server still knows, if it has not forgotten too.
    @discardableResult
    mutating func removeAll() -> [StatementDescription] {
        let statements = entries.compactMap(\.statement)
        self = StatementCache(capacity: capacity)
        return statements
    }

    /// Forgets a statement; false if it was not known.
    @discardableResult
    mutating func remove(_ statement: StatementDescription) -> Bool {
        guard
            let place = places[StatementText(text: statement.text)]?.first(where: {
                entries[$0].statement === statement
            })
        else { return false }
        remove(at: place)
        return true
    }

    private mutating func remove(at place: Int) {
        guard let statement = entries[place].statement else { return }
        unlink(place)
        entries[place] = Entry(statement: nil, parameterTypes: [], newer: free, older: nil)
        free = place
        count -= 1
        let text = StatementText(text: statement.text)
        if places[text]?.count == 1 { places[text] = nil } else { places[text]?.removeAll { $0 == place } }
    }

    // MARK: - The order of use

    private mutating func link(_ place: Int) {
        entries[place].older = newest
        entries[place].newer = nil
        if let newest { entries[newest].newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if let newer { entries[newer].older = older } else { newest = older }
        if let older { entries[older].newer = newer } else { oldest = newer }
    }
}

extension RenderedSQL {
    /// What the statement is looked up by.
    func key(_ declaredTypes: [PostgresOID]) -> StatementCache.Key {
        StatementCache.Key(
            text: text, parameterTypes: zip(parameters, declaredTypes).map { $0.isNull ? nil : $1 })
    }
}
