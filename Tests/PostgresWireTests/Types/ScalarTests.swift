import PostgresWire
import Testing

@Suite(.ownThread) struct ScalarTests {
    @Test func unsignedAndNarrowIntegers() throws {
        #expect(Int8(-5).postgresType == .int2 && UInt16.max.postgresType == .int4)
        #expect(try encoded(Int8(-5)) == hex("FFFB"))
        #expect(try encoded(UInt16.max) == hex("0000FFFF"))
        #expect(UInt64(5).postgresType == .int8 && UInt64.max.postgresType == .numeric)
        #expect(try encoded(UInt(5)) == encoded(Int64(5)))
        #expect(try encoded(UInt64.max) == encoded(PostgresNumeric("18446744073709551615")))
        #expect(throws: WireError.outOfRange) { try encoded([UInt64.max]) }
        #expect(try encoded([5] as [UInt64]) == encoded([5] as [Int64]))
        #expect(try decoded(UInt64.self, hex("0005"), .int2) == 5)
        #expect(try decoded(Int8.self, hex("0005"), .int2) == 5)
        #expect(throws: WireError.outOfRange) { try decoded(UInt16.self, hex("FFFF"), .int2) }
        #expect(throws: WireError.outOfRange) { try decoded(Int8.self, hex("0080"), .int2) }
        let word = "a b".prefix(1)
        #expect(try encoded(word) == [97])
        #expect(word.postgresType == .unspecified && word.postgresFormat == .text)
        #expect(try encoded([word]) == encoded(["a"]))
    }

    @Test func integersBothWays() throws {
        #expect(try encoded(Int16(-2)) == hex("FFFE"))
        #expect(try encoded(Int32(42)) == hex("0000002A"))
        #expect(try encoded(Int64.min) == hex("8000000000000000"))
        #expect(try encoded(1 as Int) == hex("0000000000000001"))
        #expect(try encoded(UInt32.max) == hex("FFFFFFFF"))
        #expect(try encoded(UInt8(65)) == hex("41"))
        #expect(try encoded(PostgresOID.int4) == hex("00000017"))
        #expect((1 as Int).postgresType == .int8)
        #expect(try decoded(Int16.self, hex("FFFE"), .int2) == -2)
        #expect(try decoded(Int32.self, hex("0000002A"), .int4) == 42)
        #expect(try decoded(Int64.self, hex("8000000000000000"), .int8) == .min)
        #expect(try decoded(Int.self, hex("8000"), .int2) == -32768)
        #expect(try decoded(Int.self, hex("80000000"), .int4) == -2_147_483_648)
        #expect(try decoded(Int.self, hex("FFFFFFFF"), .oid) == 4_294_967_295)
        #expect(try decoded(UInt32.self, hex("FFFFFFFF"), .xid) == .max)
        #expect(try decoded(PostgresOID.self, hex("000004EB"), .regclass).rawValue == 1259)
    }

    @Test func integersThatDoNotFit() {
        #expect(throws: WireError.outOfRange) { try decoded(Int16.self, hex("00008000"), .int4) }
        #expect(throws: WireError.outOfRange) { try decoded(Int32.self, hex("0000000080000000"), .int8) }
        #expect(throws: WireError.outOfRange) { try decoded(Int32.self, hex("80000000"), .oid) }
        #expect(throws: WireError.outOfRange) { try decoded(UInt32.self, hex("FFFFFFFF"), .int4) }
        #expect(throws: WireError.typeMismatch) { try decoded(Int.self, hex("00000000"), .float4) }
        #expect(throws: WireError.typeMismatch) { try decoded(Int.self, Array("1".utf8), .text, .text) }
    }

