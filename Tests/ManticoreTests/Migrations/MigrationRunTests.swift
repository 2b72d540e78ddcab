import Manticore
import PostgresWire
import Testing

@Suite struct MigrationRunTests {
    private let context = MigrationContext(token: PostgresUUID(high: 1, low: 2), holder: "host:1")
    private let files: KeyValuePairs = [
        "1_create_a.sql": "CREATE a;\n-- @UNDO\nDROP a;", "2_create_b.sql": "CREATE b1; CREATE b2;\n-- @UNDO\nDROP b;",
    ]

    private func run(
        _ command: MigrationCommand, on server: inout ScriptedServer, _ context: MigrationContext? = nil
    ) throws -> Int {
        var run = MigrationRun(command, try migrationSources(files), context ?? self.context)
        try server.run(&run)
        return run.count
    }

    private func failure(
        _ command: MigrationCommand, on server: inout ScriptedServer, _ context: MigrationContext? = nil
    ) throws -> PostgresError {
        do {
            let count = try run(command, on: &server, context)
            Issue.record("did not fail but returned \(count)")
            return PostgresError(.invalidArgument, "")
        } catch let error as PostgresError {
            return error
        }
    }

    @Test func appliesAndRecords() throws {
        var server = ScriptedServer()
        #expect(try run(.migrate(to: nil), on: &server) == 2)
        #expect(
            server.log == [
                "session", "lock", "inspect", "columns", "read",
                "[applying 1 1/2]", "BEGIN", "CREATE a", "restore", "record", "COMMIT", "[applied 1 1]",
                "[applying 2 2/2]", "BEGIN", "CREATE b1", "CREATE b2", "restore", "record", "COMMIT", "[applied 2 2]",
                "unlock", "abandon",
            ])
        #expect(server.rows.map(\.version) == ["1", "2"])
        #expect(server.rows.map(\.description) == ["create a", "create b"])
        #expect(server.rows.map(\.undo) == ["DROP a;", "DROP b;"])
        #expect(server.rows.map(\.sequence) == [1, 2])
        #expect(server.rows.allSatisfy { $0.token == context.token })
    }

    @Test func rollsBackAndAppliesAgain() throws {
        var server = ScriptedServer()
        _ = try run(.migrate(to: nil), on: &server)
        server.log = []
        #expect(try run(.rollback(count: 2), on: &server) == 2)
        #expect(
            server.log == [
                "session", "lock", "inspect", "columns", "read",
                "[rolling back 2 1/2]", "BEGIN", "DROP b", "restore", "remove", "COMMIT", "[rolled back 2 1]",
                "[rolling back 1 2/2]", "BEGIN", "DROP a", "restore", "remove", "COMMIT", "[rolled back 1 1]",
                "unlock", "abandon",
            ])
        #expect(server.rows.isEmpty)
        var other = context
        other.token = PostgresUUID(high: 3, low: 4)
        #expect(try run(.migrate(to: nil), on: &server, other) == 2)
        #expect(try run(.migrate(to: nil), on: &server) == 0)
    }

    @Test func createsTheTable() throws {
        var server = ScriptedServer()
        server.tableExists = false
        #expect(try run(.migrate(to: nil), on: &server) == 2)
        #expect(server.log.starts(with: ["session", "lock", "inspect", "create", "inspect", "columns", "read"]))
    }

    @Test(arguments: [SQLState.uniqueViolation, .duplicateTable, .duplicateObject])
    func lateForTheTableIsInTime(_ state: SQLState) throws {
        var server = ScriptedServer()
        server.reply("WITH RECURSIVE mine", [])
        server.fail("CREATE TABLE IF NOT EXISTS", serverError("there already", state))
        #expect(try run(.migrate(to: nil), on: &server) == 2)
    }

    @Test func givesUpOnATableThatWillNotBe() throws {
        var server = ScriptedServer()
        for _ in 0..<4 {
            server.reply("WITH RECURSIVE mine", [])
            server.fail("CREATE TABLE IF NOT EXISTS", serverError("there already", .duplicateTable))
        }
        #expect(try failure(.migrate(to: nil), on: &server).code == .migrationTable)
        #expect(server.log.last == "unlock")
        server = ScriptedServer()
        server.tableExists = false
        server.fail("CREATE TABLE IF NOT EXISTS", serverError("permission denied", .insufficientPrivilege))
        #expect(try failure(.migrate(to: nil), on: &server).sqlState == .insufficientPrivilege)
        #expect(server.log.last == "unlock")
    }

    @Test(
        arguments: [
            (["v", "me", true, false, true, false, false, "me"], "a view"),
            (["p", "me", true, false, false, false, false, "me"], "a partitioned table"),
            (["r", "eve", false, false, false, false, false, "me"], "belongs to eve"),
            (["r", "me", true, true, false, false, false, "me"], "triggers"),
            (["r", "me", true, false, true, false, false, "me"], "rules"),
            (["r", "me", true, false, false, true, false, "me"], "row security"),
            (["r", "me", true, false, false, false, true, "me"], "inheritance"),
            (["r", "me", nil, false, false, false, false, "me"], "belongs to me"),
            ([], "does not say"), (["r"], "does not say"),
        ] as [([PostgresValue], String)])
    func refusesATableThatMightRunCode(_ row: [PostgresValue], _ word: String) throws {
        var server = ScriptedServer()
        server.reply("WITH RECURSIVE mine", [row])
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.code == .migrationTable)
        #expect(error.message.contains(word) && error.message.contains("public._migrations"), "\(error.message)")
        #expect(server.log == ["session", "lock", "inspect", "unlock"])
        var reading = MigrationReading(context)
        server.log = []
        server.reply("WITH RECURSIVE mine", [row])
        #expect(throws: PostgresError.self) { try server.run(&reading) }
        #expect(server.log == ["session", "inspect"])
    }

    @Test func adoptsAnOlderTable() throws {
        var server = ScriptedServer()
        server.reply(
            "SELECT a.attname",
            [
                ["version", "int4"], ["description", "text"], ["applied_at", "timestamptz"], ["state", "text"],
            ])
        server.rows = [
            ScriptedServer.Row(
                version: "001", description: "old_one", appliedAt: 5, undo: nil, token: nil, sequence: nil)
        ]
        #expect(try run(.migrate(to: nil), on: &server) == 1)
        let table = #"ALTER TABLE "public"."_migrations" "#
        #expect(
            server.log[3..<14] == [
                "columns", "BEGIN", table + "ADD COLUMN IF NOT EXISTS checksum pg_catalog.text",
                table + "ADD COLUMN IF NOT EXISTS undo_sql pg_catalog.text",
                table + "ADD COLUMN IF NOT EXISTS execution_ms pg_catalog.int8",
                table + "ADD COLUMN IF NOT EXISTS run_token pg_catalog.uuid",
                table + "ADD COLUMN IF NOT EXISTS statements pg_catalog.int4",
                table + "ADD COLUMN IF NOT EXISTS sequence pg_catalog.int8",
                table + "ALTER COLUMN version TYPE pg_catalog.text USING version::pg_catalog.text", "COMMIT", "inspect",
            ])
        #expect(server.rows.map(\.version) == ["001", "2"])
        #expect(server.rows.map(\.sequence) == [nil, 1])
    }

    @Test func adoptionThatFailsIsRolledBack() throws {
        var server = ScriptedServer()
        server.reply(
            "SELECT a.attname", [["version", "text"], ["description", "text"], ["applied_at", "timestamptz"]])
        server.fail("ALTER TABLE", serverError("permission denied", .insufficientPrivilege))
        #expect(try failure(.migrate(to: nil), on: &server).sqlState == .insufficientPrivilege)
        #expect(server.log.suffix(2) == ["ROLLBACK", "unlock"])
    }

    @Test func refusesATableOfSomethingElse() throws {
        for columns in [
            [["version", "text"], ["dirty", "bool"]],
            [["version", "bytea"], ["description", "text"], ["applied_at", "timestamptz"]],
        ] as [[[PostgresValue]]] {
            var server = ScriptedServer()
            server.reply("SELECT a.attname", columns)
            #expect(try failure(.migrate(to: nil), on: &server).code == .migrationTable)
        }
        var server = ScriptedServer()
        server.rows = [
            ScriptedServer.Row(version: "V1", description: "x", appliedAt: 5, undo: nil, token: nil, sequence: nil)
        ]
        #expect(try failure(.migrate(to: nil), on: &server).code == .migrationTable)
    }

    @Test func readsAnOlderTableWithoutChangingIt() throws {
        var server = ScriptedServer()
        server.reply(
            "SELECT a.attname", [["version", "int8"], ["description", "text"], ["applied_at", "timestamp"]])
        let time = PostgresTimestamp(microsecondsSince2000: 77)
        server.reply("SELECT version, description, applied_at FROM", [[7, "create_users", .timestamp(time)]])
        var reading = MigrationReading(context)
        try server.run(&reading)
        #expect(reading.applied.map(\.version) == ["7"])
        #expect(reading.applied.map(\.description) == ["create users"])
        #expect(reading.applied.map(\.appliedAt.microsecondsSince2000) == [77])
        #expect(reading.table == Identifier("public", "_migrations"))
        #expect(server.log.count == 4)
        server.tableExists = false
        var again = MigrationReading(context)
        try server.run(&again)
        #expect(again.applied.isEmpty && server.log.last == "inspect")
    }

    @Test func aFailingStatementLeavesNothing() throws {
        var server = ScriptedServer()
        server.fail("CREATE b2", serverError("type \"b2\" does not exist", .undefinedObject, position: 8))
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.code == .migrationFailed)
        #expect(error.sqlState == .undefinedObject)
        #expect(error.statement == "CREATE b2")
        #expect(
            error.message == "m/2_create_b.sql:1:19: type \"b2\" does not exist; rolled back: nothing of this "
                + "migration remains; applied by this run before it and kept: 1")
        #expect(error.description.contains("CREATE b2\n           ^"), "\(error.description)")
        #expect(server.log.suffix(5) == ["CREATE b2", "ROLLBACK", "[failed 2]", "unlock", "abandon"])
        #expect(server.rows.map(\.version) == ["1"])
    }

    @Test func aRollbackThatFailsLeavesTheMigrationApplied() throws {
        var server = ScriptedServer()
        _ = try run(.migrate(to: nil), on: &server)
        server.fail("DROP a", serverError("in use", .objectInUse))
        let error = try failure(.rollback(count: 2), on: &server)
        #expect(
            error.message.hasPrefix("m/1_create_a.sql:3:1: in use; rolled back: this migration is applied as it was"))
        #expect(error.message.hasSuffix("rolled back by this run before it: 1"))
        #expect(server.rows.map(\.version) == ["1"])
    }

    @Test func aStatementThatEndsTheTransactionIsNotCalledHarmless() throws {
        var server = ScriptedServer()
        server.reply("CREATE a", [])
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.code == .migrationFailed)
        #expect(error.message.contains("may remain") && !error.message.contains("nothing of this"))
        #expect(server.log.suffix(3) == ["ROLLBACK", "[failed 1]", "unlock"])
    }

    @Test func aRecordThatFailsRollsBack() throws {
        var server = ScriptedServer()
        server.fail(#"INSERT INTO "public"."_migrations""#, serverError("duplicate key", .uniqueViolation))
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.message.contains("could not be recorded in public._migrations"))
        #expect(server.rows.isEmpty)
        #expect(server.log.suffix(3) == ["ROLLBACK", "[failed 1]", "unlock"])
    }

    @Test func aRowThatVanishedFailsTheRollback() throws {
        var server = ScriptedServer()
        _ = try run(.migrate(to: nil), on: &server)
        server.reply(#"DELETE FROM "public"."_migrations""#, [], tag: "DELETE 0")
        #expect(try failure(.rollback(count: 1), on: &server).code == .migrationTable)
        #expect(server.log.suffix(3) == ["ROLLBACK", "[failed 2]", "unlock"])
    }

    @Test func commitAnsweredByRollbackIsAnError() throws {
        var server = ScriptedServer()
        server.reply("COMMIT", [], tag: "ROLLBACK")
        #expect(try failure(.migrate(to: nil), on: &server).code == .transactionRolledBack)
        #expect(server.log.suffix(2) == ["[failed 1]", "unlock"])
    }

    @Test func commitThatIsRefusedIsARollback() throws {
        var server = ScriptedServer()
        server.fail("COMMIT", serverError("violates foreign key", .foreignKeyViolation))
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.code == .migrationFailed)
        #expect(error.message.contains("at COMMIT") && error.message.contains("nothing of this migration remains"))
    }

    @Test(arguments: [
        PostgresError(.connectionLost, "the server closed the connection"), PostgresError(.cancelled, "cancelled"),
        PostgresError(.timedOut, "too late"),
        serverError("terminating connection", .adminShutdown, severity: "FATAL"),
    ])
    func aLostCommitIsUnknown(_ lost: PostgresError) throws {
        var server = ScriptedServer()
        server.fail("COMMIT", lost)
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.code == .outcomeUnknown)
        for words in ["version 1", context.token.description, #"SELECT 1 FROM "public"."_migrations""#] {
            #expect(error.message.contains(words), "\(error.message)")
        }
        #expect(server.log.suffix(3) == ["COMMIT", "[failed 1]", "abandon"])
    }

    @Test func aSecondRunWithTheSameTokenCountsWhatWasCommitted() throws {
        var server = ScriptedServer()
        server.fail("COMMIT", PostgresError(.connectionLost, "gone"))
        _ = try failure(.migrate(to: nil), on: &server)
        // The commit had arrived after all.
        #expect(server.rows.map(\.version) == ["1"])
        #expect(try run(.migrate(to: nil), on: &server) == 2)
        #expect(server.rows.map(\.version) == ["1", "2"])
    }

    @Test func aLostConnectionIsAbandonedWithItsLock() throws {
        var server = ScriptedServer()
        server.fail("CREATE a", PostgresError(.connectionLost, "the server closed the connection"))
        let error = try failure(.migrate(to: nil), on: &server)
        #expect(error.code == .connectionLost)
        #expect(error.message.contains("m/1_create_a.sql:1:1") && error.message.contains("nothing of this migration"))
        #expect(server.log.suffix(3) == ["CREATE a", "[failed 1]", "abandon"])
    }

    @Test(arguments: ["BEGIN", "CREATE a", "SELECT pg_catalog.pg_try_advisory_lock", "CREATE TABLE IF NOT EXISTS"])
    func onlyCommitHasAnUnknownOutcome(_ prefix: String) throws {
        var server = ScriptedServer()
        server.tableExists = false
        server.fail(prefix, PostgresError(.outcomeUnknown, "gone"))
        #expect(try failure(.migrate(to: nil), on: &server).code == .connectionLost)
        #expect(server.log.last == "abandon")
    }

    @Test func cancellationRollsBackIfItCan() throws {
        var server = ScriptedServer()
        server.fail("CREATE a", PostgresError(.cancelled, "cancelled"))
        #expect(try failure(.migrate(to: nil), on: &server).code == .cancelled)
        #expect(server.log.suffix(3) == ["ROLLBACK", "[failed 1]", "unlock"])
        server = ScriptedServer()
        server.fail("CREATE a", PostgresError(.cancelled, "cancelled"))
        server.fail("ROLLBACK", PostgresError(.cancelled, "cancelled"))
        #expect(try failure(.migrate(to: nil), on: &server).code == .cancelled)
        #expect(server.log.suffix(3) == ["ROLLBACK", "[failed 1]", "abandon"])
    }

    @Test func anUnlockThatFailsEndsTheSession() throws {
        var server = ScriptedServer()
        server.fail("SELECT pg_catalog.pg_advisory_unlock", PostgresError(.connectionLost, "gone"))
        #expect(try run(.migrate(to: nil), on: &server) == 2)
        #expect(server.log.suffix(2) == ["unlock", "abandon"])
    }

    @Test func refusalsComeBeforeAnythingRuns() throws {
        var server = ScriptedServer()
        let target = try MigrationCommand.version("9")
        #expect(try failure(.migrate(to: target), on: &server).code == .migrationTarget)
        #expect(server.log == ["session", "lock", "inspect", "columns", "read", "unlock"])
    }

    @Test func wantsASchema() throws {
        var server = ScriptedServer()
        server.reply("SELECT (pg_catalog.current_schemas", [[nil, "none", "nowhere"]])
        #expect(try failure(.migrate(to: nil), on: &server).message.contains("search_path"))
        server.reply("SELECT (pg_catalog.current_schemas", [[nil, "none", "nowhere"]])
        var named = context
        named.table = Identifier("public", "_migrations")
        #expect(try run(.migrate(to: nil), on: &server, named) == 2)
    }

    @Test func asksNothingOfPostgreSQLFromCockroachDB() throws {
        var cockroach = context
        cockroach.dialect = .cockroachDB
        var server = ScriptedServer()
        server.reply(#"INSERT INTO "public"."_migrations_lock""#, [], tag: "INSERT 0 1")
        server.reply("SELECT (pg_catalog.current_schemas", [["public"]])
        server.reply("SELECT c.relkind FROM", [["r"]])
        // There a schema change may end the transaction.
        server.reply("CREATE a", [])
        #expect(try run(.migrate(to: nil), on: &server, cockroach) == 2)
        #expect(!server.log.contains("lock") && !server.log.contains("restore") && !server.log.contains("unlock"))
        #expect(server.log[1].hasPrefix(#"CREATE TABLE IF NOT EXISTS "public"."_migrations_lock""#))
        #expect(
            server.log.suffix(2) == [
                #"DELETE FROM "public"."_migrations_lock" WHERE id = 1 AND token = $1"#, "abandon",
            ])

        server.reply(#"INSERT INTO "public"."_migrations_lock""#, [], tag: "INSERT 0 1")
        server.reply("SELECT (pg_catalog.current_schemas", [["public"]])
        server.reply("SELECT c.relkind FROM", [["r"]])
        server.fail("DROP b", serverError("no", .dependentObjectsStillExist))
        let error = try failure(.rollback(count: 1), on: &server, cockroach)
        #expect(error.message.contains("CockroachDB may keep schema changes"))
    }

    @Test func everyFailureEndsTheRunCleanly() throws {
        // Whatever request fails, and however: the run ends, and leaves neither a transaction nor the lock behind.
        for error in [serverError("refused", .insufficientPrivilege), PostgresError(.cancelled, "cancelled")] {
            var clean = ScriptedServer()
            _ = try run(.migrate(to: nil), on: &clean)
            let requests = clean.log.count { !$0.hasPrefix("[") && $0 != "abandon" }
            for number in 0..<requests {
                var server = FailingServer(failingRequest: number, error: error)
                var run = MigrationRun(.migrate(to: nil), try migrationSources(files), context)
                let end = server.run(&run)
                #expect(!server.isInTransaction || server.isAbandoned, "request \(number)")
                #expect(!server.isLocked || server.isAbandoned, "request \(number)")
                #expect((end == nil) == (number == requests - 1), "request \(number)")
            }
        }
    }
}
