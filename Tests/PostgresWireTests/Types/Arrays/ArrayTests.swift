import PostgresWire
import Testing

@Suite(.ownThread) struct ArrayTests {
    let oneTwoNull = hex(
        "00000001 00000001 00000017 00000003 00000001 00000004 00000001 00000004 00000002 ffffffff")
    let oneTwo = hex("00000001 00000000 00000017 00000002 00000001 00000004 00000001 00000004 00000002")
    let square = hex(
        """
        00000002 00000000 00000015 00000002 00000001 00000002 00000001
        00000002 0001 00000002 0002 00000002 0003 00000002 0004
        """)
    let empty = hex("00000000 00000000 00000017")

    @Test func integersBothWays() throws {
        #expect(try encoded([1, 2] as [Int32]) == oneTwo)
        #expect(try encoded([1, 2, nil] as [Int32?]) == oneTwoNull)
        #expect(try encoded([] as [Int32]) == empty)
        #expect(([] as [Int32]).postgresType == .int4Array)
        #expect(([] as [Int32?]).postgresType == .int4Array)
        #expect(try decoded([Int32].self, oneTwo, .int4Array) == [1, 2])
        #expect(try decoded([Int32?].self, oneTwo, .int4Array) == [1, 2])
        #expect(try decoded([Int32?].self, oneTwoNull, .int4Array) == [1, 2, nil])
        #expect(try decoded([Int64].self, oneTwo, .int4Array) == [1, 2])
        #expect(try decoded([Int].self, oneTwo, .int4Array) == [1, 2])
        #expect(try decoded([Int32].self, empty, .int4Array) == [])
        // Swift's arrays have no lower bound.
        let fromTwo = hex("00000001 00000000 00000017 00000002 00000002 00000004 00000007 00000004 00000008")
        #expect(try decoded([Int32].self, fromTwo, .int4Array) == [7, 8])
    }

    @Test func everyElementTypeSurvives() throws {
        func check<Element: PostgresArrayEncodable & PostgresArrayDecodable & Equatable>(_ values: [Element]) throws {
            let type = values.postgresType
            #expect(type.elementType == Element.arrayElementType)
            for count in 0...values.count {
                let part = Array(values.prefix(count))
                #expect(try decoded([Element].self, encoded(part), type) == part)
                let optionals: [Element?] = part + [nil]
                #expect(optionals.postgresType == type)
                #expect(try decoded([Element?].self, encoded(optionals), type) == optionals)
                #expect(throws: WireError.nullElement) { try decoded([Element].self, encoded(optionals), type) }
            }
        }
        try check([true, false])
        try check([Int16.min, 0, .max])
        try check([Int32.min, 0, .max])
        try check([Int64.min, 0, .max])
        try check([Int.min, 0, .max])
        try check([UInt32.min, .max])
        try check([PostgresOID.int4, .text])
        try check([Float.infinity, -1.5])
        try check([Double.pi, -.infinity])
        try check([[1, 2, 3], []] as [[UInt8]])
        try check([PostgresUUID(high: 1, low: 2)])
        try check([PostgresDate.infinity, PostgresDate(daysSince2000: 1)])
        try check([PostgresTimestamp(microsecondsSince2000: -1)])
        try check([PostgresTimestampWithTimeZone(microsecondsSince2000: -1)])
        try check([PostgresNumeric.nan, "1.5"])
        try check([Int8.min, .max])
        try check([UInt16.max, 0])
        try check([UInt64(Int64.max), 0])
        try check([PostgresInterval(months: 1)])
        // Not every value of these has a binary form; an array of those that have goes in binary.
        try check([PostgresTSQuery.lexeme("a")])
    }

    @Test func arraysOfWhatHasNoBinaryFormGoAsText() throws {
        #expect([PostgresInterval(days: 1)].postgresFormat == .binary)
        #expect([PostgresInterval(days: 1), .infinity].postgresFormat == .text)
        #expect(try encoded([PostgresInterval(days: 1), .infinity]) == Array(#"{"1 day","infinity"}"#.utf8))
        #expect(([PostgresInterval.infinity, nil] as [PostgresInterval?]).postgresFormat == .text)
        #expect(PostgresArray([PostgresInterval.negativeInfinity]).postgresFormat == .text)
        #expect(try encoded(PostgresInterval.infinity) == Array("infinity".utf8))
        let queries = ["'a' & ( 'b' & 'c' )", ""].compactMap { PostgresTSQuery($0) }
        #expect(queries.postgresFormat == .text && [queries[0]].postgresFormat == .binary)
    }

