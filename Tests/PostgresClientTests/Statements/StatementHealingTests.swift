import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Statements that were prepared before something happened that makes them useless.
@Suite(.ownThread) struct StatementHealingTests {
    /// Runs a body with a table that another session may change, and that session.
    private func withTable(
        _ face: Face, _ body: (_ client: Client, _ other: Client, _ table: SQL) async throws -> Void
    ) async throws {
        let other = try await Client.connect(.tcp, .suspending)
        defer { other.connection.close() }
        let table: SQL = "\(identifier: "healing\(UInt64.random(in: 0 ... .max))")"
        try await other.execute("CREATE TABLE \(table) (a int)")
        let result: Result<Void, any Error>
        do {
            try await other.execute("INSERT INTO \(table) VALUES (1)")
            let client = try await Client.connect(.tcp, face)
            defer { client.connection.close() }
            try await body(client, other, table)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await other.execute("DROP TABLE \(table)")
        try result.get()
    }

    private let kept: SQL =
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT * FROM \"healing%'"

    @Test(arguments: Face.allCases)
    func columnsThatAnotherSessionAdds(_ face: Face) async throws {
        try await withTable(face) { client, other, table in
            let statement: SQL = "SELECT * FROM \(table)"
            #expect(try await client.query(statement).columns.count == 1)
            try await other.execute("ALTER TABLE \(table) ADD COLUMN b text DEFAULT 'new'")
            let rows = try await client.query(statement)
            #expect(try rows[0]["b"] == "new")
            // The old one is closed with the flight of the new one.
            #expect(try await client.query(kept, as: Int.self) == [1])
            try await other.execute("ALTER TABLE \(table) ALTER COLUMN a TYPE text")
            #expect(try await client.query(statement, as: (String, String).self)[0] == ("1", "new"))
            // A stream that has delivered nothing.
            try await other.execute("ALTER TABLE \(table) DROP COLUMN b")
            let stream = client.connection.stream(statement)
            #expect(try await client.next(stream)?.count == 1)
            #expect(try await client.next(stream) == nil)
            #expect(try await client.answers())
        }
    }

    @Test(arguments: Face.allCases)
    func inATransactionTheErrorComesOut(_ face: Face) async throws {
        try await withTable(face) { client, other, table in
            let statement: SQL = "SELECT * FROM \(table)"
            try await client.query(statement)
            try await other.execute("ALTER TABLE \(table) ADD COLUMN b text")
            try await client.execute("BEGIN")
            let changed = await failure { try await client.query(statement) }
            #expect(changed?.code == .server && changed?.sqlState == .featureNotSupported)
            try await client.execute("ROLLBACK")
            // Forgotten by both.
            #expect(try await client.query(kept, as: Int.self) == [0])
            try await client.execute("BEGIN")
            #expect(try await client.query(statement).columns.count == 2)
            try await client.execute("COMMIT")

            try await client.query(statement)
            try await client.query("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
            try await client.simpleQuery("BEGIN")
            let lost = await failure { try await client.query(statement) }
            #expect(lost?.code == .preparedStatementLost && lost?.sqlState == .invalidSqlStatementName)
            #expect(lost?.message.contains("statementMode") == true)
            try await client.simpleQuery("ROLLBACK")
            #expect(try await client.query(statement).columns.count == 2)
        }
    }

    @Test(arguments: Face.allCases, ["DISCARD ALL", "DEALLOCATE ALL", "DISCARD PLANS"])
    func statementsThatAreDiscarded(_ face: Face, _ discard: String) async throws {
        try await withTable(face) { client, _, table in
            let statement: SQL = "SELECT * FROM \(table)"
            for isSeen in [true, false] where isSeen || discard == "DEALLOCATE ALL" {
                #expect(try await client.query(statement).count == 1)
                if isSeen {
                    try await client.simpleQuery(SQL(unsafeSQL: discard))
                } else {
                    // Without a tag that would tell.
                    try await client.simpleQuery(SQL(unsafeSQL: "DO $$ BEGIN EXECUTE '\(discard)'; END $$"))
                }
                #expect(try await client.query(statement).count == 1)
                #expect(try await client.query(statement).count == 1)
            }
        }
    }

    /// The error of a statement that a user prepared by SQL is nobody else's, and so is one that a function keeps.
    @Test(arguments: Face.allCases)
    func otherErrorsOfTheseCodesAreLeftAlone(_ face: Face) async throws {
        try await withTable(face) { client, other, table in
            let heard = Heard()
            client.connection.onNotice = { heard.append($0) }
            let name = await failure { try await client.query("EXECUTE there_is_none") }
            #expect(name?.code == .server && name?.sqlState == .invalidSqlStatementName)
            try await client.execute("PREPARE twice AS SELECT 1")
            let twice = await failure { try await client.query("PREPARE twice AS SELECT 1") }
            #expect(twice?.code == .server && twice?.sqlState == .duplicatePreparedStatement)
            // Run once: the notice is heard once for each call.
            try await client.execute(
                """
                CREATE FUNCTION pg_temp.refuses() RETURNS int LANGUAGE plpgsql AS $$
                BEGIN RAISE NOTICE 'called'; RAISE EXCEPTION 'not today' USING ERRCODE = '0A000'; END $$
                """)
            for count in 1...2 {
                let refused = await failure { try await client.query("SELECT pg_temp.refuses()") }
                #expect(refused?.sqlState == .featureNotSupported)
                #expect(heard.notices.filter { $0.message == "called" }.count == count)
            }
        }
    }

    @Test(arguments: Face.allCases)
    func preparedByHand(_ face: Face) async throws {
        try await withTable(face) { client, other, table in
            let statement = try await client.prepare("SELECT * FROM \(table) WHERE a = $1")
            #expect(try await client.run(statement, Int32(1)).columns.count == 1)
            try await other.execute("ALTER TABLE \(table) ADD COLUMN b text DEFAULT 'new'")
            #expect(try await client.run(statement, Int32(1))[0]["b"] == "new")
            #expect(statement.columns.count == 2)
            #expect(try await client.query(kept, as: Int.self) == [1])

            // In a transaction the error comes out, and the statement is fresh after it.
            try await other.execute("ALTER TABLE \(table) ADD COLUMN c int")
            try await client.execute("BEGIN")
            let changed = await failure { try await client.run(statement, Int32(1)) }
            #expect(changed?.sqlState == .featureNotSupported)
            try await client.execute("ROLLBACK")
            try await client.execute("BEGIN")
            #expect(try await client.run(statement, Int32(1)).columns.count == 3)
            try await client.execute("COMMIT")

            for discard: SQL in ["DISCARD ALL", "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"] {
                try await client.simpleQuery(discard)
                #expect(try await client.run(statement, Int32(1)).columns.count == 3)
            }
            // Other parameters are no cure.
            try await other.execute("ALTER TABLE \(table) ALTER COLUMN a TYPE text")
            let types = await failure { try await client.run(statement, Int32(1)) }
            #expect(types != nil)
            try await other.execute("ALTER TABLE \(table) DROP COLUMN a")
            let gone = await failure { try await client.run(statement, "1") }
            #expect(gone?.sqlState == .undefinedColumn)
            #expect(try await client.answers())
        }
    }

    @Test(arguments: Face.allCases)
    func preparedByHandAsTuples(_ face: Face) async throws {
        try await withTable(face) { client, other, table in
            let statement = try await client.prepare("SELECT a FROM \(table) WHERE $1::int = 7")
            #expect(try await client.runOne(statement, Int32(7), as: Int.self) == [1])
            try await other.execute("ALTER TABLE \(table) ALTER COLUMN a TYPE int8")
            #expect(try await client.runOne(statement, Int32(7), as: Int.self) == [1])
            #expect(statement.columns.descriptions[0].typeOID == .int8)
        }
    }

    @Test(arguments: Face.allCases)
    func theCapacityIsTheConfigurations(_ face: Face) async throws {
        for (capacity, kept) in [(0, 0), (1, 1), (5, 5)] {
            var configuration = try TestServer.configuration(.tcp)
            configuration.statementCacheCapacity = capacity
            let client = try await Client.connect(configuration, face)
            defer { client.connection.close() }
            for _ in 0..<2 {
                for number in 0..<12 {
                    let sql = SQL(unsafeSQL: "SELECT \(number) + $1", parameters: [1])
                    #expect(try await client.query(sql, as: Int.self) == [number + 1])
                }
            }
            let names = try await client.simpleQuery("SELECT name FROM pg_prepared_statements")
            // What is evicted last is closed with the next flight, which the simple protocol has none of.
            #expect((kept...kept + (kept > 0 ? 1 : 0)).contains(names[0].count), "\(capacity)")
        }
        var configuration = try TestServer.configuration(.tcp)
        configuration.statementCacheCapacity = -1
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(error?.code == .invalidConfiguration)
    }
}
