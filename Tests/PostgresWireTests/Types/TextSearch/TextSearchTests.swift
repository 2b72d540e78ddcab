import PostgresWire
import Testing

@Suite(.ownThread) struct TextSearchTests {
    @Test func vectors() throws {
        try checkForms(
            PostgresTSVector([
                .init("fat", positions: [.init(2, weight: .a)]),
                .init("cat", positions: [.init(3), .init(1, weight: .b)]),
                .init("it's"),
            ]), .tsvector,
            binary: hex("00000003 63617400 0002 8001 0003 66617400 0001 C002 6974277300 0000"),
            text: "'cat':1B,3 'fat':2A 'it''s'")
        try checkForms(PostgresTSVector([]), .tsvector, binary: hex("00000000"), text: "")
        try checkForms(
            PostgresTSVector([.init("a\\b"), .init("é x")]), .tsvector,
            binary: hex("00000002 615C6200 0000 C3A9207800 0000"), text: #"'a\\b' 'é x'"#)
        let merged = PostgresTSVector([
            .init("b", positions: [.init(5), .init(60000)]), .init("a"), .init("b", positions: [.init(5, weight: .c)]),
        ])
        #expect(merged.description == "'a' 'b':5C,16383")
    }

    // Guard: Sources/PostgresWire/Types/TextSearch/PostgresTSVector+Postgres.swift: `guard count >= 0 else { throw .invalidLength }`
    @Test func malformedVectors() {
        let binary = [
            "", "ffffffff", "00000001", "00000001 61", "00000001 6100", "00000001 6100 0001", "7fffffff 6100 0000",
            "00000001 6100 0000 00", "00000002 6200 0000 6100 0000", "00000001 6100 0002 0002 0001",
            "00000001 6100 0101", "00000001 FF00 0000",
        ]
        for bytes in binary {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresTSVector.self, hex(bytes), .tsvector) }
        }
        let texts = [
            " ", "a", "'a", "'a':", "'a':A", "'a':1,", "'a':1 ", "'a'  'b'", "'b' 'a'", "'a':2,1", "'a':99999", "'a'b",
            "'a':1E",
        ]
        for text in texts {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresTSVector.self, text: text, .tsvector) }
        }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresTSVector.self, text: "", .text) }
        let many = PostgresTSVector([.init("a", positions: (1...300).map { .init($0) })])
        #expect(throws: WireError.tooLarge) { try encoded(many) }
    }

    @Test func queries() throws {
        try checkForms(
            PostgresTSQuery.lexeme("cat"), .tsquery, binary: hex("00000001 01 00 00 63617400"), text: "'cat'")
        // The server sends an empty query like this, and does not take it back but as text.
        #expect(try decoded(PostgresTSQuery.self, hex("00000000"), .tsquery) == .empty)
        #expect(try decoded(PostgresTSQuery.self, text: "", .tsquery) == .empty)
        #expect(PostgresTSQuery.empty.postgresFormat == .text)
        #expect(try encoded(PostgresTSQuery.empty) == [])
        #expect(PostgresTSQuery.empty.description == "")
        // fat & ( ca:* | rat ): the operator first, then its right operand.
        try checkForms(
            PostgresTSQuery.lexeme("fat").and(.lexeme("ca", isPrefix: true).or(.lexeme("rat"))), .tsquery,
            binary: hex("00000005 02 02 02 03 01 00 00 72617400 01 00 01 636100 01 00 00 66617400"),
            text: "'fat' & ( 'ca':* | 'rat' )")
        try checkForms(
            PostgresTSQuery.lexeme("a", weights: [.a, .b], isPrefix: true).followed(by: .lexeme("b", weights: [.d]))
                .followed(by: .lexeme("it's"), distance: 3).not, .tsquery,
            binary: hex("00000006 02 01 02 04 0003 01 00 00 6974277300 02 04 0001 01 01 00 6200 01 0C 01 6100"),
            text: "!( 'a':*AB <-> 'b':D <3> 'it''s' )")
        let (a, b, c) = (PostgresTSQuery.lexeme("a"), PostgresTSQuery.lexeme("b"), PostgresTSQuery.lexeme("c"))
        let table: [(PostgresTSQuery, String)] = [
            (a.and(b).and(c), "'a' & 'b' & 'c'"), (a.or(b).and(c), "( 'a' | 'b' ) & 'c'"),
            (a.and(b).or(c), "'a' & 'b' | 'c'"), (a.or(b.and(c)), "'a' | 'b' & 'c'"),
            (a.not.and(b), "!'a' & 'b'"), (a.and(b.not), "'a' & !'b'"), (a.not.not, "!!'a'"),
            (a.followed(by: b.followed(by: c)), "'a' <-> ( 'b' <-> 'c' )"),
            (a.followed(by: b).followed(by: c), "'a' <-> 'b' <-> 'c'"),
            (a.and(b).followed(by: c), "( 'a' & 'b' ) <-> 'c'"), (a.followed(by: b, distance: 0), "'a' <0> 'b'"),
            (a.and(.empty).or(.empty), "'a'"), (PostgresTSQuery.empty.not, ""),
        ]
        for (query, text) in table {
            #expect(query.description == text)
            #expect(try decoded(PostgresTSQuery.self, text: text, .tsquery) == query, "\(text)")
            guard query.postgresFormat == .binary else { continue }
            #expect(try decoded(PostgresTSQuery.self, encoded(query), .tsquery) == query, "\(text)")
        }
        // In text, what is on the right of an equal operator is not told from what is on the left; in binary it is.
        #expect(a.and(b.and(c)).description == "'a' & 'b' & 'c'")
        #expect(try decoded(PostgresTSQuery.self, encoded(a.and(b.and(c))), .tsquery) == a.and(b.and(c)))
    }

    @Test func trees() throws {
        let (a, b, c) = (PostgresTSQuery.lexeme("a"), PostgresTSQuery.lexeme("b"), PostgresTSQuery.lexeme("c"))
        func leaf(_ text: String) -> PostgresTSQuery.Node { .lexeme(.init(text)) }
        #expect(try PostgresTSQuery.empty.tree() == nil)
        #expect(try a.and(b).and(c).tree() == .all([leaf("a"), leaf("b"), leaf("c")]))
        #expect(try a.or(b).and(c.not).tree() == .all([.any([leaf("a"), leaf("b")]), .not(leaf("c"))]))
        #expect(try a.followed(by: b, distance: 2).tree() == .phrase(leaf("a"), leaf("b"), distance: 2))
        var chain = a
        for _ in 0..<2000 { chain = chain.or(b) }
        guard case .any(let parts)? = try chain.tree() else { throw WireError.invalidValue }
        #expect(parts.count == 2001)
        #expect(try decoded(PostgresTSQuery.self, text: chain.description, .tsquery) == chain)
        #expect(try decoded(PostgresTSQuery.self, encoded(chain), .tsquery) == chain)
        // Deeper than any stack would bear, and still printed and read; only the tree has an end.
        let deep = try decoded(
            PostgresTSQuery.self, text: String(repeating: "!", count: 200_000) + "'a'", .tsquery)
        #expect(deep.description.utf8.count == 200_003)
        #expect(throws: WireError.nestedTooDeeply) { try deep.tree() }
        let parentheses = String(repeating: "( ", count: 100_000) + "'a'" + String(repeating: " )", count: 100_000)
        #expect(try decoded(PostgresTSQuery.self, text: parentheses, .tsquery) == a)
    }

    // Guard: Sources/PostgresWire/Types/TextSearch/PostgresTSQuery+Postgres.swift: `guard count >= 0 else { throw .invalidLength }`
    @Test func malformedQueries() {
        let binary = [
            "", "ffffffff", "00000001", "00000001 01 00 00 61", "00000001 01 10 00 6100", "00000001 01 00 02 6100",
            "00000001 02 01", "00000001 02 05", "00000001 03 00", "00000002 01 00 00 6100 01 00 00 6200",
            "00000002 02 02 01 00 00 6100", "7fffffff 01 00 00 6100", "00000001 01 00 00 6100 00",
            "00000000 01 00 00 6100",
        ]
        for bytes in binary {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresTSQuery.self, hex(bytes), .tsquery) }
        }
        let texts = [
            " ", "a", "'a", "'a' &", "& 'a'", "'a' 'b'", "( 'a'", "'a' )", "!", "'a' < 'b'", "'a' <99999> 'b'",
            "'a':", "'a':E", "( )", "'a' <-> ", "'a' <1 'b'",
        ]
        for text in texts {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresTSQuery.self, text: text, .tsquery) }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func randomRoundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func weights() -> [PostgresTSVector.Weight] {
            PostgresTSVector.Weight.allCases.filter { _ in Bool.random(using: &generator) }
        }
        func query(_ depth: Int) -> PostgresTSQuery {
            switch depth == 0 ? 0 : Int.random(in: 0...5, using: &generator) {
            case 1: query(depth - 1).not
            case 2: query(depth - 1).and(query(depth - 1))
            case 3: query(depth - 1).or(query(depth - 1))
            case 4, 5: query(depth - 1).followed(by: query(depth - 1), distance: .random(in: 0...3, using: &generator))
            default:
                .lexeme(
                    randomText(using: &generator), weights: Set(weights()), isPrefix: Bool.random(using: &generator))
            }
        }
        for _ in 0..<100 {
            let lexemes = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                PostgresTSVector.Lexeme(
                    randomText(using: &generator),
                    positions: weights().map { .init(.random(in: 0...20, using: &generator), weight: $0) })
            }
            let vector = PostgresTSVector(lexemes)
            #expect(try decoded(PostgresTSVector.self, encoded(vector), .tsvector) == vector, "seed \(seed)")
            #expect(try decoded(PostgresTSVector.self, text: vector.description, .tsvector) == vector, "seed \(seed)")
            let query = query(5)
            #expect(try decoded(PostgresTSQuery.self, encoded(query), .tsquery) == query, "seed \(seed)")
            let again = try decoded(PostgresTSQuery.self, text: query.description, .tsquery)
            #expect(again.description == query.description, "seed \(seed)")
            checkDamage(PostgresTSVector.self, try encoded(vector), .tsvector, .binary, using: &generator)
            checkDamage(PostgresTSVector.self, Array(vector.description.utf8), .tsvector, .text, using: &generator)
            checkDamage(PostgresTSQuery.self, try encoded(query), .tsquery, .binary, using: &generator)
            checkDamage(PostgresTSQuery.self, Array(query.description.utf8), .tsquery, .text, using: &generator)
        }
    }
}
