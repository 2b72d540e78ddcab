import Foundation
import Manticore
import ManticoreTesting
import Testing

/// What Ctrl-C and its like do to commands that wait for a server.
@Suite struct InterruptedCommandTests {
    /// How many other sessions sleep.
    private static let sleepers: SQL = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"

    private static func waitForSleepers(_ count: Int, _ db: Database) async throws {
        while try await db.query(sleepers, as: Int.self) != [count] { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Starts the command, waits until the server sleeps for it, and sends the signals.
    private func interrupt(
        _ arguments: [String], _ db: Database, in folder: Scratch, signals: [Int32]
    ) async throws -> CommandRun {
        let streams = try Scratch()
        defer { streams.remove() }
        let run = try CommandRun.start(arguments, in: folder.path, streams: streams)
        try await Self.waitForSleepers(1, db)
        for (index, signal) in signals.enumerated() {
            // Two at once may be one.
            while index > 0, streams.text("error").isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            kill(run.processID, signal)
        }
        return await run.finish()
    }

    /// The statement is cancelled on the server, and none after it is run.
    @Test(arguments: [(SIGINT, 130, false), (SIGTERM, 143, false), (SIGINT, 130, true)])
    func statementsAreCancelled(_ signal: Int32, _ status: Int32, _ isEncrypted: Bool) async throws {
        try await EphemeralPostgres.withServer(.init(tls: isEncrypted)) { server in
            let folder = try Scratch()
            defer { folder.remove() }
            let db = try Database(url: server.url)
            defer { db.close() }
            try folder.write(
                "work.sql",
                """
                CREATE TABLE before (a int);
                SELECT pg_sleep(600);
                CREATE TABLE after (a int);
                """)
            let run = try await interrupt(
                ["sql", "--csv", "--url", server.url, "work.sql"], db, in: folder, signals: [signal])
            #expect(run.status == status)
            #expect(run.output == "CREATE TABLE\n")
            #expect(run.error.contains("57014: canceling statement due to user request"), "\(run.error)")
            #expect(run.error.contains("in the statement at work.sql:2:1:"), "\(run.error)")
            #expect(try await db.query(Self.sleepers, as: Int.self) == [0])
            #expect(try await db.query("SELECT to_regclass('after') IS NULL", as: Bool.self) == [true])
        }
    }

    /// A server that does not react is not waited for at the second signal.
    @Test func theSecondSignalEndsAtOnce() async throws {
        try await EphemeralPostgres.withServer { server in
            let folder = try Scratch()
            defer { folder.remove() }
            let db = try Database(url: server.url)
            defer { db.close() }
            try folder.write(
                "stubborn.sql",
                """
                DO $$ BEGIN LOOP
                    BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN RAISE NOTICE 'no'; END;
                END LOOP; END $$
                """)
            let run = try await interrupt(
                ["sql", "--url", server.url, "stubborn.sql"], db, in: folder, signals: [SIGINT, SIGINT])
            #expect(run.status == 130)
            // With a single one the connection is given up with an error, after some seconds.
            #expect(!run.error.contains("outcome unknown"), "\(run.error)")
        }
    }

    @Test func migrationsAreCancelledAndRolledBack() async throws {
        try await EphemeralPostgres.withServer { server in
            let folder = try Scratch()
            defer { folder.remove() }
            let db = try Database(url: server.url)
            defer { db.close() }
            try folder.write("migrations/1_first.sql", "CREATE TABLE one (a int);\n-- @UNDO\nSELECT pg_sleep(600);\n")
            try folder.write("migrations/2_second.sql", "CREATE TABLE two (a int);\nSELECT pg_sleep(600);\n")
            let run = try await interrupt(["migrate", "--url", server.url], db, in: folder, signals: [SIGINT])
            #expect(run.status == 130)
            #expect(run.output.hasPrefix("applied 1 first"))
            #expect(run.error.contains("57014") && run.error.contains("2_second.sql:2:1"), "\(run.error)")
            // Said once.
            #expect(run.error.components(separatedBy: "canceling statement").count == 2, "\(run.error)")
            #expect(try await db.query(Self.sleepers, as: Int.self) == [0])
            #expect(try await db.query("SELECT version FROM _migrations", as: String.self) == ["1"])
            #expect(try await db.query("SELECT to_regclass('two') IS NULL", as: Bool.self) == [true])
            let back = try await interrupt(["rollback", "--url", server.url], db, in: folder, signals: [SIGINT])
            #expect(back.status == 130)
            #expect(try await db.query("SELECT version FROM _migrations", as: String.self) == ["1"])
        }
    }
}
