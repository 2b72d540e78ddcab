import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct ManyTests {
    @Test(arguments: Route.allCases, Face.allCases)
    func everySetIsRunOnce(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        try await client.execute("CREATE TEMPORARY TABLE many (a int8, b text, c float8)")
        let rows = (0..<20_000).lazy.map { ($0, "text \($0)", Double($0) / 2 as Double?) }
        #expect(try await client.executeMany("INSERT INTO many VALUES ($1, $2, $3)", rows) == 20_000)
        let sums = try await client.query(
            "SELECT count(*), sum(a)::int8, sum(c), max(b) FROM many", as: (Int, Int, Double, String).self)
        #expect(sums.first?.0 == 20_000)
        #expect(sums.first?.1 == 199_990_000)
        #expect(sums.first?.2 == 99_995_000)
        #expect(sums.first?.3 == "text 9999")
        #expect(try await client.executeMany("INSERT INTO many VALUES ($1, $2, $3)", [(Int, String, Double?)]()) == 0)
        #expect(try await client.answers())
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func rowsComeInTheOrderOfTheSets(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        let doubled = try await client.queryMany("SELECT $1 * 2, 'ä'", 0..<20_000, as: (Int, String).self)
        #expect(doubled.map(\.0) == (0..<20_000).map { $0 * 2 })
        #expect(doubled.allSatisfy { $0.1 == "ä" })
        let several = try await client.queryMany(
            "SELECT generate_series(1, $1)", [Int32(2), 0, 3], as: Int32.self)
        #expect(several == [1, 2, 1, 2, 3])
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func oneThatFailsUndoesAll(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE undone (a int4 CHECK (a <> 15000))")
        let error = await failure {
            try await client.executeMany("INSERT INTO undone VALUES ($1)", (0..<30_000).lazy.map { Int32($0) })
        }
        #expect(error?.sqlState == .checkViolation)
        #expect(error?.message.contains("at set 15000 of values") == true)
        #expect(try await client.query("SELECT count(*) FROM undone", as: Int.self) == [0])
    }

    @Test(arguments: Face.allCases)
    func aValueThatCannotBeSentUndoesAll(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE unsent (a text)")
        for place in [0, 1, 20_000] {
            let rows = (0..<30_000).lazy.map { $0 == place ? "a\0b" : "text \($0)" }
            let error = await failure { try await client.executeMany("INSERT INTO unsent VALUES ($1)", rows) }
            #expect(error?.code == .encodingFailed)
            #expect(try await client.query("SELECT count(*) FROM unsent", as: Int.self) == [0])
        }
        let mixed = await failure {
            try await client.executeMany("SELECT $1", [1 as PostgresValue, 2.5])
        }
        #expect(mixed?.code == .encodingFailed)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func valuesInTheTextAreRefused(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure { try await client.executeMany("SELECT \(1), $2", [1]) }
        #expect(error?.code == .invalidArgument)
        #expect(await failure { try await client.queryMany("SELECT $1", ["a"], as: Int.self) }?.code == .decodingFailed)
        #expect(try await client.answers())
    }

    /// Neither end may wait for the other to read first.
    @Test(arguments: Face.allCases)
    func bothDirectionsMayBeFullAtOnce(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let long = String(repeating: "x", count: 30_000)
        let lengths = try await client.queryMany(
            "SELECT length($1), repeat('y', 30000)", repeatElement(long, count: 500), as: (Int32, String).self)
        #expect(lengths.count == 500)
        #expect(lengths.allSatisfy { $0.0 == 30_000 && $0.1.utf8.count == 30_000 })
        let results = try await client.pipeline { pipeline in
            try (0..<500).map { _ in try pipeline.query("SELECT \(long), 1::int4", as: (String, Int32).self) }
        }
        #expect(try results.allSatisfy { try $0.get().first?.0 == long })
    }

    @Test(arguments: Face.allCases)
    func aLimitUndoesAllThatWasSent(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE ended (a int8)")
        // The source goes on as long as somebody takes of it, and the server keeps up.
        let error = await failure {
            switch face {
            case .blocking: try blocking(client.connection)
            case .suspending:
                try await client.connection.within(.milliseconds(300)).executeMany(
                    "INSERT INTO ended VALUES ($1)", 0..<Int.max)
            }
        }
        #expect(error?.code == .timedOut)
        if client.connection.isUsable {
            #expect(try await client.query("SELECT count(*) FROM ended", as: Int.self) == [0])
        }
        func blocking(_ connection: Connection) throws {
            try connection.within(.milliseconds(300)).executeMany("INSERT INTO ended VALUES ($1)", 0..<Int.max)
        }
    }

    @Test func aCancelledTaskUndoesAllThatWasSent() async throws {
        let pool = ConnectionPool(try TestServer.configuration(.tcp))
        defer { pool.close() }
        let name = Identifier("cancelled_\(UInt64.random(in: .min ... .max))")
        try await pool.execute("CREATE TABLE \(identifier: name) (a int8)")
        let error = await withTaskGroup(of: PostgresError?.self) { group in
            group.addTask {
                await failure {
                    try await pool.executeMany("INSERT INTO \(identifier: name) VALUES ($1)", 0..<Int.max)
                }
            }
            try? await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error?.code == .cancelled)
        #expect(try await pool.query("SELECT count(*) FROM \(identifier: name)", as: Int.self) == [0])
        try await pool.execute("DROP TABLE \(identifier: name)")
    }

    @Test(arguments: Face.allCases)
    func whatFailsAtTheCommitIsSaidToHaveFailedThere(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute(
            "CREATE TEMPORARY TABLE late (a int4 PRIMARY KEY, b int4 REFERENCES late DEFERRABLE INITIALLY DEFERRED)")
        let rows: [(Int32, Int32)] = [(1, 1), (2, 9), (3, 1)]
        let error = await failure { try await client.executeMany("INSERT INTO late VALUES ($1, $2)", rows) }
        #expect(error?.sqlState == .foreignKeyViolation)
        #expect(error?.message.contains("after the last set of values") == true)
        #expect(try await client.query("SELECT count(*) FROM late", as: Int.self) == [0])
    }
}
