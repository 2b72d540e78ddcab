import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The same statements in every mode, straight to the server.
@Suite(.ownThread) struct StatementModeTests {
    struct Person: Decodable, Equatable {
        var id: Int64
        var name: String?
        var born: PostgresDate
    }

    private func client(
        _ face: Face, _ mode: StatementMode, _ change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> Client {
        var configuration = try TestServer.configuration(.tcp)
        configuration.statementMode = mode
        change(&configuration)
        return try await Client.connect(configuration, face)
    }

    @Test(arguments: StatementMode.allCases, Face.allCases)
    func valuesAreTheSame(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        #expect(client.connection.statementMode == mode)
        let exact: SQL = """
            SELECT 7::int8 AS id, 'Ann'::text AS name, '0044-03-15 BC'::date AS born, NULL::text AS none, \
            1.50::numeric AS price, '{1,NULL,3}'::int4[] AS list, '\\x00ff'::bytea AS bytes, true AS flag, \
            '=UC/postgres'::aclitem AS acl, float8 '0.1' AS float, interval '1 day 00:01' AS interval
            """
        // Three times: described, remembered, and once more.
        for _ in 0..<3 {
            let row = try await client.query(exact)[0]
            #expect(try row.decode("id", as: Int.self) == 7)
            #expect(try row["name"] == "Ann" && row["none"] == .null)
            #expect(try row.decode("born", as: PostgresDate.self) == PostgresDate(year: -43, month: 3, day: 15))
            #expect(try row.decode("price", as: PostgresNumeric.self).description == "1.50")
            #expect(try row.decode("list", as: [Int32?].self) == [1, nil, 3])
            #expect(try row.decode("bytes", as: [UInt8].self) == [0, 255])
            #expect(try row.decode("flag", as: Bool.self))
            #expect(try row.decode("acl", as: String.self) == "=UC/postgres")
            #expect(try row.decode("float", as: Double.self) == 0.1)
            #expect(
                try row.decode("interval", as: PostgresInterval.self)
                    == PostgresInterval(days: 1, microseconds: 60_000_000))
            let formats = Set(row.columns.descriptions.map(\.format))
            #expect(formats == (mode == .simple ? [.text] : [.text, .binary]))
            let people = try await client.structures(
                "SELECT 7::int8 AS id, NULL::text AS name, '2024-02-29'::date AS born", as: Person.self)
            #expect(people == [Person(id: 7, name: nil, born: try #require(PostgresDate("2024-02-29")))])
            let tuples = try await client.query(
                "SELECT i, i::text FROM generate_series(1, 5000) AS i", as: (Int, String).self)
            #expect(tuples.count == 5000 && tuples.allSatisfy { String($0.0) == $0.1 })
            #expect(try await client.query("SELECT 1 WHERE false", as: Int.self).isEmpty)
            let stream = client.connection.stream("SELECT generate_series(1, 20000)", as: Int32.self)
            var sum = 0
            while let number = try await client.next(stream) { sum += Int(number) }
            #expect(sum == 200_010_000 && stream.commandTag?.description == "SELECT 20000")
        }
        let names = try await client.simpleQuery("SELECT name FROM pg_prepared_statements")[0]
        #expect(mode == .cached ? names.count >= 4 : names.isEmpty)
    }

    @Test(arguments: StatementMode.allCases, Face.allCases)
    func effectsAndErrors(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        try await client.execute("CREATE TEMP TABLE effects (a int PRIMARY KEY, b text)")
        let inserted = try await client.execute("INSERT INTO effects SELECT i, 'x' FROM generate_series(1, 10) AS i")
        #expect(inserted.rowsAffected == 10)
        for _ in 0..<2 {
            let twice = await failure { try await client.execute("INSERT INTO effects VALUES (1, 'y')") }
            #expect(twice?.sqlState == .uniqueViolation && twice?.statement?.isEmpty == false)
            let division = await failure { try await client.query("SELECT 1/(a - 5) FROM effects") }
            #expect(division?.sqlState == .divisionByZero)
            let syntax = await failure { try await client.query("SELECT FROM WHERE") }
            #expect(syntax?.sqlState == .syntaxError)
            let mismatch = await failure { try await client.query("SELECT b FROM effects", as: Int.self) }
            #expect(mismatch?.code == .decodingFailed)
            let two = await failure { try await client.query("SELECT 1; SELECT 2") }
            #expect(two != nil)
            try await client.execute("BEGIN")
            #expect(try await client.execute("DELETE FROM effects WHERE a = 2").rowsAffected == 1)
            try await client.execute("ROLLBACK")
            #expect(client.connection.transactionStatus == .idle)
            #expect(try await client.query("SELECT count(*) FROM effects", as: Int.self) == [10])
            let copy = await failure { try await client.query("COPY effects TO STDOUT") }
            #expect(copy?.sqlState == .featureNotSupported)
            #expect(try await client.execute("").rowsAffected == 0)
        }
        #expect(try await client.answers())
    }

