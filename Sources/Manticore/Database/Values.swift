public import PostgresWire

/// Columns and their values, in the order in which they are written.
///
/// ```swift
/// try db.insert("users", ["name": "Ann", "age": 30, "nickname": nil])
///
/// var changes: Values = ["age": 31]
/// changes["nickname"] = "Annie"
/// try db.update("users", changes, where: ["name": "Ann"])
/// ```
///
/// The keys are the names of columns, not SQL text. A `nil` is NULL. Two equal keys in a literal are an error that the
/// call they are given to throws; keys are compared by their bytes, as the server compares names.
public struct Values: Sendable {
    package private(set) var pairs: [(key: String, value: (any PostgresEncodable)?)]

    /// The first key that a literal gave twice.
    package private(set) var duplicateKey: String?

    /// Makes no values at all: `INSERT` with them takes every column's default.
    public init() { pairs = [] }

    /// Takes a dictionary made at run time, its keys in the order of their bytes, so that equal dictionaries make
    /// equal statements.
    public init(_ dictionary: [String: any PostgresEncodable]) {
        pairs = dictionary.map { (key: $0.key, value: $0.value) }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// The columns' names, in order.
    public var keys: [String] { pairs.map(\.key) }
    /// The number of columns.
    public var count: Int { pairs.count }
    /// Whether there are none.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The value of a column.
    ///
    /// Reading, `nil` is NULL or a column that is not here, see ``contains(_:)``. Assigning, `nil` is NULL, a new
    /// column goes to the end and an old one stays in its place.
    public subscript(key: String) -> (any PostgresEncodable)? {
        get { index(of: key).flatMap { pairs[$0].value } }
        set {
            if let index = index(of: key) {
                pairs[index].value = newValue
            } else {
                pairs.append((key: key, value: newValue))
            }
        }
    }

    /// Whether a column is here, be it with NULL.
    public func contains(_ key: String) -> Bool { index(of: key) != nil }

    /// Takes a column out; one that is not here is no error.
    public mutating func remove(_ key: String) {
        if let index = index(of: key) { pairs.remove(at: index) }
    }

    func index(of key: String) -> Int? {
        pairs.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }
}

extension Values: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, (any PostgresEncodable)?)...) {
        self.init(elements)
    }

    init(_ elements: [(String, (any PostgresEncodable)?)]) {
        pairs = elements.map { (key: $0.0, value: $0.1) }
        duplicateKey = Self.firstDuplicate(in: pairs.lazy.map(\.key))
    }

    static func firstDuplicate(in keys: some Collection<String>) -> String? {
        var seen = Set<[UInt8]>(minimumCapacity: keys.count)
        return keys.first { !seen.insert(Array($0.utf8)).inserted }
    }
}

extension Values: CustomStringConvertible {
    /// The columns' names, without the values.
    public var description: String { "[" + keys.joined(separator: ", ") + "]" }
}
