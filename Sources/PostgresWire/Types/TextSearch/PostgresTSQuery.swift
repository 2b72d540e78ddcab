/// What a text search looks for, as PostgreSQL's `tsquery` holds it.
///
/// Made of lexemes by ``and(_:)``, ``or(_:)``, ``not`` and ``followed(by:distance:)``. It is kept as the server keeps it,
/// as a list, so that a query may be as long and as deep as the server's; ``tree()`` shows it as a tree.
///
/// ```swift
/// let query = PostgresTSQuery.lexeme("fat").and(.lexeme("ca", isPrefix: true).or(.lexeme("rat")))
/// print(query)  // 'fat' & ( 'ca':* | 'rat' )
/// ```
///
/// Source: PostgreSQL manual, "Text Search Types"; `src/backend/utils/adt/tsquery.c` (`tsquerysend`, `tsqueryout`).
public struct PostgresTSQuery: Hashable, Sendable {
    /// The operators and operands, each operator before its operands, and of two operands the right one first.
    let items: [Item]

    enum Item: Hashable, Sendable {
        case operand(Operand)
        case not
        case and
        case or
        case phrase(UInt16)
    }

    /// A lexeme that is looked for.
    public struct Operand: Hashable, Sendable {
        /// The lexeme.
        public let text: String
        /// The weights that it must have one of; any if there are none.
        public let weights: Set<PostgresTSVector.Weight>
        /// Whether every lexeme that begins with the text will do.
        public let isPrefix: Bool

        public init(_ text: String, weights: Set<PostgresTSVector.Weight> = [], isPrefix: Bool = false) {
            self.text = text
            self.weights = weights
            self.isPrefix = isPrefix
        }

        // String's own equality holds for different bytes too.
        public static func == (left: Operand, right: Operand) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8) && left.weights == right.weights
                && left.isPrefix == right.isPrefix
        }

        public func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
            hasher.combine(weights)
            hasher.combine(isPrefix)
        }
    }

    /// A query as a tree.
    public indirect enum Node: Hashable, Sendable {
        /// The lexeme.
        case lexeme(Operand)
        /// Not what the part finds.
        case not(Node)
        /// What all parts find.
        case all([Node])
        /// What one of the parts finds.
        case any([Node])
        /// The second part, so many words after the first.
        case phrase(Node, Node, distance: UInt16)
    }

    init(items: [Item]) {
        self.items = items
    }

    /// The query that looks for nothing, and finds nothing.
    public static let empty = PostgresTSQuery(items: [])

    /// Whether the query looks for nothing.
    public var isEmpty: Bool { items.isEmpty }

    /// A query for one lexeme.
    public static func lexeme(
        _ text: String, weights: Set<PostgresTSVector.Weight> = [], isPrefix: Bool = false
    ) -> PostgresTSQuery {
        PostgresTSQuery(items: [.operand(Operand(text, weights: weights, isPrefix: isPrefix))])
    }

    /// What both queries find; with an empty one, the other alone.
    public func and(_ other: PostgresTSQuery) -> PostgresTSQuery { joined(with: other, by: .and) }

    /// What one of the queries finds; with an empty one, the other alone.
    public func or(_ other: PostgresTSQuery) -> PostgresTSQuery { joined(with: other, by: .or) }

    /// What the other query finds, `distance` words after what this one does; with an empty one, the other alone.
    public func followed(by other: PostgresTSQuery, distance: UInt16 = 1) -> PostgresTSQuery {
        joined(with: other, by: .phrase(distance))
    }

    /// What the query does not find.
    public var not: PostgresTSQuery { isEmpty ? self : PostgresTSQuery(items: [.not] + items) }

    private func joined(with other: PostgresTSQuery, by item: Item) -> PostgresTSQuery {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return PostgresTSQuery(items: [item] + other.items + items)
    }
}