    @Test func rowsAreTwoDimensions() throws {
        let rows: [[Int16]] = [[1, 2], [3, 4]]
        #expect(try encoded(rows) == square)
        #expect(rows.postgresType == .int2Array && rows.postgresFormat == .binary)
        #expect(try decoded([[Int16]].self, square, .int2Array) == rows)
        #expect(try decoded([[Int]].self, square, .int2Array) == [[1, 2], [3, 4]])
        #expect(try decoded([[Int?]].self, text: "{{1,NULL},{3,4}}", .int8Array) == [[1, nil], [3, 4]])
        #expect(try encoded([[1, nil], [3, 4]] as [[Int?]]).count == 12 + 16 + 4 * 4 + 3 * 8)
        #expect(try encoded([["a", "b"], ["c", "d"]]) == Array("{{a,b},{c,d}}".utf8))
        #expect([["a"]].postgresType == .unspecified && [["a"]].postgresFallbackType == .textArray)
        #expect(try encoded([[]] as [[Int32]]) == empty)
        #expect(try decoded([[Int32]].self, empty, .int4Array) == [])
        #expect(throws: WireError.invalidLength) { try encoded([[1], [2, 3]]) }
        #expect(throws: WireError.typeMismatch) { try decoded([[Int32]].self, oneTwo, .int4Array) }
        #expect(throws: WireError.typeMismatch) { try decoded([[Int32]].self, [1], .bytea) }
        let cube: PostgresValue = [[[1, 2]], [[3, 4]]]
        #expect(try encoded([[[1, 2]], [[3, 4]]] as [[[Int64]]]) == encoded(cube))
    }

    /// What a column of `score[]` holds, over a domain, once the column is known to be an `int4[]`.
    @Test func elementsOfADomain() throws {
        let scores = hex("00000001 00000000 00004010 00000002 00000001 00000004 00000001 00000004 00000002")
        #expect(try decoded([Int].self, scores, .int4Array) == [1, 2])
        #expect(try decoded(PostgresArray<Int32>.self, scores, .int4Array) == [1, 2])
        #expect(throws: WireError.typeMismatch) { try decoded([Int].self, scores, PostgresOID(rawValue: 16_401)) }
    }

    @Test func onlyNullsKeepTheDelimiter() throws {
        let boxes = PostgresArray<PostgresBox?>([nil, nil])
        #expect(boxes.description == "{NULL;NULL}")
        #expect(try decoded(PostgresValue.self, text: "{NULL;NULL}", .boxArray).description == "{NULL;NULL}")
    }

    @Test func bytesAreBytea() throws {
        #expect(([1] as [UInt8]).postgresType == .bytea)
        #expect(![UInt8].canDecode(.charArray, format: .binary))
        #expect(([nil, 65] as [UInt8?]).postgresType == .charArray)
        let chars = hex("00000001 00000001 00000012 00000002 00000001 ffffffff 00000001 41")
        #expect(try encoded([nil, 65] as [UInt8?]) == chars)
        #expect(try decoded([UInt8?].self, chars, .charArray) == [nil, 65])
        #expect([[UInt8]].canDecode(.byteaArray, format: .binary))
    }

    @Test func strings() throws {
        #expect(try encoded(["a,b", "c\"d", "e\\f", "", "NULL"]) == Array(#"{"a,b","c\"d","e\\f","","NULL"}"#.utf8))
        #expect(try encoded(["a", nil]) == Array(#"{"a",NULL}"#.utf8))
        #expect(try encoded([] as [String]) == Array("{}".utf8))
        #expect(["a"].postgresType == .unspecified)
        #expect(["a"].postgresFormat == .text)
        #expect(throws: WireError.embeddedNUL) { try encoded(["a", "b\0"]) }
        let binary = hex("00000001 00000001 00000019 00000002 00000001 00000001 61 ffffffff")
        #expect(try decoded([String?].self, binary, .textArray) == ["a", nil])
        #expect(throws: WireError.typeMismatch) { try decoded([String].self, oneTwo, .int4Array) }
    }

