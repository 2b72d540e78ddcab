import PostgresClient
import PostgresWire
import Testing

/// Every codec against a real server: sent, compared by the server with a literal of its own, and read back.
@Suite(.ownThread) struct CodecTests {
    private func check<Value: PostgresEncodable & PostgresDecodable & Equatable>(
        _ client: Client, _ type: String, _ samples: [(Value, String)],
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        for (value, literal) in samples {
            let cast = SQL(unsafeSQL: "::" + type)
            let rows = try await client.query(
                "SELECT \(value)\(cast), \(value)\(cast)::text, \(literal)\(cast), \(literal)\(cast)::text",
                as: (Value, String, Value, String).self)
            #expect(rows[0].0 == value, "sent and read back", sourceLocation: sourceLocation)
            #expect(rows[0].1 == rows[0].3, "as the server shows it", sourceLocation: sourceLocation)
            #expect(rows[0].2 == value, "as the server reads it", sourceLocation: sourceLocation)
            let nulls = try await client.query(
                "SELECT \(Value?.none)\(cast), \(value)\(cast)", as: (Value?, Value?).self)
            #expect(nulls[0].0 == nil && nulls[0].1 == value, sourceLocation: sourceLocation)
            // What a cell is read as without a type must hold the same.
            let dynamic = try await client.query("SELECT \(value)\(cast)")
            #expect(!(try dynamic[0].isNull(0)), sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func numbers(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        try await check(client, "bool", [(true, "t"), (false, "f")])
        try await check(client, "int2", [(Int16.min, "-32768"), (0, "0"), (Int16.max, "32767")])
        try await check(client, "int4", [(Int32.min, "-2147483648"), (-1, "-1"), (Int32.max, "2147483647")])
        try await check(
            client, "int8", [(Int64.min, "-9223372036854775808"), (1, "1"), (Int64.max, "9223372036854775807")])
        try await check(client, "int8", [(Int.min, "-9223372036854775808"), (Int.max, "9223372036854775807")])
        try await check(
            client, "float4",
            [
                (Float(1.5), "1.5"), (-0.0, "-0"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
                (.leastNonzeroMagnitude, "1e-45"), (.greatestFiniteMagnitude, "3.4028235e38"),
            ])
        try await check(
            client, "float8",
            [
                (0.1, "0.1"), (-.infinity, "-Infinity"), (.infinity, "Infinity"), (.leastNonzeroMagnitude, "5e-324"),
                (.greatestFiniteMagnitude, "1.7976931348623157e308"),
            ])
        let nan = try await client.query("SELECT \(Double.nan), 'NaN'::float4", as: (Double, Float).self)
        #expect(nan[0].0.isNaN && nan[0].1.isNaN)
        try await check(client, "oid", [(PostgresOID(rawValue: 0), "0"), (PostgresOID(rawValue: .max), "4294967295")])
    }

    @Test(arguments: Face.allCases)
    func numerics(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let literals = [
            "0", "0.00", "1", "-1", "10000", "9999.9999", "0.0001", "-0.00000000000000000001",
            "123456789012345678901234567890.5",
            "1e-20", "NaN", "Infinity", "-Infinity",
            String(repeating: "9", count: 300) + "." + String(repeating: "1", count: 200),
        ]
        for literal in literals {
            let rows = try await client.query(
                "SELECT \(literal)::text::numeric, \(literal)::text::numeric::text", as: (PostgresNumeric, String).self)
            #expect(rows[0].0.description == rows[0].1, "\(literal)")
            let back = try await client.query(
                "SELECT \(rows[0].0)::text, \(rows[0].0)::numeric", as: (String, PostgresNumeric).self)
            #expect(back[0].0 == rows[0].1)
            #expect(back[0].1 == rows[0].0)
        }
        try await check(
            client, "numeric",
            [(PostgresNumeric.nan, "NaN"), (.infinity, "Infinity"), (.negativeInfinity, "-Infinity")])
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func textAndBytes(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        try await check(
            client, "text",
            [
                ("", ""), ("plain", "plain"), ("it's \"quoted\" \\ and\r\nbroken", "it's \"quoted\" \\ and\r\nbroken"),
                ("🦕 e\u{301}", "🦕 e\u{301}"),
            ])
        let every = [UInt8](0...255)
        try await check(client, "bytea", [([UInt8](), "\\x"), ([0, 1, 255], "\\x0001ff")])
        #expect(try await client.query("SELECT \(every)", as: [UInt8].self) == [every])
        try await check(client, "varchar", [("x", "x")])
        #expect(try await client.query("SELECT 'ab'::char(4)", as: String.self) == ["ab  "])
        #expect(try await client.query("SELECT 'pg_class'::name", as: String.self) == ["pg_class"])
    }

    @Test(arguments: Face.allCases)
    func identifiersAndDocuments(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let text = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
        try await check(client, "uuid", [(try #require(PostgresUUID(text)), text)])
        try await check(client, "jsonb", [(PostgresJSON(#"{"a": [1, null, "é"]}"#), #"{"a": [1, null, "é"]}"#)])
        let json = try await client.query(
            "SELECT '{ \"kept\" :  1}'::json, \(PostgresJSON(#"{"x":1}"#))::json", as: (PostgresJSON, PostgresJSON).self
        )
        #expect(json[0].0.text == #"{ "kept" :  1}"#)
        #expect(json[0].1.text.contains("\"x\""))
    }

    @Test(arguments: Face.allCases)
    func datesAndTimes(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("SET TimeZone = 'Asia/Kathmandu'")
        for literal in ["2000-01-01", "1999-12-31", "2024-02-29", "0001-01-01", "4713-01-01 BC", "5874897-12-31"] {
            try await check(client, "date", [(try #require(PostgresDate(literal)), literal)])
        }
        try await check(client, "date", [(PostgresDate.infinity, "infinity"), (.negativeInfinity, "-infinity")])
        for literal in [
            "2000-01-01 00:00:00", "1969-12-31 23:59:59.999999", "2024-02-29 12:34:56.789", "294276-12-31 23:59:59",
        ] {
            try await check(client, "timestamp", [(try #require(PostgresTimestamp(literal)), literal)])
            let zoned = literal + "+00"
            try await check(client, "timestamptz", [(try #require(PostgresTimestampWithTimeZone(zoned)), zoned)])
        }
        try await check(
            client, "timestamp", [(PostgresTimestamp.infinity, "infinity"), (.negativeInfinity, "-infinity")])
        try await check(
            client, "timestamptz",
            [(PostgresTimestampWithTimeZone.infinity, "infinity"), (.negativeInfinity, "-infinity")])
    }

    @Test(arguments: Face.allCases)
    func arrays(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await check(client, "bool[]", [([true, nil, false], "{t,NULL,f}"), ([Bool?](), "{}")])
        try await check(client, "int2[]", [([Int16.min, nil, 7], "{-32768,NULL,7}")])
        try await check(client, "int4[]", [([Int32.min, nil, 7], "{-2147483648,NULL,7}"), ([Int32?](), "{}")])
        try await check(client, "int8[]", [([Int64.max, nil], "{9223372036854775807,NULL}")])
        try await check(client, "float4[]", [([Float(1.5), nil], "{1.5,NULL}")])
        try await check(client, "float8[]", [([0.1, nil, -.infinity], "{0.1,NULL,-Infinity}")])
        try await check(client, "text[]", [(["a,b", nil, "", "\"\\", "NULL"], #"{"a,b",NULL,"","\"\\","NULL"}"#)])
        try await check(client, "bytea[]", [([[1, 2], nil, []] as [[UInt8]?], #"{"\\x0102",NULL,"\\x"}"#)])
        let text = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
        try await check(client, "uuid[]", [([PostgresUUID(text), nil], "{\(text),NULL}")])
        try await check(
            client, "date[]", [([PostgresDate("2024-02-29"), nil, .infinity], "{2024-02-29,NULL,infinity}")])
        try await check(
            client, "timestamp[]", [([PostgresTimestamp("2024-02-29 01:02:03"), nil], "{2024-02-29 01:02:03,NULL}")])
        try await check(
            client, "timestamptz[]",
            [([PostgresTimestampWithTimeZone("2024-02-29 01:02:03+00"), nil], "{2024-02-29 01:02:03+00,NULL}")])
        try await check(client, "numeric[]", [([PostgresNumeric("1.50"), nil, .nan], "{1.50,NULL,NaN}")])
        try await check(client, "jsonb[]", [([PostgresJSON("[1, 2]"), nil], #"{"[1, 2]",NULL}"#)])
        try await check(client, "oid[]", [([PostgresOID(rawValue: 16), nil], "{16,NULL}")])
        let plain = try await client.query("SELECT ARRAY[1,2,3], '{}'::text[]", as: ([Int32], [String]).self)
        #expect(plain[0].0 == [1, 2, 3] && plain[0].1.isEmpty)
        let null = await failure { try await client.query("SELECT ARRAY[1,NULL]", as: [Int32].self) }
        #expect(null?.code == .decodingFailed)
        let listed = try await client.query(
            "SELECT i FROM generate_series(1, 9) AS i WHERE i IN \(list: [Int32(2), 4]) OR i = ANY(\([Int32(7)]))",
            as: Int32.self)
        #expect(listed == [2, 4, 7])
        let deep = try await client.query("SELECT '{{1,2},{3,4}}'::int4[]")
        #expect(try deep[0][0] == [[1, 2], [3, 4]])
    }

    @Test(arguments: Face.allCases)
    func typesWithoutABinaryFormComeAsText(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let rows = try await client.query("SELECT 'postgres=arwdDxt/postgres'::aclitem AS acl, 1::int4 AS one")
        #expect(rows.columns.descriptions.map(\.format) == [.text, .binary])
        #expect(try rows[0].decode("one", as: Int32.self) == 1)
        #expect(try rows[0][0] != .null)
    }

    @Test(arguments: Face.allCases)
    func enumsAndDomainsAndUnknownTypes(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery(
            "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'glad'); CREATE TEMP TABLE m (feeling pg_temp.mood)")
        try await client.execute("INSERT INTO m VALUES (\("glad"))")
        #expect(try await client.query("SELECT feeling FROM m", as: String.self) == ["glad"])
        let range = try await client.query("SELECT int4range(1, 5)")
        #expect(try range[0][0].description == "[1,5)")
    }
}
