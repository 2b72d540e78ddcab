import Manticore
import ManticoreTesting
import PostgresClient
import PostgresWire
import Synchronization
import Testing

/// Migrations against a real server, each test with one of its own.
@Suite(.ownThread) struct MigrationServerTests {
    private struct Fixture {
        let server: EphemeralPostgres
        let folder: TemporaryFolder
        let db: Database

        init(_ server: EphemeralPostgres, query: String = "") throws {
            self.server = server
            folder = try TemporaryFolder()
            db = try Database(url: server.socketURL + query)
        }

        var migration: Migration { Migration(db, directory: folder.path) }

        func write(_ files: KeyValuePairs<String, String>) throws {
            for (name, text) in files { try folder.write(name, text) }
        }
    }

    private func withFixture(query: String = "", _ body: (Fixture) async throws -> Void) async throws {
        try await EphemeralPostgres.withServer { server in
            let fixture = try Fixture(server, query: query)
            defer { fixture.db.close() }
            try await body(fixture)
        }
    }

    /// What a call throws.
    private func failure(
        sourceLocation: Testing.SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async -> PostgresError {
        do {
            try await body()
        } catch let error as PostgresError {
            return error
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        return PostgresError(.invalidArgument, "")
    }

    private let two: KeyValuePairs = [
        "1_one.sql": "CREATE TABLE one (id INT);\n-- @UNDO\nDROP TABLE one;",
        "2_two.sql": "CREATE TABLE two (id INT);\n-- @UNDO\nDROP TABLE two;",
    ]

    private func tables(_ db: Database) async throws -> [String] {
        try await db.query(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename", as: String.self)
    }

    // MARK: The complete example

    @Test func completeExampleBlocking() throws {
        try EphemeralPostgres.withServer { server in
            let fixture = try Fixture(server)
            let db = fixture.db
            defer { db.close() }
            let migration = Migration(db, directory: fixture.folder.path + "/db/migrations")
            let first = try migration.create(
                "create users table",
                up: """

                        CREATE TABLE users (
                            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
                            name TEXT NOT NULL,
                            active BOOLEAN
                        );

                    """, down: "DROP TABLE users;")
            let second = try migration.create(
                "Add age column", up: "ALTER TABLE users ADD COLUMN age INT", down: "ALTER TABLE users DROP COLUMN age")
            #expect(first.version < second.version && first.version.utf8.count == 14)
            let loaded = try migration.load()
            #expect(loaded.map(\.description) == ["create users table", "add age column"])
            #expect(loaded.map(\.path) == [first.path, second.path])
            #expect(try migration.currentVersion() == nil)
            #expect(try migration.migrate() == 2)
            #expect(try migration.migrate() == 0)
            try db.execute("INSERT INTO users (name, active, age) VALUES (\("Ann"), \(true), \(30))")
            #expect(try db.query("SELECT name, age FROM users").count == 1)
            #expect(try migration.currentVersion() == second.version)
            #expect(try migration.isApplied(first.version) && !migration.isApplied("20200101000000"))
            let applied = try migration.appliedMigrations()
            #expect(applied.map(\.version) == loaded.map(\.version))
            #expect(applied.map(\.description) == loaded.map(\.description))
            #expect(applied.map(\.statements) == [1, 1])
            #expect(applied.allSatisfy { ($0.checksum?.utf8.count ?? 0) == 64 && $0.duration != nil })
            let now = try db.query("SELECT now()", as: PostgresTimestampWithTimeZone.self)
            #expect(applied.allSatisfy { $0.appliedAt <= now[0] && $0.appliedAt.microsecondsSince2000 > 0 })
            #expect(try migration.rollback(count: 1) == 1)
            #expect(try migration.status().map(\.state) == [.applied, .pending])
            #expect(try migration.pending().map(\.version) == [second.version])
            #expect(try migration.migrate() == 1)
            try db.execute("DROP TABLE users")
            try db.execute("DROP TABLE _migrations")
            #expect(try migration.appliedMigrations().isEmpty)
            #expect(try migration.migrate(to: first.version) == 1)
        }
    }

    @Test func completeExampleAsync() async throws {
        try await withFixture { fixture in
            let migration = AsyncMigration(fixture.db, directory: fixture.folder.path + "/migrations")
            let first = try await migration.create(
                "create users table", up: "CREATE TABLE users (id INT);", down: "DROP TABLE users;")
            let second = try await migration.create(
                "add age", up: "ALTER TABLE users ADD age INT;", down: "ALTER TABLE users DROP age;")
            #expect(try await migration.load().map(\.version) == [first.version, second.version])
            #expect(try await migration.validate().count == 2)
            #expect(try await migration.migrate() == 2)
            try await fixture.db.execute("INSERT INTO users VALUES (1, 2)")
            #expect(try await migration.rollback(count: 1) == 1)
            #expect(try await migration.currentVersion() == first.version)
            #expect(try await migration.migrate() == 1)
            #expect(try await migration.isApplied(second.version))
            #expect(try await migration.appliedMigrations().map(\.description) == ["create users table", "add age"])
            #expect(try await migration.rollback(count: 99) == 2)
            #expect(try await migration.rollback() == 0)
            #expect(try await migration.currentVersion() == nil)
            #expect(try await tables(fixture.db) == ["_migrations"])
        }
    }

    @Test func targets() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write(["10_ten.sql": "CREATE TABLE ten ();\n-- @UNDO\nDROP TABLE ten;"])
            let migration = fixture.migration
            #expect(await failure { try await migration.migrate(to: "3") }.code == .migrationTarget)
            #expect(await failure { try await migration.migrate(to: "x") }.code == .migrationTarget)
            #expect(try await tables(fixture.db) == ["_migrations"])
            #expect(try await migration.migrate(to: "002") == 2)
            #expect(try await migration.migrate(to: "2") == 0)
            let lower = await failure { try await migration.migrate(to: "1") }
            #expect(lower.code == .migrationTarget && lower.message.contains("rollback(to: \"1\")"))
            #expect(await failure { try await migration.rollback(to: "10") }.code == .migrationTarget)
            #expect(await failure { try await migration.rollback(to: "7") }.code == .migrationTarget)
            #expect(await failure { try await migration.rollback(count: -1) }.code == .invalidArgument)
            #expect(try await migration.rollback(count: 0) == 0)
            #expect(try await migration.migrate() == 1)
            #expect(try await migration.rollback(to: "1") == 2)
            #expect(try await migration.currentVersion() == "1")
            #expect(try await migration.rollback(to: "1") == 0)
        }
    }

    // MARK: Failures

    @Test func aFailingStatementLeavesNothing() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write([
                "3_bad.sql": """
                -- Forward migration
                CREATE TABLE a (id INT);
                CREATE TABLE b (id INT);
                /* here */ ALTER TABLE b
                    ADD COLUMN é TEXT, ADD COLUMN c nonsense;
                CREATE TABLE d (id INT);
                CREATE TABLE e (id INT);
                """
            ])
            let events = Mutex<[String]>([])
            let migration = Migration(fixture.db, directory: fixture.folder.path) { event in
                events.withLock { $0.append("\(event)".prefix { $0 != "(" }.description) }
            }
            let error = await failure { try await migration.migrate() }
            #expect(error.code == .migrationFailed)
            #expect(error.sqlState == .undefinedObject)
            #expect(
                error.message.hasPrefix("\(fixture.folder.path)/3_bad.sql:5:37: type \"nonsense\" does not exist"),
                "\(error.message)")
            #expect(error.message.contains("nothing of this migration remains"))
            #expect(error.message.hasSuffix("kept: 2"))
            #expect(
                error.description.contains("ADD COLUMN c nonsense\n                                        ^"),
                "\(error)")
            #expect(try await tables(fixture.db) == ["_migrations", "one", "two"])
            #expect(try await migration.currentVersion() == "2")
            #expect(
                events.withLock { $0 } == ["applying", "applied", "applying", "applied", "applying", "failed"])
            // The lock is free again.
            try fixture.folder.remove("3_bad.sql")
            #expect(try await migration.rollback(count: 2) == 2)
        }
    }

    @Test func refusalsComeBeforeAnythingRuns() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write([
                "3_bad.sql": "SELECT 1;\nCOMMIT;\n", "4_bad.sql": "CREATE INDEX CONCURRENTLY i ON two (id)",
            ])
            let error = await failure { try await fixture.migration.migrate() }
            #expect(error.code == .migrationFile)
            #expect(
                error.message.contains("3_bad.sql:2: COMMIT") && error.message.contains("4_bad.sql:1: CREATE INDEX"))
            #expect(try await tables(fixture.db) == ["_migrations"])
            #expect(await failure { try await fixture.migration.validate() }.message == error.message)
        }
    }

    @Test func aDeferredConstraintFailsAtCommit() async throws {
        try await withFixture { fixture in
            try fixture.write([
                "1_one.sql": """
                CREATE TABLE p (id INT PRIMARY KEY);
                CREATE TABLE c (p INT REFERENCES p DEFERRABLE INITIALLY DEFERRED);
                INSERT INTO c VALUES (1);
                """
            ])
            let error = await failure { try await fixture.migration.migrate() }
            #expect(error.code == .migrationFailed && error.sqlState == .foreignKeyViolation)
            #expect(error.message.contains("at COMMIT") && error.message.contains("nothing of this migration remains"))
            #expect(try await tables(fixture.db) == ["_migrations"])
        }
    }

    @Test func missingUndoFailsBeforeAnythingIsReverted() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.folder.write("1_one.sql", "CREATE TABLE one (id INT);")
            #expect(try await fixture.migration.migrate() == 2)
            let error = await failure { try await fixture.migration.rollback(count: 2) }
            #expect(error.code == .migrationFile && error.message.contains("1_one.sql"))
            #expect(try await tables(fixture.db) == ["_migrations", "one", "two"])
        }
    }

    @Test func theKeptUndoServesWhenTheFileIsGone() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            #expect(try await fixture.migration.migrate() == 2)
            try fixture.folder.remove("2_two.sql")
            #expect(try await fixture.migration.status().map(\.state) == [.applied, .missingFile])
            #expect(try await fixture.migration.migrate() == 0)
            #expect(try await fixture.migration.rollback() == 1)
            #expect(try await tables(fixture.db) == ["_migrations", "one"])
        }
    }

    @Test func lateFiles() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            #expect(try await fixture.migration.migrate() == 2)
            try fixture.write(["1.5_late.sql": "CREATE TABLE late ();\n-- @UNDO\nDROP TABLE late;"])
            let error = await failure { try await fixture.migration.migrate() }
            #expect(error.code == .migrationOutOfOrder && error.message.contains("1.5_late.sql"))
            #expect(try await fixture.migration.status().map(\.state) == [.applied, .outOfOrder, .applied])
            let tolerant = Migration(fixture.db, directory: fixture.folder.path, allowsOutOfOrder: true)
            #expect(try await tolerant.migrate() == 1)
            #expect(try await tolerant.currentVersion() == "2")
            // It was applied last, so it goes first.
            #expect(try await tolerant.rollback() == 1)
            #expect(try await tables(fixture.db) == ["_migrations", "one", "two"])
        }
    }

    /// A deferred trigger that ends the session while it commits, until the sequence says that it has done so often
    /// enough.
    private func endSessionsAtCommit(_ times: Int, _ fixture: Fixture) async throws {
        try await fixture.db.simpleQuery(
            SQL(
                unsafeSQL: """
                    CREATE SEQUENCE tries; CREATE TABLE trap ();
                    CREATE FUNCTION spring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                        IF nextval('public.tries') <= \(times) THEN
                            PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10);
                        END IF; RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER trap AFTER INSERT ON trap DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION spring()
                    """))
        try fixture.write(two)
        try fixture.folder.write("2_two.sql", "CREATE TABLE two (); INSERT INTO trap DEFAULT VALUES;")
    }

    @Test func aCommitThatIsLostIsLookedUp() async throws {
        try await withFixture { fixture in
            try await endSessionsAtCommit(1, fixture)
            #expect(try await fixture.migration.migrate() == 2)
            #expect(try await tables(fixture.db) == ["_migrations", "one", "trap", "two"])
        }
    }

    @Test func aCommitThatIsLostTwiceIsUnknown() async throws {
        try await withFixture { fixture in
            try await endSessionsAtCommit(2, fixture)
            let error = await failure { try await fixture.migration.migrate() }
            #expect(error.code == .outcomeUnknown && error.message.contains("version 2"), "\(error)")
            #expect(try await fixture.migration.currentVersion() == "1")
            #expect(try await fixture.migration.migrate() == 1)
        }
    }

    @Test func aCommitWhoseAnswerIsLostCounts() async throws {
        // The commit is done but unconfirmed while it waits for a standby that will never come.
        let settings = ["synchronous_standby_names": "nobody", "synchronous_commit": "local"]
        try await EphemeralPostgres.withServer(.init(settings: settings)) { server in
            let fixture = try Fixture(server)
            defer { fixture.db.close() }
            try fixture.write(two)
            try fixture.write([
                "3_wait.sql": "CREATE TABLE three (); SET LOCAL synchronous_commit = on;",
                "4_four.sql": "CREATE TABLE four ();",
            ])
            async let killed = killWhoWaits(for: "SyncRep", fixture)
            let count = try await fixture.migration.migrate()
            #expect(try await killed)
            #expect(count == 4)
            #expect(try await fixture.migration.status().map(\.state) == [.applied, .applied, .applied, .applied])
        }
    }

    @Test func editedFilesAreSeen() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            #expect(try await fixture.migration.migrate() == 2)
            try fixture.folder.write("1_one.sql", "CREATE TABLE one (id INT);\r\n-- @UNDO\r\nDROP TABLE one;")
            try fixture.folder.write("2_two.sql", "CREATE TABLE two (id BIGINT);\n-- @UNDO\nDROP TABLE two;")
            #expect(try await fixture.migration.status().map(\.isEdited) == [false, true])
        }
    }

    // MARK: The session

    @Test func aScriptMayChangeRoleAndSearchPath() async throws {
        try await withFixture { fixture in
            try await fixture.db.execute("CREATE ROLE worker")
            try fixture.write([
                "1_dump.sql": """
                SELECT pg_catalog.set_config('search_path', '', false);
                CREATE TABLE public.one ();
                SET ROLE worker;
                """,
                "2_next.sql": "CREATE TABLE two ();",
            ])
            #expect(try await fixture.migration.migrate() == 2)
            #expect(try await tables(fixture.db) == ["_migrations", "one", "two"])
            let owners = try await fixture.db.query(
                "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", as: String.self)
            #expect(owners == [fixture.server.user])
        }
    }

    // Guard: Sources/Manticore/Migrations/MigrationLock.swift: `SELECT pg_catalog.pg_try_advisory_lock(`
    @Test func aHostileSearchPathLeadsNowhere() async throws {
        try await withFixture { fixture in
            // A schema in front of pg_catalog with functions, operators and types that would give things away.
            for statement in [
                "CREATE SCHEMA evil",
                "CREATE FUNCTION evil.pg_try_advisory_lock(bigint) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 = 1'",
                "CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE sql "
                    + "AS 'SELECT pg_catalog.now() WHERE 1/0 > 1'",
                "CREATE FUNCTION evil.eq(name, text) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 > 1'",
                "CREATE FUNCTION evil.eq(oid, oid) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 > 1'",
                "CREATE FUNCTION evil.eq(text, text) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 > 1'",
                "CREATE FUNCTION evil.eq(name, name) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 > 1'",
                "CREATE OPERATOR evil.= (leftarg = name, rightarg = text, function = evil.eq)",
                "CREATE OPERATOR evil.= (leftarg = name, rightarg = name, function = evil.eq)",
                "CREATE OPERATOR evil.= (leftarg = oid, rightarg = oid, function = evil.eq)",
                "CREATE OPERATOR evil.= (leftarg = text, rightarg = text, function = evil.eq)",
                "CREATE DOMAIN evil.text AS pg_catalog.int4", "CREATE DOMAIN evil.uuid AS pg_catalog.int4",
                "CREATE TABLE evil.pg_class (x pg_catalog.int4)",
                "ALTER DATABASE postgres SET search_path = evil, pg_catalog, public",
                "CREATE TABLE public._migrations (version pg_catalog.text PRIMARY KEY, "
                    + "description pg_catalog.text NOT NULL, applied_at pg_catalog.timestamptz NOT NULL)",
            ] { try await fixture.db.simpleQuery(SQL(unsafeSQL: statement)) }
            let db = try Database(url: fixture.server.socketURL)
            defer { db.close() }
            try fixture.write(["1_one.sql": "CREATE TABLE public.one ();\n-- @UNDO\nDROP TABLE public.one;"])
            let table = Identifier("public", "_migrations")
            let migration = Migration(db, directory: fixture.folder.path, table: table)
            #expect(try await migration.migrate() == 1)
            #expect(try await migration.appliedMigrations().count == 1)
            #expect(try await migration.rollback() == 1)
            // Without the schema's name, the table goes where CREATE TABLE would put it.
            #expect(try await Migration(db, directory: fixture.folder.path).migrate() == 1)
            let made = try await fixture.db.query(
                """
                SELECT pg_catalog.count(*) FROM pg_catalog.pg_class \
                WHERE oid OPERATOR(pg_catalog.=) 'evil._migrations'::pg_catalog.regclass::pg_catalog.oid
                """,
                as: Int64.self)
            #expect(made == [1])
        }
    }

    // MARK: The table

    @Test(arguments: [
        (
            "CREATE VIEW _migrations AS SELECT 'x'::text AS version, 'x'::text AS description, now() AS applied_at",
            "a view"
        ),
        (
            "CREATE TABLE _migrations (version TEXT, description TEXT, applied_at TIMESTAMPTZ) "
                + "PARTITION BY LIST (version)",
            "a partitioned table"
        ),
        (
            "CREATE TABLE _migrations (version TEXT, description TEXT, applied_at TIMESTAMPTZ); "
                + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
                + "CREATE TRIGGER t BEFORE INSERT ON _migrations FOR EACH ROW EXECUTE FUNCTION f()", "triggers"
        ),
        (
            "CREATE TABLE _migrations (version TEXT, description TEXT, applied_at TIMESTAMPTZ); "
                + "CREATE RULE r AS ON INSERT TO _migrations DO ALSO SELECT 1", "rules"
        ),
        (
            "CREATE TABLE _migrations (version TEXT, description TEXT, applied_at TIMESTAMPTZ); "
                + "ALTER TABLE _migrations ENABLE ROW LEVEL SECURITY", "row security"
        ),
        (
            "CREATE TABLE _migrations (version TEXT, description TEXT, applied_at TIMESTAMPTZ); "
                + "CREATE TABLE child () INHERITS (_migrations)", "inheritance"
        ),
        (
            "CREATE TABLE _migrations (version TEXT, description TEXT, applied_at TIMESTAMPTZ); "
                + "CREATE ROLE eve; ALTER TABLE _migrations OWNER TO eve", "belongs to eve"
        ),
        ("CREATE TABLE _migrations (id INT)", "lacks the columns version"),
    ])
    func hostileTablesAreRefused(_ setup: String, _ word: String) async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try await fixture.db.simpleQuery(SQL(unsafeSQL: setup))
            for error in [
                await failure { try await fixture.migration.migrate() },
                await failure { _ = try await fixture.migration.appliedMigrations() },
            ] {
                #expect(error.code == .migrationTable && error.message.contains(word), "\(error)")
                #expect(error.message.contains("public._migrations"))
            }
            #expect(try await !tables(fixture.db).contains("one"))
        }
    }

    @Test func aTableOfAnOwnGroupIsOurs() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try await fixture.db.simpleQuery(
                """
                CREATE ROLE team; CREATE ROLE member LOGIN IN ROLE team; GRANT CREATE ON SCHEMA public TO team; \
                CREATE TABLE _migrations (version TEXT PRIMARY KEY, description TEXT NOT NULL, \
                applied_at TIMESTAMPTZ NOT NULL DEFAULT now()); ALTER TABLE _migrations OWNER TO team
                """)
            let url =
                "postgresql:///postgres?host=\(fixture.server.socketDirectory)&port=\(fixture.server.port)&user=member"
            let db = try Database(url: url)
            defer { db.close() }
            let migration = Migration(db, directory: fixture.folder.path)
            #expect(try await migration.migrate() == 2)
            #expect(await failure { try await fixture.migration.migrate() }.message.contains("belongs to team"))
        }
    }

    @Test(arguments: ["INTEGER", "BIGINT", "TEXT", "VARCHAR(20)"])
    func anOlderTableIsAdopted(_ type: String) async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write(["20230101120000_three.sql": "CREATE TABLE three ();\n-- @UNDO\nDROP TABLE three"])
            try await fixture.db.simpleQuery(
                SQL(
                    unsafeSQL: "CREATE TABLE _migrations (version \(type) PRIMARY KEY, description TEXT NOT NULL, "
                        + "applied_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP); "
                        + "INSERT INTO _migrations VALUES (1, 'create_one'); CREATE TABLE one (id INT)"))
            let migration = fixture.migration
            #expect(try await migration.appliedMigrations().map(\.description) == ["create one"])
            #expect(try await migration.migrate() == 2)
            #expect(try await migration.migrate() == 0)
            #expect(try await migration.appliedMigrations().map(\.version) == ["1", "2", "20230101120000"])
            #expect(try await migration.rollback(count: 3) == 3)
            #expect(try await tables(fixture.db) == ["_migrations"])
        }
    }

    // MARK: Several runners

    @Test func runnersAtOnceAreSerialisedAsTasks() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write(["3_slow.sql": "SELECT pg_sleep(0.3); CREATE TABLE three ();"])
            let path = fixture.folder.path
            let url = fixture.server.socketURL
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { @concurrent in
                        let db = try Database(url: url)
                        defer { db.close() }
                        return try await Migration(db, directory: path).migrate()
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.sorted() == [0, 0, 0, 3])
        }
    }

    @Test func runnersAtOnceAreSerialisedAsThreads() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write(["3_slow.sql": "SELECT pg_sleep(0.3); CREATE TABLE three ();"])
            let counts = try await BlockingCalls.run(4) {
                [url = fixture.server.socketURL, path = fixture.folder.path] in
                let db = try Database(url: url)
                defer { db.close() }
                return try Migration(db, directory: path).migrate()
            }
            #expect(counts.sorted() == [0, 0, 0, 3])
        }
    }

    @Test func aRunnerThatWaitsTooLongNamesTheOther() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            let key = try MigrationLock.key(schema: "public", table: "_migrations")
            let holder = try await Connection.connect(
                to: ConnectionConfiguration(url: fixture.server.socketURL + "&application_name=other-runner"))
            defer { holder.close() }
            _ = try await holder.query("SELECT pg_advisory_lock(\(key))")
            let waiting = Mutex(0)
            let migration = Migration(
                fixture.db, directory: fixture.folder.path, lockTimeout: .milliseconds(200)
            ) { event in
                if case .waitingForLock = event { waiting.withLock { $0 += 1 } }
            }
            let error = await failure { try await migration.migrate() }
            #expect(error.code == .migrationLocked)
            #expect(error.message.contains("process \(holder.processID ?? 0)"), "\(error)")
            #expect(error.message.contains("other-runner"))
            #expect(waiting.withLock { $0 } == 1)
            // Another table has another lock.
            let other = Migration(fixture.db, directory: fixture.folder.path, table: "other")
            #expect(try await other.migrate() == 2)
        }
    }

    @Test func aKilledSessionLeavesNothing() async throws {
        try await withFixture { fixture in
            try fixture.write(two)
            try fixture.write(["3_slow.sql": "CREATE TABLE three (); SELECT pg_sleep(60);"])
            async let killed = killWhoWaits(for: "PgSleep", fixture)
            let error = await failure { try await fixture.migration.migrate() }
            #expect(try await killed)
            #expect(
                error.message.contains("3_slow.sql:1:24") && error.message.contains("nothing of this migration"),
                "\(error)")
            #expect(try await tables(fixture.db) == ["_migrations", "one", "two"])
            try fixture.folder.remove("3_slow.sql")
            #expect(try await fixture.migration.rollback() == 1)
        }
    }

    @Test func aCancelledTaskLeavesNeitherLockNorMigration() async throws {
        try await withFixture { fixture in
            try fixture.write(["1_slow.sql": "CREATE TABLE one (); SELECT pg_sleep(60);"])
            let migration = fixture.migration
            let task = Task { try await migration.migrate() }
            try await waitForOne(in: "PgSleep", fixture)
            task.cancel()
            let error = await failure { _ = try await task.value }
            #expect(error.code == .cancelled || error.sqlState == .queryCanceled, "\(error)")
            try fixture.folder.remove("1_slow.sql")
            try fixture.write(two)
            #expect(try await fixture.migration.migrate() == 2)
        }
    }

    /// Waits until a session waits for something on the server.
    private func waitForOne(in event: String, _ fixture: Fixture) async throws {
        let watcher = try Database(url: fixture.server.socketURL)
        defer { watcher.close() }
        for _ in 0..<600 {
            let count = try await watcher.query(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = \(event)", as: Int64.self)
            if count == [1] { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw PostgresError(.timedOut, "nobody waits for \(event)")
    }

    private func killWhoWaits(for event: String, _ fixture: Fixture) async throws -> Bool {
        try await waitForOne(in: event, fixture)
        let killer = try Database(url: fixture.server.socketURL)
        defer { killer.close() }
        return try await killer.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = \(event)", as: Bool.self
        ) == [true]
    }
}
