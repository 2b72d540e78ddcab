import Manticore
import ManticoreTesting
import Testing

@Suite struct MigrationCommandTests {
    private static let first = "migrations/20230101120000_create_users_table.sql"
    private static let second = "migrations/20230102130000_add_age_column.sql"
    private static let third = "migrations/20230103130000_add_mail_column.sql"

    /// A folder with two migrations.
    private func folder() throws -> Scratch {
        let folder = try Scratch()
        try folder.write(Self.first, "CREATE TABLE users (id INT);\n-- @UNDO\nDROP TABLE users;\n")
        try folder.write(Self.second, "ALTER TABLE users ADD age INT;\n-- @UNDO\nALTER TABLE users DROP age;\n")
        return folder
    }

    private struct Run: Decodable {
        struct Migration: Decodable {
            let version: String, description: String, action: String, statements: Int, ms: Double
        }
        struct Failure: Decodable { let code: String, sqlstate: String?, message: String, host: String? }
        let ok: Bool, count: Int, migrations: [Migration]
        let currentVersion: String?
        let error: Failure?
    }

    private struct Status: Decodable {
        struct Migration: Decodable {
            let version: String, description: String, state: String, edited: Bool
            let file: String?, appliedAt: String?, ms: Double?
        }
        let ok: Bool, upToDate: Bool, applied: Int, pending: Int, migrations: [Migration]
    }

    @Test func fromEmptyToEmpty() async throws {
        let folder = try folder()
        defer { folder.remove() }
        try await EphemeralPostgres.withServer { server in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await CommandRun.run(arguments + ["--url", server.url], in: folder.path)
            }
            var result = try await run("status", "--exit-code")
            #expect(result.status == 3)
            #expect(result.output.contains("20230101120000  create users table  pending"))
            #expect(result.output.hasSuffix("\n\n0 applied, 2 pending\n"))
            #expect(try await run("status").status == 0)
            let pending = try await run("status", "--json").json(Status.self)
            #expect(pending.ok && !pending.upToDate && pending.pending == 2)
            #expect(pending.migrations.allSatisfy { $0.state == "pending" && $0.appliedAt == nil && $0.ms == nil })

            result = try await run("migrate", "--to", "20230101120000")
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("applied 20230101120000 create users table (1 statement, "))
            #expect(result.output.split(separator: "\n").count == 1)
            #expect(result.error == "applying 1 of 1: 20230101120000 create users table\n")

            result = try await run("migrate", "--json")
            #expect(result.status == 0)
            var json = try result.json(Run.self)
            #expect(json.ok && json.count == 1 && json.currentVersion == "20230102130000")
            #expect(json.migrations.map(\.version) == ["20230102130000"])
            #expect(json.migrations.first?.description == "add age column")
            #expect(json.migrations.first?.action == "applied")
            #expect(json.migrations.first?.statements == 1)

            result = try await run("migrate")
            #expect(result.status == 0)
            #expect(result.output == "nothing to migrate\n")
            #expect(result.error.isEmpty)
            #expect(try await run("status", "--exit-code").status == 0)

