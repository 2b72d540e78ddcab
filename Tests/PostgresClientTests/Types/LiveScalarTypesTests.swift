import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Every scalar type against every PostgreSQL on this machine, in both formats, with the server as the judge: our text
/// is its text, and what is sent back is what was read.
@Suite(.ownThread) struct LiveScalarTypesTests {
    private static let settings = """
        SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET lc_monetary = 'C';
        SET extra_float_digits = 1;
        """

    /// The literals of a type, as the server reads them, are read and sent back.
    ///
    /// - Parameters:
    ///   - type: The type's name.
    ///   - equals: Whether the server has an `=` for it that tells values apart.
    ///   - returns: Whether what is read can be sent to the type.
    private func check<Value: PostgresScalar>(
        _: Value.Type, _ type: String, _ literals: [String], equals: Bool = true, returns: Bool = true,
        on client: Client, sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let cast = SQL(unsafeSQL: "::" + type)
        // The cast of inet to text is not what is sent as text; `format` is.
        let given: SQL = """
            (SELECT n, l\(cast) AS x FROM unnest(\(literals)::text[]) WITH ORDINALITY AS t (l, n)) AS given
            """
        var read: [ResultFormats.Name: [Value]] = [:]
        for name in ResultFormats.Name.allCases {
            client.connection.resultFormats = name.formats
            let rows = try await client.query(
                "SELECT x, format('%s', x) FROM \(given) ORDER BY n", as: (Value, String).self)
            #expect(rows.count == literals.count, sourceLocation: sourceLocation)
            for row in rows {
                #expect(row.0.description == row.1, "\(type), \(name)", sourceLocation: sourceLocation)
            }
            read[name] = rows.map(\.0)
            let arrays = try await client.query("SELECT array_agg(x ORDER BY n) FROM \(given)", as: [Value].self)
            #expect(arrays == [rows.map(\.0)], "\(type)[], \(name)", sourceLocation: sourceLocation)
        }
        client.connection.resultFormats = .binary
        let values = try #require(read[.binary])
        #expect(values == read[.text], "\(type)", sourceLocation: sourceLocation)
        guard returns else { return }

        let array = SQL(unsafeSQL: "::" + type + "[]")
        let sent = try await client.query(
            "SELECT x, format('%s', x) FROM unnest(\(values)\(array)) WITH ORDINALITY AS t (x, n) ORDER BY n",
            as: (Value, String).self)
        #expect(sent.map(\.0) == values, "\(type)", sourceLocation: sourceLocation)
        #expect(sent.map(\.1) == values.map(\.description), "\(type)", sourceLocation: sourceLocation)
        for (value, literal) in zip(values, literals).prefix(8) {
            let texts = try await client.query("SELECT format('%s', \(value)\(cast))", as: String.self)
            #expect(texts == [value.description], "\(type)", sourceLocation: sourceLocation)
            guard equals else { continue }
            let same = try await client.query("SELECT \(value)\(cast) = \(literal)\(cast)", as: Bool.self)
            #expect(same == [true], "\(type) \(literal)", sourceLocation: sourceLocation)
        }
        let nulls = try await client.query(
            "SELECT \(Value?.none)\(cast), \(values[0])\(cast)", as: (Value?, Value?).self)
        #expect(nulls[0].0 == nil && nulls[0].1 == values[0], sourceLocation: sourceLocation)
    }

    private func connect(_ server: EphemeralPostgres, _ face: Face) async throws -> Client {
        let client = try await Client.connect(try TestServer.configuration(server, .socket), face)
        try await client.simpleQuery(SQL(unsafeSQL: Self.settings))
        return client
    }

    private func withServer(
        _ installation: EphemeralPostgres.Installation, _ body: (EphemeralPostgres) async throws -> Void
    ) async throws {
        try await EphemeralPostgres.withServer(.init(binaries: installation.directory), body)
    }

    @Test(arguments: EphemeralPostgres.installations())
    func literals(_ installation: EphemeralPostgres.Installation) async throws {
        try await withServer(installation) { server in
            for face in Face.allCases {
                let client = try await connect(server, face)
                try await datesAndTimes(client, version: installation.version.major)
                try await network(client)
                try await others(client)
                try await geometry(client)
                client.connection.close()
            }
        }
    }

