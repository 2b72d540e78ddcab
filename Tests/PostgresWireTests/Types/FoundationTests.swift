import PostgresWire
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite(.ownThread) struct FoundationTests {
    @Test func uuids() throws {
        let bytes = hex("00112233445566778899AABBCCDDEEFF")
        let id = try #require(UUID(uuidString: "00112233-4455-6677-8899-AABBCCDDEEFF"))
        #expect(try encoded(id) == bytes)
        #expect(try decoded(UUID.self, bytes, .uuid) == id)
        #expect(try decoded(UUID.self, text: id.uuidString.lowercased(), .uuid) == id)
        #expect(throws: WireError.truncated) { try decoded(UUID.self, Array(bytes.dropLast()), .uuid) }
        #expect(try decoded([UUID?].self, encoded([id, nil]), .uuidArray) == [id, nil])
    }

    @Test func data() throws {
        #expect(try encoded(Data([1, 2])) == [1, 2])
        #expect(Data().postgresType == .bytea)
        #expect(try decoded(Data.self, [1, 2], .bytea) == Data([1, 2]))
        #expect(try decoded(Data.self, text: "\\x0102", .bytea) == Data([1, 2]))
    }

    @Test func dates() throws {
        #expect(try encoded(Date(timeIntervalSince1970: 946_684_800)) == hex("0000000000000000"))
        #expect(try encoded(Date(timeIntervalSince1970: 946_684_800.000_001)) == hex("0000000000000001"))
        #expect(
            try decoded(Date.self, hex("0000000000000000"), .timestamptz) == Date(timeIntervalSince1970: 946_684_800))
        #expect(throws: WireError.outOfRange) { try decoded(Date.self, hex("7fffffffffffffff"), .timestamptz) }
        #expect(throws: WireError.outOfRange) { try decoded(Date.self, hex("8000000000000000"), .timestamptz) }
        #expect(throws: WireError.outOfRange) { try decoded(Date.self, text: "infinity", .timestamptz) }
        #expect(throws: WireError.outOfRange) { try decoded(Date.self, hex("8000000000000001"), .timestamptz) }
        #expect(throws: WireError.typeMismatch) { try decoded(Date.self, hex("0000000000000000"), .timestamp) }
        for interval in [Double.nan, .infinity, -.infinity, 1e300, 9.3e12, -9.3e12] {
            #expect(throws: WireError.outOfRange, "\(interval)") {
                try encoded(Date(timeIntervalSinceReferenceDate: interval))
            }
        }
        // Every microsecond of 1729 to 2272 comes back.
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5000 {
            let seconds = Int64.random(in: -8_550_000_000...8_550_000_000, using: &generator)
            let time = PostgresTimestampWithTimeZone(
                microsecondsSince2000: seconds * 1_000_000 + Int64.random(in: 0..<1_000_000, using: &generator))
            let bytes = try encoded(time)
            #expect(try encoded(decoded(Date.self, bytes, .timestamptz)) == bytes)
        }
    }

    @Test func decimals() throws {
        let texts = [
            "0", "1", "-1", "0.5", "1.5", "-12345678901234567890.123", "0.00001234", "10000", "1e20", "1e-20",
            "99999999999999999999999999999999999999", "-0.00000000000000000000000000000000000001", "1e127", "1e-128",
            "99999999999999999999999999999999999999e127", "-1e127",
            "12345678901234567890123456789012345678", "1.2345678901234567890123456789012345678", "3.14",
        ]
        for text in texts {
            let number = try #require(PostgresNumeric(text))
            let decimal = try decoded(Decimal.self, encoded(number), .numeric)
            #expect(PostgresNumeric(decimal) == number, "\(text)")
            #expect(try decoded(PostgresNumeric.self, encoded(decimal), .numeric) == number, "\(text)")
        }
        #expect(
            try decoded(Decimal.self, hex("000200000000000200011388"), .numeric)
                == Decimal(sign: .plus, exponent: -1, significand: 15))
        #expect(
            try decoded(Decimal.self, hex("0002000040000002000103e8"), .numeric)
                == Decimal(sign: .minus, exponent: -1, significand: 11))
        #expect(try decoded(Decimal.self, hex("00000000c0000000"), .numeric).isNaN)
        #expect(try encoded(Decimal.nan) == hex("00000000c0000000"))
        #expect(try encoded(Decimal(string: "-1.10") ?? 0) == hex("0002000040000001000103e8"))
        let beyond = [
            "Infinity", "-Infinity", "99999999999999999999999999999999999999e128", "9e165",
            "100000000000000000000000000000000000001", "1e-129", "1e128", "1e160", "1e166", "1e400", "1e-400",
            "1.00000000000000000000000000000000000001", "123456789012345678901234567890123456789012345678",
        ]
        for text in beyond {
            let number = try #require(PostgresNumeric(text))
            #expect(throws: WireError.outOfRange, "\(text)") { try decoded(Decimal.self, encoded(number), .numeric) }
        }
    }
}
