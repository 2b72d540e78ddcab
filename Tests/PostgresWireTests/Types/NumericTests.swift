import PostgresWire
import Testing

@Suite(.ownThread) struct NumericTests {
    /// What is written, what the server prints for it, and what it sends.
    static let vectors: [(text: String, printed: String, bytes: String)] = [
        ("0", "0", "0000000000000000"),
        ("-0.00", "0.00", "0000000000000002"),
        ("0.00", "0.00", "0000000000000002"),
        ("1e-20", "0.00000000000000000001", "0001fffb000000140001"),
        ("12345678901234567890.123", "12345678901234567890.123", "000600040000000304d2162e23340d801ed204ce"),
        ("0.00001234", "0.00001234", "0001fffe0000000804d2"),
        ("10000", "10000", "00010001000000000001"),
        ("100000000", "100000000", "00010002000000000001"),
        ("1.50", "1.50", "000200000000000200011388"),
        ("-1.10", "-1.10", "0002000040000002000103e8"),
        ("0.0001", "0.0001", "0001ffff000000040001"),
        ("0.00010", "0.00010", "0001ffff000000050001"),
        ("9999.9999", "9999.9999", "0002000000000004270f270f"),
        ("1e10", "10000000000", "00010002000000000064"),
        ("1.5e3", "1500", "000100000000000005dc"),
        ("1e-3", "0.001", "0001ffff00000003000a"),
        ("-0.5", "-0.5", "0001ffff400000011388"),
        (
            "123456789012345678901234567890123456789012345.6789",
            "123456789012345678901234567890123456789012345.6789",
            "000d000b00000004000109291a85007b11d722c509291a85007b11d722c509291a85"
        ),
        ("00012.3400", "12.3400", "0002000000000004000c0d48"),
        (".5", "0.5", "0001ffff000000011388"),
        ("5.", "5", "00010000000000000005"),
        ("+1E+2", "100", "00010000000000000064"),
        ("NaN", "NaN", "00000000c0000000"),
    ]

    @Test(arguments: vectors)
    func bothWays(_ vector: (text: String, printed: String, bytes: String)) throws {
        let number = try #require(PostgresNumeric(vector.text))
        #expect(number.description == vector.printed)
        #expect(try encoded(number) == hex(vector.bytes))
        let read = try decoded(PostgresNumeric.self, hex(vector.bytes), .numeric)
        #expect(read == number)
        #expect(read.scale == number.scale)
        #expect(read.description == vector.printed)
        #expect(try decoded(PostgresNumeric.self, text: vector.printed, .numeric).description == vector.printed)
    }

    @Test func infinities() throws {
        #expect(try decoded(PostgresNumeric.self, hex("00000000d0000020"), .numeric) == .infinity)
        #expect(try decoded(PostgresNumeric.self, hex("00000000f0000020"), .numeric) == .negativeInfinity)
        #expect(try encoded(PostgresNumeric.infinity) == hex("00000000d0000020"))
        #expect(try encoded(PostgresNumeric.negativeInfinity) == hex("00000000f0000020"))
        #expect(PostgresNumeric.infinity.description == "Infinity")
        #expect(PostgresNumeric.negativeInfinity.description == "-Infinity")
        #expect(try decoded(PostgresNumeric.self, text: "-Infinity", .numeric) == .negativeInfinity)
    }

    @Test func zerosAroundTheDigitsDoNotCount() throws {
        // 1 as 0001, as 0000 0001 and as 0001 0000.
        let plain = try decoded(PostgresNumeric.self, hex("0001 0000 0000 0000 0001"), .numeric)
        let leading = try decoded(PostgresNumeric.self, hex("0002 0001 0000 0000 0000 0001"), .numeric)
        let trailing = try decoded(PostgresNumeric.self, hex("0002 0000 0000 0002 0001 0000"), .numeric)
        #expect(plain == leading)
        #expect(plain == trailing)
        #expect(trailing.description == "1.00")
        #expect(plain.hashValue == trailing.hashValue)
        // A zero with a sign and a weight is 0.
        let zero = try decoded(PostgresNumeric.self, hex("0001 0005 4000 0001 0000"), .numeric)
        #expect(zero.description == "0.0")
        #expect(zero == 0)
        // Zeros between digits do, also where the digits outgrow the inline form.
        let text = "1" + String(repeating: "0", count: 60) + "1"
        #expect(PostgresNumeric(text)?.description == text)
    }