    private func datesAndTimes(_ client: Client, version: Int) async throws {
        try await check(
            PostgresDate.self, "date",
            ["2024-02-29", "0044-03-15 BC", "0001-01-01", "4713-01-01 BC", "5874897-12-31", "infinity", "-infinity"],
            on: client)
        let times = [
            "2024-02-29 12:34:56.789", "0044-03-15 12:00:00.5 BC", "4714-11-24 00:00:00 BC",
            "294276-12-31 23:59:59.999999", "12024-01-01 00:00", "infinity", "-infinity",
        ]
        try await check(PostgresTimestamp.self, "timestamp", times, on: client)
        try await check(
            PostgresTimestampWithTimeZone.self, "timestamptz", times + ["2024-02-29 12:00+05:30"], on: client)
        try await check(
            PostgresTime.self, "time", ["00:00", "24:00", "12:34:56.789", "23:59:59.999999", "00:00:00.00001"],
            on: client)
        try await check(
            PostgresTimeWithTimeZone.self, "timetz",
            ["00:00+15:59:59", "24:00-15:59:59", "12:34:56.789+05:30", "12:00+00", "01:02:03-00:00:01", "12:00-08"],
            on: client)
        try await check(
            PostgresInterval.self, "interval",
            [
                "0", "1 year", "-1 year", "-1 mon", "1 day", "1 year 2 mons 3 days 04:05:06.7", "1 year -1 mon",
                "-1 year -2 mons +3 days -04:05:06.7", "-3 days +04:05:06", "-1 day +00:00:01", "25:00:00",
                "-0.000001 s", "-1 mon +1 day -00:00:01", "178956970 years 7 mons 2147483647 days",
                "-178956970 years -8 mons -2147483648 days", "P1Y2M3DT4H5M6.7S", "1-2",
            ] + (version >= 15 ? ["2562047788:00:54.775807"] : [])
                + (version >= 17 ? ["infinity", "-infinity"] : []),
            on: client)
        // In other styles the text is another, and the value is the same.
        let literals = [
            "0", "1 year 2 mons 3 days 04:05:06.7", "-1 year -2 mons +3 days -04:05:06.7", "-1 year -2 mons",
            "-3 days -04:05:06", "-0.5 s", "3 days", "-178956970 years -8 mons -2147483647 days -2147483647:00:54.7",
        ]
        let expected = try await client.query(
            "SELECT l::interval FROM unnest(\(literals)::text[]) l", as: PostgresInterval.self)
        for style in ["postgres_verbose", "sql_standard", "iso_8601"] {
            try await client.execute(SQL(unsafeSQL: "SET intervalstyle = '\(style)'"))
            client.connection.resultFormats = .text
            let written = try await client.query(
                "SELECT x FROM unnest(\(expected)) x", as: PostgresInterval.self)
            client.connection.resultFormats = .binary
            #expect(written == expected, "\(style)")
        }
        try await client.execute("SET intervalstyle = 'postgres'")
    }

    private func network(_ client: Client) async throws {
        try await check(
            PostgresInet.self, "inet",
            [
                "192.168.100.128/25", "192.0.2.1", "0.0.0.0/0", "10.1.2.3/8", "::", "::1", "2001:db8::1/64",
                "::ffff:1.2.3.4", "::1.2.3.4", "::1:2", "1::", "1:0:0:2:0:0:0:3", "1:0:0:2:3:0:0:4", "1:0:3:4:5:6:7:8",
                "::ffff:0:0/96", "::fffe:1:2", "0:0:0:1::", "::/0",
            ],
            on: client)
        try await check(
            PostgresCIDR.self, "cidr", ["192.168.100.128/25", "192.0.2.1", "10/8", "::/0", "2001:db8::/32", "::1"],
            on: client)
        try await check(
            PostgresMACAddress.self, "macaddr", ["08:00:2b:01:02:03", "0800.2b01.0203", "ff:ff:ff:ff:ff:ff"],
            on: client)
        try await check(
            PostgresMACAddress8.self, "macaddr8", ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03"], on: client)
    }

    private func others(_ client: Client) async throws {
        try await check(
            PostgresBits.self, "varbit", ["", "1", "0101", "11111111", "111111111", "00000000000000001"], on: client)
        try await check(PostgresBits.self, "bit(4)", ["0101", "1111"], on: client)
        try await check(
            PostgresMoney.self, "money",
            ["0", "0.05", "-0.05", "1234.56", "-1234567.89", "92233720368547758.07", "-92233720368547758.08"],
            on: client)
        try await check(PostgresLSN.self, "pg_lsn", ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "1/0A"], on: client)
        try await check(PostgresTransactionID.self, "xid", ["0", "742", "4294967295"], on: client)
        try await check(PostgresFullTransactionID.self, "xid8", ["0", "742", "18446744073709551615"], on: client)
        try await check(PostgresCommandID.self, "cid", ["0", "4294967295"], on: client)
        try await check(PostgresTupleID.self, "tid", ["(0,1)", "(4294967295,65535)"], on: client)
        let snapshots = ["10:20:10,14,15", "1:1:", "1:9223372036854775807:5"]
        try await check(PostgresSnapshot.self, "pg_snapshot", snapshots, equals: false, on: client)
        try await check(
            PostgresSnapshot.self, "txid_snapshot", snapshots, equals: false, returns: false, on: client)
    }

