import Foundation
import Manticore
import ManticoreTesting
import Testing

@Suite struct DemoTests {
    @Test func passesTwiceAndLeavesNothing() async throws {
        let temporary = try Scratch()
        defer { temporary.remove() }
        for _ in 1...2 {
            let result = try await CommandRun.run(["demo"], environment: ["TMPDIR": temporary.path])
            #expect(result.status == 0)
            #expect(!result.output.contains("FAILED"))
            #expect(result.output.contains("server          PostgreSQL "))
            #expect(result.output.contains("authentication  scram-sha-256"))
            #expect(result.output.components(separatedBy: "1 rolled back: add age column").count == 3)
            #expect(result.output.components(separatedBy: "      美咲  misaki@example.com  t        27\n").count == 3)
            #expect(result.output.hasSuffix("everything was removed.\n"))
            #expect(!(result.output + result.error).contains("\u{1B}"))
            #expect(!result.output.split(separator: "\n").contains { $0.hasSuffix(" ") })
        }
        // What watches over the private server outlives the command for a moment.
        for _ in 0..<200 where !temporary.names().isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        #expect(temporary.names().isEmpty)
    }

    @Test func onAnotherServerItRemovesItsSchema() async throws {
        let temporary = try Scratch()
        defer { temporary.remove() }
        try await EphemeralPostgres.withServer { server in
            let result = try await CommandRun.run(
                ["demo", "--url", server.url], environment: ["TMPDIR": temporary.path])
            #expect(result.status == 0)
            #expect(!result.output.contains(server.password))
            #expect(result.output.contains("postgresql://postgres:********@127.0.0.1:\(server.port)/postgres"))
            let schema = result.output.firstMatch(of: /schema +(manticore_demo_[a-z0-9]{10})\n/)
            #expect(schema != nil)
            #expect(temporary.names().isEmpty)
            let db = try Database(url: server.url)
            defer { db.close() }
            #expect(try await Self.leftovers(db) == [0])
        }
    }

    @Test func failuresAndInterruptionsLeaveNothing() async throws {
        let temporary = try Scratch()
        defer { temporary.remove() }
        let streams = try Scratch()
        defer { streams.remove() }
        try await EphemeralPostgres.withServer { server in
            let db = try Database(url: server.url)
            defer { db.close() }
            // A trigger that stops the demo at its second migration.
            try await db.withConnection { connection in
                for statement in [
                    "CREATE TABLE public.mode (seconds INT, fails BOOL)", "INSERT INTO public.mode VALUES (0, true)",
                    """
                    CREATE FUNCTION public.hinder() RETURNS event_trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM pg_sleep(seconds) FROM public.mode;
                        IF (SELECT fails FROM public.mode) THEN RAISE 'hindered'; END IF;
                    END $$
                    """,
                    """
                    CREATE EVENT TRIGGER hinder ON ddl_command_start WHEN TAG IN ('ALTER TABLE')
                        EXECUTE FUNCTION public.hinder()
                    """,
                ] { try await connection.execute(SQL(unsafeSQL: statement)) }
            }
            let failed = try await CommandRun.run(
                ["demo", "--url", server.url], environment: ["TMPDIR": temporary.path])
            #expect(failed.status == 1)
            #expect(failed.output.contains("FAILED"))
            #expect(failed.error.contains("hindered"))
            #expect(try await Self.leftovers(db) == [0])
            #expect(temporary.names().isEmpty)

            // One signal waits for the step to end; a second one does not.
            for (seconds, signals) in [(2, 1), (600, 2)] {
                try await db.execute("UPDATE public.mode SET seconds = \(seconds), fails = false")
                let run = try CommandRun.start(
                    ["demo", "--url", server.url], environment: ["TMPDIR": temporary.path], in: temporary.path,
                    streams: streams)
                while try await db.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", as: Int.self) == [0]
                {
                    try await Task.sleep(for: .milliseconds(10))
                }
                #expect(try await Self.leftovers(db) == [1])
                for _ in 0..<signals {
                    kill(run.processID, SIGINT)
                    try await Task.sleep(for: .milliseconds(50))
                }
                let interrupted = await run.finish()
                #expect(interrupted.status == 130)
                #expect(interrupted.error.hasPrefix("interrupted"))
                #expect(try await Self.leftovers(db) == [0])
                #expect(temporary.names().isEmpty)
            }
        }
    }

    @Test func saysWhatToInstall() async throws {
        let nowhere = try Scratch()
        defer { nowhere.remove() }
        let result = try await CommandRun.run(["demo"], environment: ["MANTICORE_POSTGRES_BIN": nowhere.path])
        #expect(result.status == 1)
        #expect(result.error.contains(nowhere.path))
        #expect(result.output.isEmpty)
    }

    private static func leftovers(_ db: Database) async throws -> [Int] {
        try await db.query("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'manticore_demo%'", as: Int.self)
    }
}
