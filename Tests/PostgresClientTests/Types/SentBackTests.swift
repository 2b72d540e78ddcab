import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// What was read goes back as it came: with its type and with its bytes, with the server as the judge.
@Suite(.ownThread) struct SentBackTests {
    private static let installations = EphemeralPostgres.installations()

    /// Types whose values the server takes from nobody.
    private static let withoutInput: Set<String> = [
        "gtsvector", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_dependencies", "pg_mcv_list",
        "pg_ndistinct", "pg_node_tree",
    ]

    private func withServer(
        _ installation: EphemeralPostgres.Installation, _ body: (Client) async throws -> Void
    ) async throws {
        try await EphemeralPostgres.withServer(.init(binaries: installation.directory)) { server in
            let client = try await Client.connect(try TestServer.configuration(server, .socket), .suspending)
            try await body(client)
            client.connection.close()
        }
    }

    @Test(arguments: installations)
    func everyType(_ installation: EphemeralPostgres.Installation) async throws {
        try await withServer(installation) { client in
            try await client.simpleQuery(SQL(unsafeSQL: RoundTripTests.settings + RoundTripType.definitions))
            let tests = RoundTripTests()
            let types = try await tests.types(client).flatMap { [$0, $0.array] }
            let numbers = try await tests.numbers(types, client)
            let catalog = try await client.describeTypes(Array(numbers.values))
            var random = RandomValues(seed: 4, version: installation.version.major, numbers: numbers)
            for type in types {
                let number = numbers[type.name] ?? .unspecified
                let cast: SQL = "\(unsafeSQL: type.name)"
                for _ in 0..<6 {
                    let made = type.parameter(type.make(&random))
                    let (name, cell) = try await client.query(
                        "SELECT pg_typeof(x)::text, x FROM (SELECT \(made)::\(cast) AS x) AS t",
                        as: (String, RawCell).self)[0]
                    let value = try cell.value(catalog)
                    guard !value.isNull else { continue }
                    // A type that is not built in has another number elsewhere: the place says what it is.
                    let (sent, again): (String, RawCell)
                    if number.isUserDefined {
                        (sent, again) = try await client.query(
                            "SELECT pg_typeof(x)::text, x FROM (SELECT \(value)::\(cast) AS x) AS t",
                            as: (String, RawCell).self)[0]
                    } else {
                        (sent, again) = try await client.query(
                            "SELECT pg_typeof(\(value))::text, \(value)", as: (String, RawCell).self)[0]
                    }
                    #expect(sent == name, "\(type.name): \(value)")
                    #expect(again.bytes == cell.bytes, "\(type.name): \(value)")
                }
            }
        }
    }

    /// No type of the server's is forgotten by the test above.
    @Test(arguments: installations)
    func typesThatAreTried(_ installation: EphemeralPostgres.Installation) async throws {
        try await withServer(installation) { client in
            try await client.simpleQuery(SQL(unsafeSQL: RoundTripType.definitions))
            let tried = try await RoundTripTests().types(client).map(\.name) + ["xml"]
            let missing = try await client.query(
                """
                SELECT typname::text FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
                AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A'
                AND oid <> ALL (SELECT to_regtype(n)::oid FROM unnest(\(tried)::text[]) AS n)
                """, as: String.self)
            #expect(Set(missing).subtracting(["int2vector", "oidvector"]).isSubset(of: Self.withoutInput))
        }
    }

    @Test(arguments: installations)
    func bytesThatAreNoText(_ installation: EphemeralPostgres.Installation) async throws {
        try await withServer(installation) { client in
            for byte in [0, 65, 0x80, 0xFF] as [UInt8] {
                let rows = try await client.query("SELECT \(byte), \([byte, nil] as [UInt8?])")
                let (one, many) = (try rows[0][0], try rows[0][1])
                let again = try await client.query("SELECT \(one), \(many)", as: (UInt8, [UInt8?]).self)
                #expect(again[0].0 == byte && again[0].1 == [byte, nil])
            }
        }
    }

