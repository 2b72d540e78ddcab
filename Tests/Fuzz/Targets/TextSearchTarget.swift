import PostgresWire

/// Documents and queries of the text search.
enum TextSearchTarget: FuzzTarget {
    static let name = "text-search"
    static let maximumLength = 192

    private static let types: [PostgresOID] = [.tsvector, .tsquery, .tsvectorArray, .tsqueryArray]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkText(PostgresTSVector.self, bytes, type, format)
        try Codec.check([PostgresTSVector?].self, bytes, type, format)
        // The text, in which lists go, does not tell how a chain of equal operators is grouped.
        try Codec.check([PostgresTSQuery?].self, bytes, type, format, isSame: areSame)
        if let query = try Codec.check(PostgresTSQuery.self, bytes, type, format) {
            try Codec.checkOwn(PostgresTSQuery.self, bytes, type, format)
            _ = try? query.tree()
            try require(query.isEmpty == query.description.isEmpty, "\(query) is empty and is not")
        }
    }

    /// Whether two lists have the same texts.
    private static func areSame(_ left: [PostgresTSQuery?], _ right: [PostgresTSQuery?]) -> Bool {
        left.elementsEqual(right) { left, right in
            switch (left, right) {
            case (let left?, let right?): left.description.utf8.elementsEqual(right.description.utf8)
            case (nil, nil): true
            default: false
            }
        }
    }

    static var seeds: [[UInt8]] {
        let (a, b) = (PostgresTSQuery.lexeme("a", weights: [.a, .d], isPrefix: true), PostgresTSQuery.lexeme("b'"))
        let vector = PostgresTSVector([.init("a", positions: [.init(1), .init(2, weight: .a)]), .init("it's")])
        let values: [any PostgresEncodable] = [
            vector, PostgresTSVector([]), a, a.and(b).or(b.not), a.followed(by: b.or(a), distance: 3), [vector], [a],
            PostgresTSQuery.empty,
        ]
        let texts: [(PostgresOID, String)] = [
            (.tsvector, "'a':1,2A 'it''s'"), (.tsvector, "'a\\\\b'"), (.tsvector, ""), (.tsquery, "'a' & !'b':*AB"),
            (.tsquery, "( 'a' | 'b' ) <-> 'c'"), (.tsquery, "'a' <12> ( 'b' <-> 'c' )"), (.tsquery, "!!'a'"),
            (.tsvectorArray, "{\"'a':1 'b'\",NULL}"), (.tsqueryArray, "{\"'a' & 'b'\"}"),
        ]
        return values.map { Codec.seed($0, in: types) } + texts.flatMap { Codec.seeds($0.0, text: $0.1, in: types) }
            + [Codec.seed(.tsqueryArray, .binary, groupedToTheRight, in: types)]
    }

    /// A list in binary of one query whose grouping its text does not tell.
    private static var groupedToTheRight: [UInt8] {
        var query = WireWriter()
        PostgresTSQuery.lexeme("a").or(.lexeme("b").or(.lexeme("c"))).encode(into: &query)
        var list = WireWriter()
        for number in [1, 0, Int32(bitPattern: PostgresOID.tsquery.rawValue), 1, 1, Int32(clamping: query.count)] {
            list.write(number)
        }
        return list.bytes + query.bytes
    }

    static let dictionary: [[UInt8]] =
        ["'", "''", "\\\\", ":1", ":*", ":A", " & ", " | ", "!", "( ", " )", " <-> ", " <2> ", ",2B"].map {
            [UInt8](text: $0)
        } + [[2, 1], [2, 2], [2, 3], [2, 4, 0, 1], [1, 0, 0, 97, 0], [0, 0, 0, 3], [97, 0, 0, 1, 0x40, 1]]
}
