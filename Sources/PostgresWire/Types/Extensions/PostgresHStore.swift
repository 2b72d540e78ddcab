/// Keys and values, from and for the extension hstore: texts, of which the values may be NULL.
///
/// Sent as text without a declared type: the number of the type differs from database to database, and the server
/// infers it.
///
/// ```swift
/// let options: PostgresHStore = ["size": "12", "colour": nil]
/// print(options)  // "size"=>"12", "colour"=>NULL
/// ```
///
/// Source: PostgreSQL manual, "hstore"; `contrib/hstore/hstore_io.c` (`hstore_send`, `hstore_out`).
public struct PostgresHStore: Sendable {
    /// The pairs in the server's order: by the number of bytes of the key, then by its bytes. Each key stands once.
    public let pairs: [(key: String, value: String?)]

    /// Makes a store of pairs in any order; of several with the same key the last one stays.
    public init(_ pairs: [(key: String, value: String?)]) {
        let sorted = pairs.enumerated().sorted { left, right in
            if Self.isLess(left.element.key, right.element.key) { return true }
            return !Self.isLess(right.element.key, left.element.key) && left.offset < right.offset
        }
        var kept: [(key: String, value: String?)] = []
        for (_, pair) in sorted {
            if let last = kept.last, last.key.utf8.elementsEqual(pair.key.utf8) { kept.removeLast() }
            kept.append(pair)
        }
        self.pairs = kept
    }

    /// The keys, in the order of the pairs.
    public var keys: [String] { pairs.map(\.key) }

    /// The value of a key: nil if there is no such key, a nil within if the value is NULL.
    public subscript(key: String) -> String?? {
        pairs.first { $0.key.utf8.elementsEqual(key.utf8) }.map(\.value)
    }

    static func isLess(_ left: String, _ right: String) -> Bool {
        let (leftCount, rightCount) = (left.utf8.count, right.utf8.count)
        return leftCount == rightCount ? left.utf8.lexicographicallyPrecedes(right.utf8) : leftCount < rightCount
    }
}

extension PostgresHStore: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String?)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension PostgresHStore: Hashable {
    // String's own equality holds for different bytes too.
    public static func == (left: PostgresHStore, right: PostgresHStore) -> Bool {
        left.pairs.elementsEqual(right.pairs) { left, right in
            guard left.key.utf8.elementsEqual(right.key.utf8) else { return false }
            return switch (left.value, right.value) {
            case (nil, nil): true
            case (let left?, let right?): left.utf8.elementsEqual(right.utf8)
            default: false
            }
        }
    }

    public func hash(into hasher: inout Hasher) {
        for pair in pairs {
            hasher.combine(Array(pair.key.utf8))
            hasher.combine(pair.value.map { Array($0.utf8) })
        }
    }
}

extension PostgresHStore {
    /// The pairs as the server prints them: `"size"=>"12", "colour"=>NULL`.
    public var description: String {
        var writer = WireWriter()
        encode(into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