            let status = try await run("status", "--json").json(Status.self)
            #expect(status.ok && status.upToDate && status.applied == 2 && status.pending == 0)
            #expect(status.migrations.map(\.state) == ["applied", "applied"])
            #expect(status.migrations.allSatisfy { !$0.edited && $0.file?.hasPrefix("./migrations/2023") == true })
            #expect(
                status.migrations.first?.appliedAt?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil)

            // A lower version is a mistake, not a command to roll back.
            #expect(try await run("migrate", "--to", "20230101120000").status == 1)
            #expect(try await run("rollback", "--steps", "0").output == "nothing to roll back\n")
            result = try await run("rollback", "--to", "20230101120000")
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("rolled back 20230102130000 add age column (1 statement, "))
            #expect(try await run("migrate").status == 0)
            json = try await run("rollback", "--steps", "5", "--json").json(Run.self)
            #expect(json.migrations.map(\.version) == ["20230102130000", "20230101120000"])
            #expect(json.migrations.allSatisfy { $0.action == "rolled back" })
            #expect(json.currentVersion == nil)
            result = try await run("rollback")
            #expect(result.status == 0)
            #expect(result.output == "nothing to roll back\n")
        }
    }

    @Test func whatDoesNotFitIsExitStatus4() async throws {
        let folder = try folder()
        defer { folder.remove() }
        try await EphemeralPostgres.withServer { server in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await CommandRun.run(arguments, environment: ["DATABASE_URL": server.url], in: folder.path)
            }
            try folder.write(Self.third, "SELECT 1;")
            try folder.delete(Self.second)
            #expect(try await run("migrate").status == 0)
            // Out of order.
            try folder.write(Self.second, "SELECT 2;")
            var result = try await run("migrate")
            #expect(result.status == 4)
            #expect(result.error.contains("20230102130000_add_age_column.sql"))
            #expect(result.output.isEmpty)
            #expect(try await run("status", "--exit-code").status == 4)
            #expect(try await run("migrate", "--allow-out-of-order").status == 0)
            #expect(try await run("status", "--exit-code").status == 0)
            // No undo part.
            #expect(try await run("rollback").status == 4)
            // Edited.
            try folder.write(Self.second, "SELECT 3;")
            result = try await run("status", "--exit-code")
            #expect(result.status == 4)
            #expect(result.output.contains("applied, edited since"))
            // Missing.
            try folder.write(Self.second, "SELECT 2;")
            try folder.delete(Self.third)
            result = try await run("status", "--exit-code")
            #expect(result.status == 4)
            #expect(result.output.contains("missing file"))
            // Malformed.
            try folder.write("migrations/nonsense.sql", "SELECT 1;")
            result = try await run("status")
            #expect(result.status == 4)
            #expect(result.error.contains("nonsense.sql"))
            try folder.delete("migrations/nonsense.sql")
            try folder.write("migrations/20230105130000_copy.sql", "COPY users FROM STDIN;")
            #expect(try await run("migrate").status == 4)
            #expect(try await run("status", "--dir", "elsewhere").status == 4)
        }
    }

    @Test func failuresAreExitStatus1() async throws {
        let folder = try folder()
        defer { folder.remove() }
        try await EphemeralPostgres.withServer { server in
            try folder.write(Self.third, "SELECT 1;\nSELECT nope;\n")
            let result = try await CommandRun.run(["migrate", "--json", "--url", server.url], in: folder.path)
            #expect(result.status == 1)
            #expect(result.error.contains("\(Self.third):2:8"))
            let json = try result.json(Run.self)
            #expect(!json.ok && json.count == 2 && json.migrations.count == 2)
            #expect(json.error?.sqlstate == "42703")

            let wrong = server.url.replacing(server.password, with: "wrongpassword")
            let refused = try await CommandRun.run(["status", "--url", wrong], in: folder.path)
            #expect(refused.status == 1)
            #expect(refused.error.contains("28P01"))
            #expect(!refused.error.contains("wrongpassword"))
            await server.stop()
            let absent = try await CommandRun.run(["migrate", "--url", server.url], in: folder.path)
            #expect(absent.status == 1)
            #expect(absent.error.contains("127.0.0.1:\(server.port)"))
            #expect(!absent.error.contains(server.password))
            #expect(absent.output.isEmpty)
        }
    }

    @Test func anotherRunnersLockIsExitStatus5() async throws {
        let folder = try folder()
        defer { folder.remove() }
        let streams = try Scratch()
        defer { streams.remove() }
        try folder.write(Self.third, "SELECT pg_advisory_xact_lock(42);")
        try await EphemeralPostgres.withServer { server in
            let db = try Database(url: server.url)
            defer { db.close() }
            try await db.withConnection { connection in
                try await connection.execute("SELECT pg_advisory_lock(42)")
                let runner = try CommandRun.start(
                    ["migrate", "--url", server.url], in: folder.path, streams: streams)
                let blocked: SQL = """
                    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
                    """
                while try await connection.query(blocked, as: Int.self) == [0] {
                    try await Task.sleep(for: .milliseconds(10))
                }
                let second = try await CommandRun.run(
                    ["migrate", "--lock-timeout", "1", "--url", server.url], in: folder.path)
                #expect(second.status == 5)
                #expect(second.error.hasPrefix("waiting for another runner to finish\n"))
                #expect(second.output.isEmpty)
                try await connection.execute("SELECT pg_advisory_unlock(42)")
                let first = await runner.finish()
                #expect(first.status == 0)
                #expect(first.output.split(separator: "\n").count == 3)
            }
        }
    }

    @Test func aConnectionLostAtCommitIsExitStatus6() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        let streams = try Scratch()
        defer { streams.remove() }
        try folder.write(
            Self.first,
            """
            CREATE TABLE slow (id INT);
            CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION dawdle();
            INSERT INTO slow VALUES (1);
            """)
        try await EphemeralPostgres.withServer { server in
            let runner = try CommandRun.start(
                ["migrate", "--json", "--url", server.url], in: folder.path, streams: streams)
            let db = try Database(url: server.url)
            defer { db.close() }
            while try await db.query(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", as: Int.self) == [0]
            {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await server.kill()
            let result = await runner.finish()
            #expect(result.status == 6)
            let json = try result.json(Run.self)
            #expect(json.error?.code == "outcome unknown")
            #expect(json.count == 0)
        }
    }

    @Test func newWritesAFile() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        struct Document: Decodable { let path: String, version: String, description: String }
        let first = try await CommandRun.run(["new", "Create", "users table"], in: folder.path)
        #expect(first.status == 0)
        #expect(first.output.wholeMatch(of: /\.\/migrations\/\d{14}_create_users_table\.sql\n/) != nil)
        let second = try await CommandRun.run(["new", "x", "--dir", "other/", "--json"], in: folder.path)
        let json = try second.json(Document.self)
        #expect(json.description == "x" && json.path == "other/\(json.version)_x.sql")
        #expect(folder.names("other") == ["\(json.version)_x.sql"])
        let text = folder.text("migrations/" + (folder.names("migrations").first ?? ""))
        #expect(text.contains("-- @UNDO"))
        #expect(try await CommandRun.run(["new", "…"], in: folder.path).status == 2)
        #expect(try await CommandRun.run(["new"], in: folder.path).status == 2)
    }

    @Test func settingsComeFromTheFirstPlaceThatHasThem() async throws {
        let folder = try folder()
        defer { folder.remove() }
        try await EphemeralPostgres.withServer { server in
            func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> CommandRun {
                try await CommandRun.run(["status"] + arguments, environment: environment, in: folder.path)
            }
            let nobody = "postgresql://u:hidden@127.0.0.1:1/x"
            try folder.write(".env", "OTHER=1\nexport DATABASE_URL='\(server.url)'\n")
            try folder.write("broken.env", "DATABASE_URL='\(server.password)")
            #expect(try await run().status == 0)
            #expect(try await run(environment: ["DATABASE_URL": nobody]).status == 1)
            #expect(try await run("--url", nobody).status == 1)
            #expect(try await run("--url", server.url, environment: ["DATABASE_URL": nobody]).status == 0)
            #expect(try await run("--no-env-file", environment: ["PGHOST": "127.0.0.1", "PGPORT": "1"]).status == 1)
            #expect(try await run("--env-file", "absent.env").status == 2)
            let broken = try await run("--env-file", "broken.env")
            #expect(broken.status == 2)
            #expect(broken.error.contains("broken.env:1:"))
            #expect(!broken.error.contains(server.password))
            try folder.write(
                "pg.env", "PGHOST=127.0.0.1\nPGPORT=\(server.port)\nPGUSER=postgres\nPGPASSWORD=\(server.password)")
            #expect(try await run("--env-file", "pg.env", "--exit-code").status == 3)
        }
    }
}
