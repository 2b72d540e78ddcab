import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Values of every type are copied in and out in every format, with the server as the judge.
@Suite(.ownThread) struct CopyTypesTests {
    @Test(arguments: ServerPerVersion.installations)
    func everyType(_ installation: EphemeralPostgres.Installation) async throws {
        try await EphemeralPostgres.withServer(.init(binaries: installation.directory)) { server in
            let client = try await Client.connect(try TestServer.configuration(server, .socket), .suspending)
            defer { client.connection.close() }
            try await client.simpleQuery(SQL(unsafeSQL: RoundTripTests.settings + RoundTripType.definitions))
            let tests = RoundTripTests()
            let types = try await tests.types(client).flatMap { [$0, $0.array] }
            let numbers = try await tests.numbers(types, client)
            let catalog = try await client.describeTypes(Array(numbers.values))
            var failures: [String] = []
            for type in types where !Self.serverWide.contains(type.name) {
                let ownSeed = type.name.utf8.reduce(18 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
                var random = RandomValues(seed: ownSeed, version: installation.version.major, numbers: numbers)
                let values = (0..<12).map { $0 == 5 ? .null : type.make(&random) }
                for format in [CopyFormat.binary, .text, .csv]
                where !(format.isBinary && Self.textOnly.contains(type.name)) {
                    do {
                        failures += try await trip(values, type, format, catalog, client)
                    } catch {
                        failures.append("\(type.name) as \(format): \(error)")
                    }
                }
            }
            #expect(failures.isEmpty, "\(failures.count):\n\(failures.prefix(12).joined(separator: "\n"))")
        }
    }

    /// Types of which no table can have a column.
    private static let serverWide: Set<String> = ["record", "record[]", "void", "unknown", "cstring"]

    /// Types that have no binary form.
    private static let textOnly: Set<String> = ["aclitem", "aclitem[]"]

    private func trip(
        _ values: [PostgresValue], _ type: RoundTripType, _ format: CopyFormat, _ catalog: PostgresTypeCatalog,
        _ client: Client
    ) async throws -> [String] {
        try await client.simpleQuery(
            SQL(unsafeSQL: "DROP TABLE IF EXISTS copied; CREATE TABLE copied (n int4, x \(type.name))"))
        // In text a value is what the server prints for it, so there are no types that it could not take.
        let rows = values.enumerated().map { index, value -> [PostgresValue] in
            [.int(Int64(index)), format.isBinary || value.isNull ? value : .text(value.description)]
        }
        _ = try await client.copy(into: "copied", columns: ["n", "x"], values: rows, format: format)
        let found = try await client.query("SELECT x FROM copied ORDER BY n", as: RawCell.self)
        var failures: [String] = []
        for (value, cell) in zip(values, found) {
            let read = try cell.value(catalog)
            if read != value { failures.append("\(type.name) as \(format): \(value) came as \(read)") }
        }
        guard found.count == values.count else { return ["\(type.name): \(found.count) rows"] }
        let out = try await client.all(
            client.connection.copyOut("SELECT x FROM copied ORDER BY n", as: RawCell.self, format: format))
        for (value, cell) in zip(values, out) {
            guard type.readsText || format.isBinary else { continue }
            let read = try cell.value(catalog)
            if read != value { failures.append("\(type.name) out as \(format): \(value) came as \(read)") }
        }
        if out.count != values.count { failures.append("\(type.name) out: \(out.count) rows") }
        return failures
    }

    // MARK: - Values that become those of their columns

    @Test(arguments: Face.allCases)
    func numbersBecomeThoseOfTheColumn(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        try await client.simpleQuery(
            """
            CREATE DOMAIN pg_temp.small AS int2 CHECK (value < 100);
            CREATE TEMPORARY TABLE copied (a int2, b int4, c int8, d float4, e float8, f numeric, g oid, h pg_temp.small)
            """)
        let columns = ["a", "b", "c", "d", "e", "f", "g", "h"]
        #expect(
            try await client.copy(
                into: "copied", columns: columns,
                [(1, 2, Int16(3), 4.5, Float(5.5), 6, 7, 8), (-1, -2, Int16(-3), 0.1, Float.nan, 0, 0, -8)]) == 2)
        let whole: [(Int8, Int64, UInt8, Int, Int32, UInt64, UInt32, Int?)] = [
            (1, 2, 3, 4, 5, .max, .max, nil), (-1, -2, 0, -4, -5, 6, 0, 99),
        ]
        #expect(try await client.copy(into: "copied", columns: columns, whole) == 2)
        #expect(
            try await client.query("SELECT copied::text FROM copied", as: String.self) == [
                "(1,2,3,4.5,5.5,6,7,8)", "(-1,-2,-3,0.1,NaN,0,0,-8)", "(1,2,3,4,5,18446744073709551615,4294967295,)",
                "(-1,-2,0,-4,-5,6,0,99)",
            ])
        func refused(_ column: String, _ value: PostgresValue) async -> PostgresError? {
            await failure { try await client.copy(into: "copied", columns: [column], values: [[value]]) }
        }
        for (column, value) in [
            ("a", 32_768), ("b", 2_147_483_648), ("g", -1), ("d", 16_777_217), ("e", 9_007_199_254_740_993),
            ("d", 1e300),
        ] as [(String, PostgresValue)] {
            let error = await refused(column, value)
            #expect(error?.code == .encodingFailed, "\(column) \(value)")
            #expect(error?.message.contains("does not fit") == true, "\(error?.message ?? "")")
            #expect(try await client.answers())
        }
        let direct = await failure { try await client.copy(into: "copied", columns: ["b"], [1, Int.max]) }
        #expect(direct?.message.contains("row 1") == true, "\(direct?.message ?? "")")
        for (column, value) in [("a", "1"), ("f", 1.5), ("e", .numeric(1)), ("b", true), ("c", [1])]
            as [(String, PostgresValue)]
        {
            let error = await refused(column, value)
            #expect(error?.message.contains("coerces nothing") == true, "\(column) \(value): \(error?.message ?? "")")
            #expect(error?.message.contains(".csv") == true)
        }
        let check = await failure { try await client.copy(into: "copied", columns: ["h"], [100]) }
        #expect(check?.sqlState == .checkViolation)
        #expect(try await client.query("SELECT count(*) FROM copied", as: Int.self) == [4])
    }

    private enum Mood: String, PostgresEnum { case happy, sad }

    private struct Place: PostgresComposite, Equatable {
        var street: String?
        var number: Int32

        init(_ street: String?, _ number: Int32) {
            self.street = street
            self.number = number
        }

        init(fields: inout PostgresCompositeDecoder) throws(WireError) {
            street = try fields.decode("street")
            number = try fields.decode("number")
        }

        func encode(fields: inout PostgresCompositeEncoder) {
            fields.encode("street", street)
            fields.encode("number", number)
        }
    }

    @Test(arguments: Face.allCases)
    func textsAndTypesOfOnesOwn(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        try await client.simpleQuery(
            """
            CREATE TYPE pg_temp.mood AS ENUM ('happy', 'sad');
            CREATE TYPE pg_temp.place AS (street text, number int2);
            CREATE DOMAIN pg_temp.word AS varchar(10);
            CREATE TEMPORARY TABLE copied (
                a text, b varchar(20), c char(3), d name, e json, f jsonb, g xml, h pg_temp.mood, i pg_temp.word,
                j pg_temp.mood[], k text[], l pg_temp.place, m "char", n pg_temp.word[], o int4[], p int8range)
            """)
        typealias Row = (
            String, Substring, String, String?, PostgresJSON, String, PostgresXML, Mood, String, [Mood], [String?],
            Place,
            String, [String], [Int], PostgresRange<Int64>
        )
        let columns = "abcdefghijklmnop".map { String($0) }
        let row: Row = (
            "ä", "b", "c", nil, PostgresJSON(#"{ "a": 1 }"#), #"{"b": 2}"#, PostgresXML("<x/>"), .sad, "word",
            [.happy, .sad], ["x", nil, "\"y\""], Place("Main, \"St\"", 7), "z", ["u", "v"], [1, -2],
            PostgresRange<Int64>.bounds(.inclusive(3), .exclusive(9))
        )
        #expect(try await client.copy(into: "copied", columns: columns, [row]) == 1)
        let read = try await client.query(
            "SELECT h, j, k, l, o, p, f, m FROM copied",
            as: (Mood, [Mood], [String?], Place, [Int], PostgresRange<Int64>, PostgresJSON, String).self)[0]
        #expect(read.0 == .sad && read.1 == [.happy, .sad] && read.2 == ["x", nil, "\"y\""])
        #expect(
            read.3 == Place("Main, \"St\"", 7) && read.4 == [1, -2] && read.5 == .bounds(.inclusive(3), .exclusive(9)))
        #expect(read.6 == PostgresJSON(#"{"b": 2}"#) && read.7 == "z")
        let label = await failure { try await client.copy(into: "copied", columns: ["h"], ["angry"]) }
        #expect(label?.sqlState == .invalidTextRepresentation)
        let nul = await failure { try await client.copy(into: "copied", columns: ["a"], ["a\u{0}b"]) }
        #expect(nul?.code == .encodingFailed)
        let composite = await failure { try await client.copy(into: "copied", columns: ["l"], ["(a,1)"]) }
        #expect(composite?.message.contains("place") == true, "\(composite?.message ?? "")")
        #expect(try await client.answers())
    }
}
