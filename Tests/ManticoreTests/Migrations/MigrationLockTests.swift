import Manticore
import PostgresWire
import Testing

@Suite(.ownThread) struct MigrationLockTests {
    private func lock(
        _ dialect: MigrationDialect = .postgreSQL, timeout: Duration = .seconds(60)
    ) throws -> MigrationLock {
        try MigrationLock(
            dialect, schema: "public", table: "_migrations", timeout: timeout, token: PostgresUUID(high: 5, low: 6),
            holder: "here:42")
    }

    @Test func keyIsTheHashOfItsNames() throws {
        // printf 'manticore\0public\0_migrations' | sha256sum | cut -c1-16
        #expect(
            try MigrationLock.key(schema: "public", table: "_migrations") == Int64(bitPattern: 0xE0FE_6BB8_3447_B3D2))
        #expect(try MigrationLock.key(schema: "a", table: "b") != MigrationLock.key(schema: "b", table: "a"))
    }

    @Test func asksAgainUntilItIsFree() throws {
        var server = ScriptedServer()
        for _ in 0..<20 { server.reply("SELECT pg_catalog.pg_try_advisory_lock", [[false]]) }
        var lock = try lock()
        let start = server.clock
        try server.run(&lock)
        #expect(server.log.count { $0 == "lock" } == 21)
        #expect(server.log.count { $0 == "sleep" } == 20)
        #expect(server.log.filter { $0.hasPrefix("[") } == ["[waiting]"])
        // 25, 50, 100, 200, 400, 800 ms, then a second each, all give or take a quarter.
        let waited = server.clock - start
        #expect(waited > .seconds(11.5) && waited < .seconds(19.6), "\(waited)")
    }

    @Test func namesWhoHasIt() throws {
        var server = ScriptedServer()
        for _ in 0..<500 { server.reply("SELECT pg_catalog.pg_try_advisory_lock", [[false]]) }
        server.reply("SELECT l.pid", [[4711, "app", "deploy"]])
        var lock = try lock(timeout: .seconds(5))
        let start = server.clock
        expectRefusal("4711", "app", "deploy", "5.0 seconds", code: .migrationLocked) { try server.run(&lock) }
        #expect(server.log.last == "holders")
        #expect(server.clock - start < .seconds(5.5))
    }

    @Test func aTimeoutOfNothingAsksOnce() throws {
        var server = ScriptedServer()
        server.reply("SELECT pg_catalog.pg_try_advisory_lock", [[false]])
        server.fail("SELECT l.pid", serverError("permission denied", .insufficientPrivilege))
        var lock = try lock(timeout: .zero)
        expectRefusal("another runner", code: .migrationLocked) { try server.run(&lock) }
        #expect(server.log == ["lock", "holders"])
    }

    @Test func isARowOnCockroachDB() throws {
        var server = ScriptedServer()
        server.reply(#"INSERT INTO "public"."_migrations_lock""#, [], tag: "INSERT 0 1")
        var lock = try lock(.cockroachDB)
        try server.run(&lock)
        #expect(server.log.count == 2)
        #expect(server.log[0].hasPrefix(#"CREATE TABLE IF NOT EXISTS "public"."_migrations_lock""#))
        guard case .query(let release) = lock.release else {
            Issue.record("no statement")
            return
        }
        #expect(try release.render().text == #"DELETE FROM "public"."_migrations_lock" WHERE id = 1 AND token = $1"#)
        #expect(try release.render().parameters.first as? PostgresUUID == PostgresUUID(high: 5, low: 6))
    }

    @Test func saysHowToClearAClaimOnCockroachDB() throws {
        var server = ScriptedServer()
        server.reply(#"INSERT INTO "public"."_migrations_lock""#, [], tag: "INSERT 0 0")
        let token = PostgresUUID(high: 7, low: 8)
        let since = PostgresTimestampWithTimeZone(microsecondsSince2000: 0)
        server.reply("SELECT token, holder", [[.uuid(token), "there:99", .timestampWithTimeZone(since)]])
        var lock = try lock(.cockroachDB)
        expectRefusal(
            "there:99", "2000-01-01 00:00:00+00",
            #"DELETE FROM "public"."_migrations_lock" WHERE id = 1 AND token = '\#(token)'"#, code: .migrationLocked
        ) { try server.run(&lock) }
        server.reply(#"INSERT INTO "public"."_migrations_lock""#, [], tag: "INSERT 0 0")
        server.reply("SELECT token, holder", [])
        var again = try self.lock(.cockroachDB)
        expectRefusal("released", code: .migrationLocked) { try server.run(&again) }
    }
}