    @Test func malformed() {
        let wrong: [(String, WireError)] = [
            ("", .truncated), ("0000", .truncated), ("00000000000000", .truncated),
            ("0001000000000000", .truncated), ("000100000000000000", .truncated),
            ("000000000000000000", .trailingBytes), ("00000000000000000001", .trailingBytes),
            ("FFFF000000000000", .truncated),
            ("0001 0000 0000 0000 2710", .invalidValue), ("0001 0000 0000 0000 FFFF", .invalidValue),
            ("0000 0000 1000 0000", .invalidValue), ("0000 0000 8000 0000", .invalidValue),
            ("0001 0000 C000 0000 0001", .invalidValue),
            ("0000 0000 0000 4000", .invalidValue), ("0000 0000 0000 FFFF", .invalidValue),
            // 0.5 with no digit after the point; 0.55 with one.
            ("0001 FFFF 0000 0000 1388", .invalidValue), ("0001 FFFF 0000 0001 157C", .invalidValue),
            ("0001 8000 0000 0000 0001", .invalidValue), ("0001 8000 0000 3FFF 0001", .invalidValue),
        ]
        for (bytes, error) in wrong {
            #expect(throws: error, "\(bytes)") { try decoded(PostgresNumeric.self, hex(bytes), .numeric) }
        }
        let texts = [
            "", "-", ".", "-.", "1e5", "+1", " 1", "1 ", "1.2.3", "nan", "inf", "Infinity ", "0x1", "1_0", "１", "--1",
        ]
        for text in texts {
            #expect(throws: WireError.invalidValue, "\(text)") {
                try decoded(PostgresNumeric.self, text: text, .numeric)
            }
        }
        for text in ["1e", "e1", "1e+", "1e1.5", "1e99999999999999999999", "1e-16384", "1e131072", "--1", "1e 5"] {
            #expect(PostgresNumeric(text) == nil, "\(text)")
        }
    }

    @Test func theServersBounds() throws {
        let largest = try #require(PostgresNumeric(String(repeating: "9", count: 131_072)))
        #expect(largest.description.utf8.count == 131_072)
        #expect(PostgresNumeric("1e131071").description.utf8.count == 131_072)
        let smallest = PostgresNumeric("1e-16383")
        #expect(smallest.scale == 16383)
        #expect(smallest.description.utf8.count == 16385)
        for number in [largest, smallest] {
            #expect(try decoded(PostgresNumeric.self, encoded(number), .numeric) == number)
        }
        let text = String(repeating: "9", count: 131_073)
        #expect(PostgresNumeric(text) == nil)
    }

    @Test func orderIsTheServers() {
        let ascending: [PostgresNumeric] = [
            .negativeInfinity, "-123456789012345678901234567890123456789012345", "-10000", "-9999.5", "-1", "-0.5",
            "-1e-20", 0, "1e-20", "0.00005", "0.5", "0.50001", 1, "1.0001", "9999", "10000", "10000.5", "99999999999",
            "123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012346", .infinity,
            .nan,
        ]
        for (index, left) in ascending.enumerated() {
            for (otherIndex, right) in ascending.enumerated() {
                #expect((left < right) == (index < otherIndex), "\(left) and \(right)")
                #expect((left == right) == (index == otherIndex), "\(left) and \(right)")
            }
        }
        let zero: PostgresNumeric = "0.000"
        #expect(zero == 0)
        #expect(Set<PostgresNumeric>(["1", "1.0", "1.00", "2"]).count == 2)
    }

    @Test func conversions() throws {
        #expect(PostgresNumeric(Int64.min).description == "-9223372036854775808")
        #expect(PostgresNumeric(UInt8.max).description == "255")
        #expect(PostgresNumeric(Int128.min).description == "-170141183460469231731687303715884105728")
        for value in [0, 1, -1, 9999, 10000, -100_000_000, .max, .min] as [Int64] {
            #expect(Int64(exactly: PostgresNumeric(value)) == value)
        }
        #expect(Int64(exactly: "12.00") == 12)
        #expect(Int64(exactly: "1e18" as PostgresNumeric) == 1_000_000_000_000_000_000)
        for text in ["9223372036854775808", "-9223372036854775809", "0.5", "1.5", "1e19", "1e400", "NaN", "Infinity"] {
            let number = try #require(PostgresNumeric(text))
            #expect(Int64(exactly: number) == nil, "\(text)")
        }
        #expect(Double("0.1" as PostgresNumeric) == 0.1)
        #expect(Double("-12345678901234567890.123" as PostgresNumeric) == -12345678901234567890.123)
        #expect(Double(PostgresNumeric.infinity) == .infinity)
        #expect(Double(PostgresNumeric.nan).isNaN)
    }

    @Test func randomNumbersSurvive() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            var text = Bool.random(using: &generator) ? "-" : ""
            // No zero in front, so that the text comes back as it went.
            text += String(Int.random(in: 1...9, using: &generator))
            for _ in 0..<Int.random(in: 0...50, using: &generator) {
                text += String(Int.random(in: 0...9, using: &generator))
            }
            if Bool.random(using: &generator) {
                text += "."
                for _ in 0..<Int.random(in: 1...50, using: &generator) {
                    text += String(Int.random(in: 0...9, using: &generator))
                }
            }
            let number = try #require(PostgresNumeric(text))
            #expect(number.description == text)
            let read = try decoded(PostgresNumeric.self, encoded(number), .numeric)
            #expect(read == number)
            #expect(read.description == text)
        }
    }
}
