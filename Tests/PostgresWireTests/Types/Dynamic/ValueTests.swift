import PostgresWire
import Testing

@Suite(.ownThread) struct ValueTests {
    @Test func everyCaseIsRead() throws {
        #expect(try decoded(PostgresValue.self, [1], .bool) == true)
        #expect(try decoded(PostgresValue.self, hex("0005"), .int2) == 5)
        #expect(try decoded(PostgresValue.self, hex("00000005"), .int4) == 5)
        #expect(try decoded(PostgresValue.self, hex("ffffffff"), .oid) == 4_294_967_295)
        #expect(try decoded(PostgresValue.self, hex("3FC00000"), .float4) == .float4(1.5))
        #expect(try decoded(PostgresValue.self, Array("a".utf8), .varchar) == "a")
        #expect(try decoded(PostgresValue.self, [1, 2], .bytea) == .bytes([1, 2]))
        #expect(try decoded(PostgresValue.self, hex("00000000"), .date) == .date(PostgresDate(daysSince2000: 0)))
        #expect(
            try decoded(PostgresValue.self, hex("0001 0000 0000 0000 0001"), .numeric)
                == .numeric(1))
        #expect(try decoded(PostgresValue.self, [1] + Array("{}".utf8), .jsonb) == .json(PostgresJSON("{}")))
        #expect(
            try decoded(PostgresValue.self, text: "{1,NULL,3}", .int4Array) == [1, nil, 3])
        #expect(
            try decoded(PostgresValue.self, text: "{{a,b},{c,d}}", .textArray) == [["a", "b"], ["c", "d"]])
        #expect(try PostgresValue.decodeNull() == nil)
        #expect(throws: WireError.trailingBytes) { try decoded(PostgresValue.self, [1, 1], .bool) }
    }

    @Test func unknownTypesKeepTheirBytes() throws {
        for (type, format) in [
            (PostgresOID.aclitem, PostgresFormat.binary), (PostgresOID(rawValue: 9_999), .binary),
            (PostgresOID(rawValue: 100_052), .binary), (PostgresOID(rawValue: 100_052), .text),
        ] {
            let value = try decoded(PostgresValue.self, [1, 2, 3], type, format)
            #expect(value == .unknown(type: type, format: format, bytes: [1, 2, 3]))
            #expect(try encoded(value) == [1, 2, 3])
            #expect(value.postgresType == type)
            #expect(value.postgresFormat == format)
        }
    }

    @Test func arraysWithinArraysEnd() throws {
        // An array whose header says that its elements are arrays, and so on: as deep as the bytes allow.
        var bytes = hex("00000000 00000000 00000017")
        for _ in 0..<10000 {
            var writer = WireWriter()
            writer.write(bytes: hex("00000001 00000000 000003EF 00000001 00000001"))
            writer.lengthPrefixed { $0.write(bytes: bytes) }
            bytes = writer.bytes
            if bytes.count > 200_000 { break }
        }
        #expect(throws: WireError.nestedTooDeeply) { try decoded(PostgresValue.self, bytes, .int4Array) }
        // The built-in case: an array of vectors.
        let vector = "00000001 00000000 00000015 00000001 00000000 00000002 0007"
        let vectors = hex("00000001 00000000 00000016 00000001 00000001 0000001A " + vector)
        #expect(try decoded(PostgresValue.self, vectors, .int2vectorArray) == [.int2vector([7])])
        // Dimensions of which one is 0 hold nothing, whatever the others promise.
        let hollow = hex("00000002 00000000 00000017 7fffffff 00000001 00000000 00000001")
        #expect(try decoded(PostgresValue.self, hollow, .int4Array) == [])
    }

    @Test func descriptionsAreTheServers() {
        let floats: [(Double, String)] = [
            (0, "0"), (-0.0, "-0"), (1, "1"), (0.1, "0.1"), (100_000, "100000"), (1e14, "100000000000000"),
            (123_456_789_012_345, "123456789012345"), (1e15, "1e+15"), (1.5e15, "1.5e+15"), (1e16, "1e+16"),
            (123_456_789_012_345_680, "1.2345678901234568e+17"), (0.0001, "0.0001"), (0.00001, "1e-05"),
            (1.2345e-5, "1.2345e-05"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.5, "-2.5"),
            (999_999_999_999_999.9, "999999999999999.9"),
            (.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (0.012, "0.012"), (10.25, "10.25"),
        ]
        for (value, text) in floats { #expect(PostgresValue.float(value).description == text) }
        let array: PostgresValue = ["a,b", "c\"d", "e\\f", "", "NULL", "null", "x y", nil, "{", "a\tb", "\u{A0}", "é"]
        #expect(
            array.description
                == "{\"a,b\",\"c\\\"d\",\"e\\\\f\",\"\",\"NULL\",\"null\",\"x y\",NULL,\"{\",\"a\tb\",\u{A0},é}")
        #expect(([[1, 2], [3, 4]] as PostgresValue).description == "{{1,2},{3,4}}")
        #expect(PostgresValue.array([.bytes([1])]).description == #"{"\\x01"}"#)
        #expect(
            PostgresValue.array([.timestamp(PostgresTimestamp(microsecondsSince2000: 0))]).description
                == #"{"2000-01-01 00:00:00"}"#)
        #expect(PostgresValue.null.description == "NULL")
        #expect(PostgresValue.bool(true).description == "t")
        #expect(PostgresValue.bytes([0xAB]).description == "\\xab")
        let label = PostgresValue.unknown(type: PostgresOID(rawValue: 16400), format: .binary, bytes: Array("sad".utf8))
        #expect(label.description == "sad")
        #expect(PostgresValue.unknown(type: userType, format: .binary, bytes: [0, 1]).description == "\\x0001")
    }

    @Test func parameters() throws {
        #expect(PostgresValue.null.isNull)
        #expect(PostgresValue.null.postgresType == .unspecified)
        #expect(PostgresValue.int(1).postgresType == .int8)
        #expect(try encoded(PostgresValue.int(1)) == hex("0000000000000001"))
        #expect(PostgresValue.text("a").postgresType == .unspecified)
        #expect(PostgresValue.text("a").postgresFormat == .text)
        #expect(try encoded(PostgresValue.json(PostgresJSON("1"))) == [49])
        #expect(PostgresValue.json(PostgresJSON("1")).postgresType == .unspecified)
        #expect(PostgresValue.json(PostgresJSON("1"), type: .json).postgresType == .json)
        let array: PostgresValue = [[1, nil], [3, 4]]
        #expect(array.postgresType == .int8Array)
        #expect(try encoded(array) == encoded([[1, nil], [3, 4]] as [[Int64?]]))
        #expect(array.postgresFormat == .binary && ([1, "a"] as PostgresValue).postgresFormat == .text)
        #expect(([1, "a"] as PostgresValue).postgresType == .unspecified)
        #expect((["a"] as PostgresValue).postgresType == .unspecified)
        #expect(([] as PostgresValue).postgresType == .unspecified)
        #expect(try encoded([PostgresValue.text("a b"), .null]) == Array(#"{"a b",NULL}"#.utf8))
        #expect(throws: WireError.embeddedNUL) { try encoded(PostgresValue.array(["a\0"])) }
        let binary = PostgresValue.unknown(type: userType, format: .binary, bytes: [])
        #expect(throws: WireError.typeMismatch) { try encoded(PostgresValue.array([binary])) }
    }

    /// What is read is declared as what it was, where several types share a case.
    @Test func typesAreKept() throws {
        let word = "00000007"
        let same: [(PostgresOID, [UInt8])] = [
            (.int2, hex("0007")), (.int4, hex(word)), (.int8, hex("00000000" + word)), (.oid, hex(word)),
            (.xid, hex(word)), (.cid, hex(word)), (.regclass, hex(word)), (.char, hex("80")), (.char, hex("00")),
            (.bit, hex("00000003 A0")), (.txidSnapshot, hex("00000000 0000000000000001 0000000000000002")),
            (.int2Array, hex("00000001 00000001 00000015 00000002 00000001 00000002 0007 ffffffff")),
            (.xidArray, hex("00000001 00000000 0000001C 00000001 00000001 00000004" + word)),
            (.charArray, hex("00000001 00000000 00000012 00000001 00000000 00000001 80")),
            (.int4Array, hex("00000000 00000000 00000017")),
        ]
        for (type, bytes) in same {
            let value = try decoded(PostgresValue.self, bytes, type)
            #expect(value.postgresType == type && value.postgresFormat == .binary, "\(type)")
            #expect(try encoded(value) == bytes, "\(type)")
        }
        for type in [PostgresOID.text, .varchar, .bpchar, .name, .refcursor, .json, .int4range, .aclitem] {
            let text = type == .json ? "{ }" : type == .int4range ? "[1,2)" : "a"
            let value = try decoded(PostgresValue.self, text: text, type)
            #expect(value.postgresType == type && value.postgresFormat == .text, "\(type)")
            #expect(try encoded(value) == Array(text.utf8), "\(type)")
        }
        // A number that means another type in another database is not declared; nor what the server takes no value of.
        #expect(PostgresValue.text("sad", type: userType).postgresType == .unspecified)
        #expect(PostgresValue.record(PostgresRecord([1]), type: .record).postgresType == .unspecified)
        #expect(throws: WireError.outOfRange) { try encoded(PostgresValue.int(70_000, type: .int2)) }
        #expect(PostgresValue.int(1, type: .int2) == 1)
        #expect(PostgresValue.int(1, type: .int2).hashValue == PostgresValue.int(1).hashValue)
    }

    @Test func contents() {
        #expect(PostgresValue.int(5, type: .int2).int == 5 && PostgresValue.text("a").int == nil)
        #expect(PostgresValue.text("a", type: .name).text == "a" && PostgresValue.bool(true).bool == true)
        #expect(PostgresValue.float4(1.5).double == 1.5 && PostgresValue.float(2.5).double == 2.5)
        #expect(PostgresValue.bytes([1]).bytes == [1] && ([1, 2] as PostgresValue).array?.elements == [1, 2])
        #expect(PostgresValue.null.text == nil)
    }

    @Test func fallbackTypes() {
        #expect("a".postgresFallbackType == .text)
        #expect(["a"].postgresFallbackType == .textArray)
        #expect([Int32(1)].postgresFallbackType == .int4Array)
        #expect(1.postgresFallbackType == .int8)
        #expect((nil as Int?).postgresFallbackType == .text)
        #expect((["a"] as [String]?).postgresFallbackType == .textArray)
        #expect(ScalarTests.Mood.happy.postgresFallbackType == .text)
        #expect(([1, "a"] as PostgresValue).postgresFallbackType == .textArray)
        #expect(([1] as PostgresValue).postgresFallbackType == .int8Array)
        #expect(PostgresValue.null.postgresFallbackType == .text)
    }

    @Test func equality() {
        #expect(PostgresValue.float(.nan) == .float(.nan))
        #expect(PostgresValue.text("\u{E9}") != .text("e\u{301}"))
        #expect(PostgresValue.int(1) != .float(1))
        #expect(PostgresValue.numeric("1.0") == .numeric(1))
        let values: Set<PostgresValue> = [1, 1, "a", 2.5, nil, nil, true, [1], [1]]
        #expect(values.count == 6)
        #expect(PostgresValue.float(0).hashValue == PostgresValue.float(-0.0).hashValue)
    }
}