    @Test func wrongWidths() {
        for count in 0..<12 {
            let bytes = [UInt8](repeating: 0, count: count)
            let short: (Int) -> WireError = { count < $0 ? .truncated : .trailingBytes }
            if count != 1 { #expect(throws: short(1)) { try decoded(Bool.self, bytes, .bool) } }
            if count != 1 { #expect(throws: short(1)) { try decoded(UInt8.self, bytes, .char) } }
            if count != 2 { #expect(throws: short(2)) { try decoded(Int16.self, bytes, .int2) } }
            if count != 4 {
                #expect(throws: short(4)) { try decoded(Int32.self, bytes, .int4) }
                #expect(throws: short(4)) { try decoded(Float.self, bytes, .float4) }
                #expect(throws: short(4)) { try decoded(UInt32.self, bytes, .oid) }
                #expect(throws: short(4)) { try decoded(PostgresDate.self, bytes, .date) }
            }
            if count != 8 {
                #expect(throws: short(8)) { try decoded(Int64.self, bytes, .int8) }
                #expect(throws: short(8)) { try decoded(Int.self, bytes, .int8) }
                #expect(throws: short(8)) { try decoded(Double.self, bytes, .float8) }
                #expect(throws: short(8)) { try decoded(PostgresTimestamp.self, bytes, .timestamp) }
            }
            #expect(throws: WireError.truncated) { try decoded(PostgresUUID.self, bytes, .uuid) }
        }
    }

    @Test func integersAsText() throws {
        #expect(try decoded(Int64.self, text: "-9223372036854775808", .int8) == .min)
        #expect(try decoded(Int64.self, text: "9223372036854775807", .int8) == .max)
        #expect(try decoded(Int16.self, text: "-32768", .int2) == .min)
        #expect(try decoded(UInt32.self, text: "4294967295", .oid) == .max)
        #expect(throws: WireError.outOfRange) { try decoded(Int64.self, text: "9223372036854775808", .int8) }
        #expect(throws: WireError.outOfRange) { try decoded(Int16.self, text: "-32769", .int2) }
        #expect(throws: WireError.outOfRange) { try decoded(UInt32.self, text: "-1", .int4) }
        for text in ["", "-", "+1", " 1", "1 ", "1.0", "0x10", "1e3", "١", "--1", "1_000"] {
            #expect(throws: WireError.self, "\(text)") { try decoded(Int64.self, text: text, .int8) }
        }
    }

    @Test func bools() throws {
        #expect(try encoded(true) == [1])
        #expect(try encoded(false) == [0])
        #expect(try decoded(Bool.self, [1], .bool))
        #expect(try !decoded(Bool.self, [0], .bool))
        #expect(try decoded(Bool.self, text: "t", .bool))
        #expect(try !decoded(Bool.self, text: "f", .bool))
        #expect(throws: WireError.invalidValue) { try decoded(Bool.self, [2], .bool) }
        #expect(throws: WireError.invalidValue) { try decoded(Bool.self, text: "1", .bool) }
        #expect(throws: WireError.trailingBytes) { try decoded(Bool.self, text: "true", .bool) }
        #expect(throws: WireError.typeMismatch) { try decoded(Bool.self, [1], .char) }
    }

    @Test func floats() throws {
        #expect(try encoded(1.5 as Float) == hex("3FC00000"))
        #expect(try encoded(-2.0) == hex("C000000000000000"))
        #expect(try decoded(Float.self, hex("3FC00000"), .float4) == 1.5)
        #expect(try decoded(Double.self, hex("3FC00000"), .float4) == 1.5)
        #expect(try decoded(Double.self, hex("C000000000000000"), .float8) == -2)
        #expect(try decoded(Double.self, hex("7FF8000000000000"), .float8).isNaN)
        #expect(throws: WireError.typeMismatch) { try decoded(Float.self, hex("C000000000000000"), .float8) }
        #expect(throws: WireError.typeMismatch) { try decoded(Double.self, hex("0000000000000000"), .numeric) }
        #expect(!Double.canDecode(.numeric, format: .text))
        #expect(try decoded(Double.self, text: "1e+300", .float8) == 1e300)
        #expect(try decoded(Double.self, text: "-0.1", .float8) == -0.1)
        #expect(try decoded(Double.self, text: "-Infinity", .float8) == -.infinity)
        #expect(try decoded(Double.self, text: "Infinity", .float8) == .infinity)
        #expect(try decoded(Double.self, text: "NaN", .float8).isNaN)
        #expect(try decoded(Float.self, text: "0", .float4) == 0)
        #expect(try decoded(Float.self, text: "3.4028235e+38", .float4) == .greatestFiniteMagnitude)
        #expect(throws: WireError.outOfRange) { try decoded(Double.self, text: "1e999", .float8) }
        #expect(throws: WireError.outOfRange) { try decoded(Double.self, text: "1e-999", .float8) }
        for text in ["", "-", ".", "e5", "1e", "inf", "nan", "+1", "0x1p3", " 1", "1 ", "1..2", "1e5.0", "infinity"] {
            #expect(throws: WireError.invalidValue, "\(text)") { try decoded(Double.self, text: text, .float8) }
        }
    }

    @Test func charsAreBytes() throws {
        #expect(try decoded(UInt8.self, [200], .char) == 200)
        #expect(try decoded(UInt8.self, text: "", .char) == 0)
        #expect(try decoded(UInt8.self, text: "r", .char) == UInt8(ascii: "r"))
        #expect(try decoded(UInt8.self, text: "\\310", .char) == 200)
        for text in ["\\400", "\\38a", "abcd", "ab", "\\31"] {
            #expect(throws: WireError.self, "\(text)") { try decoded(UInt8.self, text: text, .char) }
        }
        #expect(try decoded(String.self, [UInt8(ascii: "r")], .char) == "r")
        #expect(try decoded(String.self, [0], .char) == "")
        #expect(throws: WireError.invalidUTF8) { try decoded(String.self, [200], .char) }
    }

    @Test func strings() throws {
        #expect(try encoded("grün") == Array("grün".utf8))
        #expect("a".postgresType == .unspecified)
        #expect("a".postgresFormat == .text)
        #expect(throws: WireError.embeddedNUL) { try encoded("a\0b") }
        for type: PostgresOID in [.text, .varchar, .bpchar, .name, .unknown, .json, .xml, PostgresOID(rawValue: 16385)]
        {
            #expect(try decoded(String.self, Array("é\r\n".utf8), type) == "é\r\n")
        }
        #expect(try decoded(String.self, [1] + Array("{}".utf8), .jsonb) == "{}")
        #expect(try decoded(String.self, text: "{}", .jsonb) == "{}")
        #expect(try decoded(String.self, text: "12.50", .numeric) == "12.50")
        #expect(throws: WireError.invalidValue) { try decoded(String.self, [2] + Array("{}".utf8), .jsonb) }
        #expect(throws: WireError.truncated) { try decoded(String.self, [], .jsonb) }
        #expect(throws: WireError.invalidUTF8) { try decoded(String.self, [0xFF], .text) }
        #expect(throws: WireError.invalidUTF8) { try decoded(String.self, hex("C080"), .text) }
        #expect(throws: WireError.typeMismatch) { try decoded(String.self, hex("00000001"), .int4) }
        // The bytes of a composite value are no label.
        let composite = hex("00000001 00000017 00000004 0000002A")
        #expect(throws: WireError.typeMismatch) { try decoded(String.self, composite, PostgresOID(rawValue: 16385)) }
    }

    @Test func bytes() throws {
        #expect(try encoded([0, 255] as [UInt8]) == [0, 255])
        #expect(([] as [UInt8]).postgresType == .bytea)
        #expect(try decoded([UInt8].self, [0, 255], .bytea) == [0, 255])
        #expect(try decoded([UInt8].self, [], .bytea) == [])
        #expect(try decoded([UInt8].self, text: "\\x", .bytea) == [])
        #expect(try decoded([UInt8].self, text: "\\x00fFa0", .bytea) == [0, 255, 160])
        #expect(try decoded([UInt8].self, text: "a\\\\b\\000\\377", .bytea) == [97, 92, 98, 0, 255])
        #expect(try decoded([UInt8].self, text: "", .bytea) == [])
        for text in ["\\x0", "\\xzz", "\\", "\\12", "\\400", "\\q12"] {
            #expect(throws: WireError.self, "\(text)") { try decoded([UInt8].self, text: text, .bytea) }
        }
        #expect(throws: WireError.typeMismatch) { try decoded([UInt8].self, [0], .text) }
    }

    @Test func optionals() throws {
        let none: Int32? = nil
        #expect(none.isNull)
        #expect(none.postgresType == .unspecified)
        #expect(none.postgresFormat == .text)
        #expect(try encoded(none) == [])
        let some: Int32? = 7
        #expect(!some.isNull)
        #expect(some.postgresType == .int4)
        #expect(some.postgresFormat == .binary)
        #expect(try encoded(some) == hex("00000007"))
        let nested: Int32?? = .some(nil)
        #expect(nested.isNull)
        #expect(try Int32?.decodeNull() == nil)
        #expect(throws: WireError.unexpectedNull) { try Int32.decodeNull() }
    }

    enum Mood: String, PostgresArrayEncodable, PostgresArrayDecodable { case happy, sad }
    enum Level: Int16, PostgresEncodable, PostgresDecodable { case low = 1, high }

    @Test func enums() throws {
        let type = PostgresOID(rawValue: 16400)
        #expect(try encoded(Mood.happy) == Array("happy".utf8))
        #expect(Mood.happy.postgresType == .unspecified)
        #expect(Mood.happy.postgresFormat == .text)
        #expect(try decoded(Mood.self, Array("sad".utf8), type) == .sad)
        #expect(throws: WireError.invalidValue) { try decoded(Mood.self, Array("angry".utf8), type) }
        #expect(try encoded(Level.high) == hex("0002"))
        #expect(try decoded(Level.self, hex("00000001"), .int4) == .low)
        #expect(throws: WireError.invalidValue) { try decoded(Level.self, hex("0003"), .int2) }
        #expect(try encoded([Mood.happy, .sad]) == Array("{\"happy\",\"sad\"}".utf8))
        let array = hex("00000001 00000000 00004010 00000001 00000001 00000003") + Array("sad".utf8)
        #expect(try decoded([Mood].self, array, PostgresOID(rawValue: 16399)) == [.sad])
        #expect(try decoded([Mood].self, text: "{sad,happy}", PostgresOID(rawValue: 16399)) == [.sad, .happy])
    }
}
