/// A document reduced to its lexemes, as PostgreSQL's `tsvector` holds it.
///
/// ```swift
/// let vector = PostgresTSVector([
///     .init("fat", positions: [.init(2, weight: .a)]), .init("cat", positions: [.init(3)]),
/// ])
/// print(vector)  // 'cat':3 'fat':2A
/// ```
///
/// Source: PostgreSQL manual, "Text Search Types"; `src/backend/utils/adt/tsvector.c` (`tsvectorsend`, `tsvectorout`).
public struct PostgresTSVector: Hashable, Sendable {
    /// The lexemes in the order of their bytes, each once.
    public let lexemes: [Lexeme]

    /// How much a position counts; `d` where nothing else is said.
    public enum Weight: UInt16, Hashable, Sendable, CaseIterable {
        case d, c, b, a
    }

    /// Where a lexeme stands in the document.
    public struct Position: Hashable, Sendable {
        /// The number of the word, 1 to 16383.
        public let index: UInt16
        /// What part of the document it is in.
        public let weight: Weight

        /// Makes a position; an index beyond 16383 becomes that, as on the server.
        public init(_ index: UInt16, weight: Weight = .d) {
            self.index = min(index, PostgresTSVector.maximumPosition)
            self.weight = weight
        }
    }

    /// A word in its normal form, with the places where it stands.
    public struct Lexeme: Hashable, Sendable {
        /// The word.
        public let text: String
        /// Its places in ascending order, none if they are not known.
        public let positions: [Position]

        /// Makes a lexeme; of positions of the same index the one with the greatest weight stays.
        public init(_ text: String, positions: [Position] = []) {
            var kept: [Position] = []
            for position in positions.sorted(by: { ($0.index, $1.weight.rawValue) < ($1.index, $0.weight.rawValue) })
            where kept.last?.index != position.index {
                kept.append(position)
            }
            self.init(text, sorted: kept)
        }

        init(_ text: String, sorted positions: [Position]) {
            self.text = text
            self.positions = positions
        }

        // String's own equality holds for different bytes too.
        public static func == (left: Lexeme, right: Lexeme) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8) && left.positions == right.positions
        }

        public func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
            hasher.combine(positions)
        }
    }

    static let maximumPosition: UInt16 = 16383

    /// Makes a vector of lexemes in any order; those that occur more than once become one with all their positions.
    public init(_ lexemes: [Lexeme]) {
        var merged: [Lexeme] = []
        for lexeme in lexemes.sorted(by: { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }) {
            if let last = merged.last, last.text.utf8.elementsEqual(lexeme.text.utf8) {
                merged.removeLast()
                merged.append(Lexeme(last.text, positions: last.positions + lexeme.positions))
            } else {
                merged.append(lexeme)
            }
        }
        self.lexemes = merged
    }

    /// Takes lexemes as a server sent them.
    ///
    /// - Throws: ``WireError/invalidValue`` if they are not in order.
    init(received lexemes: [Lexeme]) throws(WireError) {
        for (left, right) in zip(lexemes, lexemes.dropFirst()) {
            guard !right.text.utf8.lexicographicallyPrecedes(left.text.utf8) else { throw .invalidValue }
        }
        self.lexemes = lexemes
    }
}
