import PostgresWire
import Testing

@Suite(.ownThread) struct RangeTests {
    @Test func forms() throws {
        try checkForms(
            PostgresRange<Int32>(1..<5), .int4range, binary: hex("02 00000004 00000001 00000004 00000005"),
            text: "[1,5)")
        try checkForms(PostgresRange<Int32>.empty, .int4range, binary: hex("01"), text: "empty")
        try checkForms(PostgresRange<Int64>.everything, .int8range, binary: hex("18"), text: "(,)")
        try checkForms(
            PostgresRange<Int>(...7), .int8range, binary: hex("0C 00000008 0000000000000007"), text: "(,7]")
        try checkForms(
            PostgresRange<PostgresNumeric>(PostgresNumeric(1)...), .numrange,
            binary: hex("12 0000000A 0001 0000 0000 0000 0001"), text: "[1,)")
        try checkForms(
            PostgresRange<PostgresDate>(PostgresDate(daysSince2000: 0)..<PostgresDate.infinity), .daterange,
            binary: hex("02 00000004 00000000 00000004 7fffffff"), text: "[2000-01-01,infinity)")
        try checkForms(
            PostgresRange<PostgresTimestamp>.bounds(
                .exclusive(PostgresTimestamp(microsecondsSince2000: 0)), .unbounded),
            .tsrange, binary: hex("10 00000008 0000000000000000"), text: #"("2000-01-01 00:00:00",)"#)
        try checkForms(
            PostgresRange<PostgresTimestampWithTimeZone>(
                ...PostgresTimestampWithTimeZone(microsecondsSince2000: 0)),
            .tstzrange, binary: hex("0C 00000008 0000000000000000"), text: #"(,"2000-01-01 00:00:00+00"]"#)
        #expect(PostgresRange(1..<5).postgresType == .int8range)
        #expect([PostgresRange<Int32>(1..<5)].postgresType == .int4rangeArray)
    }

    @Test func multiranges() throws {
        try checkForms(
            PostgresMultirange<Int32>([.init(1..<5), .init(7...)]), .int4multirange,
            binary: hex("00000002 00000011 02 00000004 00000001 00000004 00000005 00000009 12 00000004 00000007"),
            text: "{[1,5),[7,)}")
        try checkForms(PostgresMultirange<Int32>(), .int4multirange, binary: hex("00000000"), text: "{}")
        let times: PostgresMultirange<PostgresTimestamp> = [
            .init(PostgresTimestamp(microsecondsSince2000: 0)...), .everything,
        ]
        #expect(times.description == #"{["2000-01-01 00:00:00",),(,)}"#)
        #expect(
            try decoded(PostgresMultirange<PostgresTimestamp>.self, text: times.description, .tsmultirange) == times)
        #expect(times.postgresType == .tsmultirange)
        #expect([times].postgresType == .tsmultirangeArray)
        let arrayText = #"{"{[1,5),[7,)}","{}"}"#
        let array = try decoded([PostgresMultirange<Int>].self, text: arrayText, .int8multirangeArray)
        #expect(array == [[.init(1..<5), .init(7...)], []])
        #expect(PostgresArray(array).description == arrayText)
    }

    @Test func arraysOfRanges() throws {
        let ranges: [PostgresRange<Int32>] = [.init(1..<3), .empty]
        let bytes = try encoded(ranges)
        #expect(try decoded([PostgresRange<Int32>].self, bytes, .int4rangeArray) == ranges)
        #expect(try decoded([PostgresRange<Int32>].self, text: #"{"[1,3)",empty}"#, .int4rangeArray) == ranges)
        #expect(PostgresArray(ranges).description == #"{"[1,3)",empty}"#)
    }

    /// A type of one's own over text: what the server's quoting is for.
    struct Word: PostgresRangeBound, CustomStringConvertible {
        var text: String
        static var rangeType: PostgresOID { .unspecified }
        static var multirangeType: PostgresOID { .unspecified }
        static var boundType: PostgresOID { .text }
        var postgresType: PostgresOID { .text }
        var postgresFormat: PostgresFormat { .text }
        var description: String { text }
        func encode(into writer: inout WireWriter) { text.encode(into: &writer) }
        static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .text }
        init(_ text: String) { self.text = text }
        init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
            text = try String(from: &reader, type: type, format: format)
        }
        static func < (left: Word, right: Word) -> Bool { left.text < right.text }
    }

    @Test func boundsThatNeedQuotes() throws {
        let table: [(PostgresRange<Word>, String)] = [
            (.bounds(.inclusive(Word("a b")), .exclusive(Word(""))), #"["a b","")"#),
            (.bounds(.inclusive(Word(#"a"b"#)), .inclusive(Word(#"c\d"#))), #"["a""b","c\\d"]"#),
            (.bounds(.exclusive(Word("(")), .exclusive(Word("],"))), #"("(","],")"#),
            (.bounds(.exclusive(Word("é")), .unbounded), "(é,)"),
            (.bounds(.exclusive(Word("empty")), .unbounded), "(empty,)"),
        ]
        for (range, text) in table {
            #expect(range.description == text)
            #expect(range.postgresType == .unspecified)
            #expect(range.postgresFormat == .text)
            #expect(try encoded(range) == Array(text.utf8))
            #expect(try decoded(PostgresRange<Word>.self, text: text, userType) == range)
        }
        let many = PostgresMultirange(table.map(\.0))
        #expect(try decoded(PostgresMultirange<Word>.self, text: many.description, userType) == many)
        #expect(
            try decoded(PostgresRange<Word>.self, hex("02 00000001 61 00000001 62"), userType)
                == .bounds(.inclusive(Word("a")), .exclusive(Word("b"))))
    }

    @Test func conversions() {
        #expect(PostgresRange(1..<1) == .empty)
        #expect(PostgresRange(1...1) == .bounds(.inclusive(1), .inclusive(1)))
        #expect(PostgresRange(..<5) == .bounds(.unbounded, .exclusive(5)))
        #expect(Range(PostgresRange(1...5)) == 1..<6)
        #expect(Range(PostgresRange<Int>.bounds(.exclusive(0), .exclusive(6))) == 1..<6)
        #expect(Range(PostgresRange<Int>.bounds(.exclusive(0), .exclusive(1))) == nil)
        #expect(Range(PostgresRange<Int>.bounds(.inclusive(0), .inclusive(.max))) == nil)
        #expect(Range(PostgresRange<Int>.empty) == nil)
        #expect(Range(PostgresRange(1...)) == nil)
        #expect(Range(exactly: PostgresRange(1...5)) == nil)
        #expect(Range(exactly: PostgresRange(1..<5)) == 1..<5)
        #expect(Range(exactly: PostgresRange<Int>.bounds(.inclusive(5), .exclusive(1))) == nil)
        #expect(ClosedRange(PostgresRange(1..<5)) == 1...4)
        #expect(ClosedRange(PostgresRange<Int>.bounds(.inclusive(1), .inclusive(.max))) == 1...Int.max)
        #expect(ClosedRange(PostgresRange<Int>.bounds(.inclusive(.min), .exclusive(.min))) == nil)
        #expect(ClosedRange(exactly: PostgresRange(1...5)) == 1...5)
        #expect(ClosedRange(exactly: PostgresRange(1..<5)) == nil)
    }

    @Test func containing() {
        #expect(PostgresRange(1..<5).contains(1) && !PostgresRange(1..<5).contains(5))
        #expect(PostgresRange(1...5).contains(5) && !PostgresRange(1...5).contains(6))
        #expect(!PostgresRange<Int>.bounds(.exclusive(1), .unbounded).contains(1))
        #expect(PostgresRange<Int>.everything.contains(.min))
        #expect(!PostgresRange<Int>.empty.contains(0))
        #expect(PostgresMultirange([.init(1..<2), .init(5...)]).contains(7))
        #expect(!PostgresMultirange([.init(1..<2), .init(5...)]).contains(3))
    }

    // Guard: Sources/PostgresWire/Types/Ranges/RangeCodec.swift: `guard count >= 0 else { throw .invalidLength }`
    @Test func malformed() {
        let binary = [
            "", "00", "02", "FF", "20", "03", "0A 00000004 00000001", "02 00000004 00000001",
            "02 ffffffff 00000004 00000005", "02 00000004 00000001 00000004 00000005 00",
            "02 00000005 0000000001 00000004 00000005", "18 00",
        ]
        for bytes in binary {
            #expect(throws: WireError.self, "\(bytes)") {
                try decoded(PostgresRange<Int32>.self, hex(bytes), .int4range)
            }
        }
        let texts = [
            "", "[", "[1", "[1,", "[1,2", "[1 2)", "1,2", "[,2)", "(1,]", "[1,2)x", "Empty", " empty", "[1,2,3)",
            "[\"1,2)", "[\"\",2)", "[1,2\\", "[(1,2)",
        ]
        for text in texts {
            #expect(throws: WireError.self, "\(text)") {
                try decoded(PostgresRange<Int32>.self, text: text, .int4range)
            }
        }
        for bytes in [
            "", "00000001", "ffffffff", "7fffffff 00000001 01", "00000001 ffffffff", "00000001 00000002 01 00",
        ] {
            #expect(throws: WireError.self, "\(bytes)") {
                try decoded(PostgresMultirange<Int32>.self, hex(bytes), .int4multirange)
            }
        }
        for text in ["", "{", "{[1,2)", "{[1,2),}", "{,}", "{}{}", "[1,2)", "{[1,2)[3,4)}"] {
            #expect(throws: WireError.self, "\(text)") {
                try decoded(PostgresMultirange<Int32>.self, text: text, .int4multirange)
            }
        }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresRange<PostgresDate>.self, hex("01"), .int4range) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresRange<Int32>.self, hex("01"), .int4) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresMultirange<Int32>.self, hex("01"), .int4range) }
        #expect(PostgresRange<Int>.canDecode(.int4range, format: .binary))
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func randomRoundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func endpoint() -> PostgresRange<Int>.Endpoint {
            let value = Int.random(in: .min ... .max, using: &generator)
            return switch Int.random(in: 0...2, using: &generator) {
            case 0: .unbounded
            case 1: .inclusive(value)
            default: .exclusive(value)
            }
        }
        func word() -> PostgresRange<Word>.Endpoint {
            let value = Word(randomText(using: &generator))
            return Bool.random(using: &generator) ? .inclusive(value) : .exclusive(value)
        }
        for _ in 0..<100 {
            let range: PostgresRange<Int> =
                Int.random(in: 0...9, using: &generator) == 0
                ? .empty : .bounds(endpoint(), endpoint())
            #expect(try decoded(PostgresRange<Int>.self, encoded(range), .int8range) == range)
            #expect(try decoded(PostgresRange<Int>.self, text: range.description, .int8range) == range)
            let words = PostgresMultirange([PostgresRange.bounds(word(), word()), .bounds(word(), word())])
            let again = try decoded(PostgresMultirange<Word>.self, text: words.description, userType)
            #expect(again == words, "seed \(seed)")
            checkDamage(PostgresRange<Int>.self, try encoded(range), .int8range, .binary, using: &generator)
            checkDamage(PostgresMultirange<Word>.self, try encoded(words), userType, .text, using: &generator)
        }
    }
}