    private func geometry(_ client: Client) async throws {
        try await check(
            PostgresPoint.self, "point",
            [
                "(1,-2.5)", "(-0,0)", "(NaN,Infinity)", "(-Infinity,1e300)", "(0.1,5e-324)", "(1e15,1e14)",
                "(1e-5,1e-4)",
            ],
            equals: false, on: client)
        try await check(PostgresLine.self, "line", ["{1,-1,0}", "{0,1e-5,-0}", "[(0,0),(1,2)]"], on: client)
        try await check(PostgresLineSegment.self, "lseg", ["[(0,0),(1,2)]", "((1,1),(0,0))"], on: client)
        try await check(
            PostgresBox.self, "box", ["(0,4),(3,0)", "(0,0),(-0,-0)", "(-0,-0),(0,0)", "(1,2),(3,4)"], on: client)
        try await check(
            PostgresBox.self, "box", ["(NaN,1),(2,2)", "(1,Infinity),(2,NaN)"], equals: false, on: client)
        try await check(
            PostgresPath.self, "path", ["[(0,0),(1,2)]", "((0,0),(1,2))", "((5,5))", "[(5,5)]"], on: client)
        try await check(PostgresPolygon.self, "polygon", ["((0,0),(1,0),(0,1))", "((5,5))"], equals: false, on: client)
        try await check(PostgresCircle.self, "circle", ["<(0,0),2.5>", "<(1,2),0>", "<(1,2),Infinity>"], on: client)
    }

    /// The catalogs' own types.
    @Test(arguments: EphemeralPostgres.installations())
    func catalogs(_ installation: EphemeralPostgres.Installation) async throws {
        try await withServer(installation) { server in
            let client = try await connect(server, .suspending)
            let names = try await client.query(
                """
                SELECT 'pg_class'::regclass, 'int4'::regtype, 'now'::regproc, 'pg_catalog'::regnamespace,
                    'english'::regconfig, 'simple'::regdictionary
                """,
                as: (PostgresOID, PostgresOID, PostgresOID, PostgresOID, PostgresOID, PostgresOID).self)
            #expect(names[0].0.rawValue == 1259 && names[0].1 == .int4 && names[0].3.rawValue == 11)
            let same = try await client.query(
                "SELECT \(names[0].0)::regclass::text, \(names[0].1) = 'int4'::regtype", as: (String, Bool).self)
            #expect(same[0].0 == "pg_class" && same[0].1)

            let row = try await client.query(
                "SELECT xmin, cmin, ctid, relname, relkind, '{a,b}'::name[] FROM pg_class WHERE relname = 'pg_class'",
                as: (PostgresTransactionID, PostgresCommandID, PostgresTupleID, String, UInt8, [String]).self)
            #expect(row[0].3 == "pg_class" && row[0].4 == UInt8(ascii: "r") && row[0].5 == ["a", "b"])
            let found = try await client.query(
                "SELECT relname FROM pg_class WHERE ctid = \(row[0].2) AND xmin = \(row[0].0)", as: String.self)
            #expect(found == ["pg_class"])
            let vectors = try await client.query(
                """
                SELECT indkey, indclass, indkey::text, indclass::text FROM pg_index ORDER BY indexrelid
                """, as: ([Int16], [PostgresOID], String, String).self)
            for vector in vectors {
                #expect(vector.0.map(\.description).joined(separator: " ") == vector.2)
                #expect(vector.1.map(\.rawValue.description).joined(separator: " ") == vector.3)
            }
            for formats in [ResultFormats.binary, .text] {
                client.connection.resultFormats = formats
                let bytes = try await client.query(
                    "SELECT (-61)::\"char\", 'r'::\"char\", 'c'::refcursor", as: (UInt8, UInt8, String).self)
                #expect(bytes[0].0 == 0xC3 && bytes[0].1 == UInt8(ascii: "r") && bytes[0].2 == "c")
            }
            let text = try await client.query("SELECT 'pg_class'::regclass, 'int4'::regtype", as: (String, String).self)
            #expect(text[0].0 == "pg_class" && text[0].1 == "integer")
            client.connection.close()
        }
    }
}

extension ResultFormats {
    /// The two formats, as keys.
    fileprivate enum Name: CaseIterable {
        case binary
        case text

        var formats: ResultFormats { self == .binary ? .binary : .text }
    }
}