    /// Before PostgreSQL 17 there is no such interval: the server says so, and does not take it for a very long one.
    @Test(arguments: installations)
    func infiniteIntervals(_ installation: EphemeralPostgres.Installation) async throws {
        try await withServer(installation) { client in
            let interval = PostgresInterval.infinity
            let statements: [SQL] = [
                "SELECT \(interval)", "SELECT \([interval])", "SELECT \(PostgresValue.interval(interval))",
                "SELECT \(PostgresValue.array([.interval(interval)]))",
            ]
            for statement in statements {
                guard installation.version.major < 17 else {
                    let text = try await client.query(statement)[0][0].description
                    #expect(text.contains("infinity"))
                    continue
                }
                let error = await failure { try await client.query(statement) }
                #expect(error?.server?.sqlState == .invalidDatetimeFormat, "\(String(describing: error))")
            }
        }
    }

    @Test(arguments: Face.allCases)
    func documentsKeepTheirBlanks(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let text = #"{"b" :  1, "a": 2, "b": 3}"#
        try await client.execute("CREATE TEMP TABLE documents (j json, b jsonb, js json[], bs jsonb[], n int)")
        try await client.execute(
            "INSERT INTO documents VALUES (\(text)::json, \(text)::jsonb, ARRAY[\(text)::json], ARRAY[\(text)::jsonb], 1)"
        )
        let (j, b, js, bs) = try await client.query(
            "SELECT j, b, js, bs FROM documents",
            as: (PostgresJSON, PostgresJSON, [PostgresJSON], [PostgresJSON?]).self)[0]
        #expect(j.text == text && js == [j] && bs == [b] && b.text != text)
        try await client.execute("INSERT INTO documents VALUES (\(j), \(b), \(js), \(bs), 2)")
        let same = try await client.query(
            """
            SELECT x.j::text = y.j::text AND x.b = y.b AND x.js::text = y.js::text AND x.bs = y.bs
            FROM documents x JOIN documents y ON x.n = 1 AND y.n = 2
            """, as: Bool.self)
        #expect(same == [true])
        #expect(try await client.query("SELECT n FROM documents WHERE b = \(b)", as: Int.self) == [1, 2])
        #expect(try await client.query("SELECT n FROM documents WHERE b IN \(list: [b])", as: Int.self) == [1, 2])
        // Where nothing tells, it is text; of a value of Swift's it is known.
        #expect(try await client.query("SELECT \(j)", as: String.self) == [text])
        #expect(try await client.query("SELECT pg_typeof(\(json: [1]))::text", as: String.self) == ["jsonb"])
        // Within a composite value as well.
        let record = try await client.query("SELECT documents FROM documents WHERE n = 2")[0][0]
        let kept = try await client.query(
            "SELECT (r).j::text FROM (SELECT \(record)::documents AS r) t", as: String.self)
        #expect(kept == [text])
    }

    @Test(arguments: Face.allCases)
    func arraysOfNumbersKeepTheirType(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let numbers = try await client.query("SELECT '{1,2}'::int4[]")[0][0]
        // There is no such operator between int4[] and int8[].
        #expect(try await client.query("SELECT \(numbers) && '{2,3}'::int4[]", as: Bool.self) == [true])
        let empty = try await client.query("SELECT '{}'::int2[], 'empty'::daterange, '5'::xid")[0]
        let (array, range, number) = (try empty[0], try empty[1], try empty[2])
        let types = try await client.query(
            "SELECT pg_typeof(\(array))::text, pg_typeof(\(range))::text, pg_typeof(\(number))::text",
            as: (String, String, String).self)[0]
        #expect(types == ("smallint[]", "daterange", "xid"))
    }

    @Test(arguments: Face.allCases)
    func swiftTypes(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let (small, wide, high, word) = (Int8(-5), UInt16.max, UInt64.max, "ab".prefix(1))
        let row = try await client.query(
            "SELECT \(small)::text, \(wide)::text, \(high)::text, \(UInt(7)) + 1, \(word)",
            as: (String, String, String, UInt, String).self)[0]
        #expect(row == ("-5", "65535", "18446744073709551615", 8, "a"))
        let rows = try await client.query("SELECT \([[1, 2], [3, 4]])", as: [[Int]].self)
        #expect(rows == [[[1, 2], [3, 4]]])
        let nested = try await client.query("SELECT (\([[[1, 2]], [[3, 4]]]))[2][1][2]", as: Int.self)
        #expect(nested == [4])
        let error = await failure { try await client.query("SELECT '{1,NULL}'::int4[]", as: [Int].self) }
        #expect(error?.message.contains("NULL among the elements") == true, "\(String(describing: error))")
    }
}