    @Test(arguments: StatementMode.allCases, Face.allCases)
    func parameters(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        guard mode != .simple else {
            let values = await failure { try await client.query("SELECT \(1)") }
            #expect(values?.code == .invalidArgument && values?.message.contains(".simple") == true)
            let two = await failure { try await client.query("SELECT 1; SELECT 2") }
            #expect(two?.code == .invalidArgument)
            // What this library asks for itself has values all the same.
            try await client.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad')")
            let rows = try await client.query("SELECT 'sad'::pg_temp.mood AS mood")
            #expect(try rows[0]["mood"] == "sad")
            #expect(try await client.query("SELECT 'a;b' /* ; */ ;", as: String.self) == ["a;b"])
            return
        }
        for value in [5, nil, 6] as [Int64?] {
            let rows = try await client.query(
                "SELECT \(value)::int8, \("a")::text || \("b"), \([1, 2, 3])", as: (Int64?, String, [Int]).self)
            #expect(rows[0] == (value, "ab", [1, 2, 3]))
        }
        let unsent = await failure { try await client.query("SELECT \("a\0b")") }
        #expect(unsent?.code == .encodingFailed)
        #expect(try await client.answers())
    }

    /// What is remembered of a statement is no more than a guess.
    @Test(arguments: [StatementMode.described, .unnamed], Face.allCases)
    func tablesThatChange(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        let statement: SQL = "SELECT * FROM changing"
        let types: [(SQL, PostgresOID)] = [
            ("7::int4 AS a", .int4), ("'7'::text AS a", .text), ("'=r/postgres'::aclitem AS a", .aclitem),
            ("ARRAY['=r/postgres'::aclitem] AS a", .aclitemArray), ("7::int8 AS a", .int8),
        ]
        for (column, type) in types {
            // Other columns in another number, with and without formats of their own.
            for others: SQL in ["", ", 1 AS b", ", '=r/postgres'::aclitem AS b, 2 AS c"] {
                try await client.simpleQuery("DROP TABLE IF EXISTS changing")
                try await client.simpleQuery("CREATE TEMP TABLE changing AS SELECT \(column)\(others)")
                for _ in 0..<2 {
                    let rows = try await client.query(statement)
                    #expect(rows.columns.descriptions[0].typeOID == type)
                    #expect(try [PostgresValue](rows[0].dictionary().values).count == rows.columns.count)
                    #expect(try rows[0]["a"].description.contains(type == .aclitem ? "=r/" : "") == true)
                }
            }
        }
        #expect(try await client.query("SELECT a FROM changing", as: Int.self) == [7])
    }

    /// One round trip for what is remembered, and nothing that outlives the Sync.
    @Test(arguments: Face.allCases)
    func unnamedInATransaction(_ face: Face) async throws {
        let client = try await client(face, .unnamed)
        defer { client.connection.close() }
        let statement: SQL = "SELECT * FROM changing"
        try await client.simpleQuery("CREATE TEMP TABLE changing AS SELECT 1 AS a, '=r/postgres'::aclitem AS b")
        try await client.query(statement)
        try await client.simpleQuery("ALTER TABLE changing ADD COLUMN c int")
        try await client.execute("BEGIN")
        // The formats are those of two columns: an error of the server's, after which they are forgotten.
        let changed = await failure { try await client.query(statement) }
        #expect(changed?.code == .server && changed?.sqlState == .protocolViolation)
        try await client.execute("ROLLBACK")
        try await client.execute("BEGIN")
        #expect(try await client.query(statement).columns.count == 3)
        try await client.execute("COMMIT")
    }

    @Test(arguments: Face.allCases)
    func formatsAreChosen(_ face: Face) async throws {
        for mode in StatementMode.allCases {
            let client = try await client(face, mode)
            defer { client.connection.close() }
            client.connection.resultFormats = ResultFormats { $0 == .money ? .text : .binary }
            for _ in 0..<2 {
                let rows = try await client.query("SELECT 5::money AS price, 7 AS number")
                #expect(try rows[0].decode("price", as: String.self).hasPrefix("$5"))
                #expect(try rows[0].decode("number", as: Int.self) == 7)
            }
            client.connection.resultFormats = .binary
            let rows = try await client.query("SELECT 5::money AS price, 7 AS number")
            #expect(rows.columns.descriptions[0].format == (mode == .simple ? .text : .binary))
            #expect(try rows[0].decode("price", as: PostgresMoney.self).units == 500)
            // Another mode from the next statement on.
            for other in StatementMode.allCases {
                client.connection.statementMode = other
                #expect(try await client.query("SELECT 7 AS number", as: Int.self) == [7])
            }
        }
    }

    @Test func aPoolLendsAsTheConfigurationSays() async throws {
        var configuration = try TestServer.configuration(.tcp)
        configuration.statementMode = .unnamed
        var size = PoolConfiguration()
        size.maxConnections = 1
        let pool = ConnectionPool(configuration, size)
        defer { pool.close() }
        try await pool.withConnection { connection in
            #expect(connection.statementMode == .unnamed)
            connection.statementMode = .cached
            let five = try await connection.query("SELECT \(5)", as: Int.self)
            #expect(five == [5])
        }
        try await pool.withConnection { connection in #expect(connection.statementMode == .unnamed) }
    }
}
