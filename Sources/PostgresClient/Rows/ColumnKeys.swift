import Synchronization

/// The columns of a result by the keys of `Decodable` types; made once for a statement.
final class ColumnKeys: Sendable {
    /// What a key leads to.
    enum Place {
        case column(Int)
        case none
        /// Two columns, both of which the key could mean.
        case ambiguous(Int, Int)
    }

    /// The keys in the order of the columns.
    let keys: [String]
    private let isUnique: [Bool]
    /// Keyed by bytes: Swift's `==` would take two spellings of an accented letter for one.
    private let places: [[UInt8]: [Int]]

    init(_ columns: RowColumns, _ strategy: ColumnKeyStrategy) {
        let names = columns.descriptions.map(\.name)
        var places: [[UInt8]: [Int]] = [:]
        for (index, name) in names.enumerated() { places[Array(name.utf8), default: []].append(index) }
        let keys = names.map(strategy.key)
        for (index, key) in keys.enumerated() where !key.utf8.elementsEqual(names[index].utf8) {
            // A column that has the name itself goes before those whose name is made into it.
            let bytes = Array(key.utf8)
            guard !names.contains(where: { $0.utf8.elementsEqual(bytes) }) else { continue }
            places[bytes, default: []].append(index)
        }
        self.keys = keys
        self.places = places
        isUnique = keys.enumerated().map { places[Array($1.utf8)] == [$0] }
    }

    /// The column for a key, looked for first where a synthesized initializer most often finds it.
    func place(of key: String, expectedAt next: Int) -> Place {
        if keys.indices.contains(next), isUnique[next], keys[next].utf8.elementsEqual(key.utf8) { return .column(next) }
        guard let found = places[Array(key.utf8)], let first = found.first else { return .none }
        return found.count == 1 ? .column(first) : .ambiguous(first, found[1])
    }
}

extension RowColumns {
    /// The keys by a strategy, kept for the next result of the same statement.
    func keys(_ strategy: ColumnKeyStrategy) -> ColumnKeys {
        if let keys = keyCache.withLock({ $0[strategy] }) { return keys }
        let made = ColumnKeys(self, strategy)
        keyCache.withLock { $0[strategy] = made }
        return made
    }
}