    @Test func text() throws {
        #expect(try decoded([Int].self, text: "{1,-2,3}", .int8Array) == [1, -2, 3])
        #expect(try decoded([Int?].self, text: "{1,NULL}", .int4Array) == [1, nil])
        #expect(try decoded([Int].self, text: "{}", .int8Array) == [])
        #expect(try decoded([Int].self, text: "[2:3]={7,8}", .int4Array) == [7, 8])
        #expect(try decoded([Int].self, text: "[-2:-1]={7,8}", .int4Array) == [7, 8])
        #expect(try decoded([Bool].self, text: "{t,f}", .boolArray) == [true, false])
        #expect(
            try decoded([String?].self, text: #"{"a,b","c\"d","e\\f","","NULL",null,"x y",NULL,"{"}"#, .textArray)
                == ["a,b", "c\"d", "e\\f", "", "NULL", "null", "x y", nil, "{"])
        #expect(
            try decoded([String].self, text: "{(1,1),(0,0);(2,2),(1,1)}", .boxArray) == ["(1,1),(0,0)", "(2,2),(1,1)"])
        #expect(try decoded([[UInt8]].self, text: #"{"\\x01"}"#, .byteaArray) == [[1]])
        #expect(throws: WireError.nullElement) { try decoded([Int].self, text: "{1,NULL}", .int4Array) }
        #expect(throws: WireError.typeMismatch) { try decoded([Int].self, text: "{{1,2},{3,4}}", .int4Array) }
        #expect(throws: WireError.typeMismatch) { try decoded([Int].self, text: "{1}", .textArray) }
        #expect(throws: WireError.typeMismatch) { try decoded([Int].self, text: "1 2", .int2vector) }
        let wrong = [
            "", "{", "}", "{1", "{1,", "{1,}", "{,1}", "{,}", "{1}}", "{{1}", "1", "{1}{2}", "{1} ", " {1}", "{ 1}",
            "{\"1}", "{1\"2\"}", "[1:2]{1,2}", "[1:2", "[a]={1}", "{{1},2}", "{1,{2}}", "{{1,2},{3}}", "{{},{}}",
            "{{{{{{{1}}}}}}}", "{1\\", "{\"1\"2}", "{nul}",
        ]
        for text in wrong {
            #expect(throws: WireError.self, "\(text)") { try decoded([Int].self, text: text, .int4Array) }
        }
    }

    @Test func severalDimensionsAreNotFlattened() throws {
        #expect(throws: WireError.typeMismatch) { try decoded([Int16].self, square, .int2Array) }
        #expect(throws: WireError.typeMismatch) { try decoded([Int].self, square, .int2Array) }
        #expect(throws: WireError.typeMismatch) { try decoded([Int?].self, square, .int2Array) }
        #expect(
            try decoded(PostgresValue.self, square, .int2Array)
                == .array([.array([.int(1), .int(2)]), .array([.int(3), .int(4)])]))
    }

    @Test func malformed() {
        let wrong: [(String, WireError)] = [
            ("", .truncated), ("00000000 00000000", .truncated), ("ffffffff 00000000 00000017", .invalidLength),
            ("00000007 00000000 00000017", .invalidLength), ("00000000 00000002 00000017", .invalidValue),
            ("00000000 00000000 00000017 00", .trailingBytes),
            ("00000001 00000000 00000017 ffffffff 00000001", .invalidLength),
            ("00000001 00000000 00000017 7fffffff 00000001", .truncated),
            ("00000001 00000000 00000017 00000001 00000001", .truncated),
            ("00000001 00000000 00000017 00000001", .truncated),
            (
                """
                00000006 00000000 00000017 7fffffff 00000001 7fffffff 00000001 7fffffff 00000001 7fffffff 00000001
                7fffffff 00000001 7fffffff 00000001
                """, .invalidLength
            ),
            ("00000001 00000000 00000017 00000001 00000001 00000003 000001", .truncated),
            ("00000001 00000000 00000017 00000001 00000001 00000005 0000000001", .trailingBytes),
            ("00000001 00000000 00000017 00000001 00000001 00000005 00000001", .truncated),
            ("00000001 00000000 00000017 00000001 00000001 fffffffe 00000001", .invalidLength),
            ("00000001 00000000 00000017 00000001 00000001 00000004 00000001 00", .trailingBytes),
            ("00000001 00000000 00000019 00000001 00000001 00000004 00000001", .typeMismatch),
        ]
        for (bytes, error) in wrong {
            #expect(throws: WireError.self, "\(bytes)") { try decoded([Int32].self, hex(bytes), .int4Array) }
            #expect(throws: error, "\(bytes)") { try decoded([Int32?].self, hex(bytes), .int4Array) }
        }
        #expect(throws: WireError.typeMismatch) { try decoded([Int32].self, oneTwo, .int4) }
        #expect(throws: WireError.typeMismatch) { try decoded([Bool].self, oneTwo, .int4Array) }
    }

    @Test func vectorsAreArraysInBinary() throws {
        let vector = hex("00000001 00000000 00000015 00000002 00000000 00000002 0003 00000002 0004")
        #expect(try decoded([Int16].self, vector, .int2vector) == [3, 4])
        #expect(![Int16].canDecode(.int2vector, format: .text))
    }
}
