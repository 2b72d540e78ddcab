import PostgresWire

/// By which columns rows are sorted.
///
/// ```swift
/// try db.select("users", orderBy: "name")
/// try db.select("users", orderBy: [.descending("age"), "name"])
/// ```
///
/// These are names of columns, never SQL text: `"age DESC"` is a column of that name.
public struct OrderBy: Sendable, Hashable {
    struct Term: Sendable, Hashable {
        var column: Identifier
        var isDescending: Bool
    }

    private(set) var terms: [Term]

    /// Smallest first.
    public static func ascending(_ column: String) -> OrderBy {
        OrderBy(terms: [Term(column: Identifier(column), isDescending: false)])
    }

    /// Largest first.
    public static func descending(_ column: String) -> OrderBy {
        OrderBy(terms: [Term(column: Identifier(column), isDescending: true)])
    }

    private init(terms: [Term]) { self.terms = terms }

    /// Sorts by the first, rows equal in it by the second, and so on; no elements, no order.
    public init(_ elements: [OrderBy]) { terms = elements.flatMap(\.terms) }
}

extension OrderBy: ExpressibleByStringLiteral {
    /// One column, smallest first.
    public init(stringLiteral column: String) { self = .ascending(column) }
}

extension OrderBy: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: OrderBy...) { self.init(elements) }
}
