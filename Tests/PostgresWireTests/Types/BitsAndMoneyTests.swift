import PostgresWire
import Testing

@Suite(.ownThread) struct BitsAndMoneyTests {
    static let bits: [ScalarVector] = [
        ("", "00000000"),
        ("1", "0000000180"),
        ("0", "0000000100"),
        ("0101", "0000000450"),
        ("11111111", "00000008ff"),
        ("111111111", "00000009ff80"),
        ("00000000000000001", "00000011000080"),
    ]

    static let amounts: [ScalarVector] = [
        ("$0.00", "0000000000000000"),
        ("$0.05", "0000000000000005"),
        ("-$0.05", "fffffffffffffffb"),
        ("$1.00", "0000000000000064"),
        ("$1,234.56", "000000000001e240"),
        ("-$1,234,567.89", "fffffffff8a432eb"),
        ("$92,233,720,368,547,758.07", "7fffffffffffffff"),
        ("-$92,233,720,368,547,758.08", "8000000000000000"),
    ]

    @Test func bits() throws {
        try expectBothWays(PostgresBits.self, Self.bits)
        try expectBothWays(PostgresBits.self, Self.bits, .bit)
        let bits = try #require(PostgresBits("0101"))
        #expect((-1...4).map { bits[$0] } == [nil, false, true, false, true, nil])
        #expect(bits[.max] == nil && bits[.min] == nil && PostgresBits("")?[0] == nil)
        #expect(PostgresBits([true, false, true]).description == "101")
        #expect(PostgresBits(bytes: [0xFF], count: 9) == nil && PostgresBits(bytes: [0xFF], count: 7) == nil)
        #expect(PostgresBits(bytes: [], count: -1) == nil && PostgresBits(bytes: [], count: .max) == nil)
        #expect(PostgresBits("012") == nil && PostgresBits(" 01") == nil && PostgresBits("B'01'") == nil)
        for bytes in ["ffffffff", "80000000", "7fffffff ff", "00000009 ff", "00000004 5000", "00000004 51", "000000"] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresBits.self, hex(bytes), .varbit) }
        }
        let sorted = ["", "0", "00", "01", "1", "10", "100000000", "11"].compactMap(PostgresBits.init)
        #expect(sorted.count == 8 && sorted.shuffled().sorted() == sorted)
    }

    @Test func amounts() throws {
        try expectBothWays(PostgresMoney.self, Self.amounts)
    }

    /// What the server writes in other locales.
    @Test func amountsElsewhere() {
        let read: [(String, Int64)] = [
            ("1.234,56 \u{20AC}", 123_456), ("-1.234,56 \u{20AC}", -123_456), ("12,34 \u{20AC}", 1234),
            ("1\u{202F}234\u{202F}567,89 \u{20AC}", 123_456_789), ("\u{A3}0.05", 5), ("($1,234.56)", -123_456),
            ("$1,234.56-", -123_456), ("-$1,234.56", -123_456), ("$-1,234.56", -123_456), ("kr. 1.234,56", 123_456),
            ("1.234,56 kr.", 123_456), ("CHF 1'234.56", 123_456), ("CHF 1\u{2019}234.56", 123_456),
            ("R$1.234,56", 123_456),
            ("\u{FFE5}1,234", 1234), ("\u{A5}12", 12), ("\u{20A9}1,234,567", 1_234_567), ("\u{A5}1,234.56", 123_456),
            ("1,234.567 KD", 1_234_567), ("1234.56", 123_456),
        ]
        for (text, units) in read {
            #expect(PostgresMoney(text)?.units == units, "\(text)")
        }
        // Two readings, or none.
        let wrong = [
            "", "$", "-", "12", "$12", "$1,234", "$1.234", "1.234 \u{20AC}", "$1,234,567", "$1,23.45", "$1,2345.67",
            "$12.3",
            "$1.2345", "$1,234.5,6", "1.234.56", "\u{2212}$1.00", "$1.00 USD", "--$1.00", "(-$1.00)", "$1.00%",
            "+$1.00",
            "$.50", "$1.", "$12\u{A0}34", "$1 23.45", "$92,233,720,368,547,758.08", "\u{0661}.00", "$1,,234.56",
        ]
        for text in wrong { #expect(PostgresMoney(text) == nil, "\(text)") }
    }

    @Test(arguments: [31, 32] as [UInt64])
    func randomValues(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bits: [PostgresBits] = []
        var amounts: [PostgresMoney] = []
        for _ in 0..<300 {
            let count = Int.random(in: 0...70, using: &generator)
            let sample = (0..<count).map { _ in Bool.random(using: &generator) }
            let string = PostgresBits(sample)
            bits.append(string)
            #expect((0..<count).map { string[$0] } == sample)
            amounts.append(
                PostgresMoney(
                    units: Int64(bitPattern: generator.next()) >> Int64.random(in: 0...63, using: &generator)))
        }
        try expectRoundTrip(bits)
        try expectRoundTrip(amounts)
    }
}
