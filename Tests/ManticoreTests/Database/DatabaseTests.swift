import Manticore
import ManticoreTesting
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Making, opening, sharing and ending a database.
@Suite(.ownThread) struct DatabaseTests {
    // MARK: - Making

    @Test func labelsBecomeTheConfiguration() throws {
        let db = Database(
            database: "bank", host: "db.example.com", port: 26257, user: "app", password: "secret", sslmode: .require,
            minConnections: 2, maxConnections: 7, applicationName: "reports", connectTimeout: .seconds(3))
        let pool = try db.pool
        #expect(pool.configuration.database == "bank")
        #expect(pool.configuration.host.name == "db.example.com")
        #expect(pool.configuration.host.port == 26257)
        #expect(pool.configuration.user == "app")
        #expect(pool.configuration.password != nil)
        #expect(pool.configuration.sslMode(for: pool.configuration.host) == .require)
        #expect(pool.configuration.applicationName == "reports")
        #expect(pool.configuration.connectTimeout == .seconds(3))
        #expect(pool.limits.minConnections == 2)
        #expect(pool.limits.maxConnections == 7)
        #expect(pool.statistics.open == 0)
    }

    @Test func labelsReachTheServer() throws {
        let server = try TestDatabase.server
        let db = Database(
            database: server.database, host: server.host, port: server.port, user: server.user,
            password: server.password, sslmode: .disable, applicationName: "labels")
        defer { db.close() }
        let name = try db.query("SELECT current_setting('application_name')", as: String.self)
        #expect(name == ["labels"])
    }

    @Test func badURLsAreRefused() {
        expectError(.invalidConfiguration) { try Database(url: "postgresql://host:port/") }
        expectError(.invalidConfiguration) { try Database(url: "postgresql://host/?nonsense=1") }
    }

    @Test func partsThatMakeNoSenseAreReportedAtTheFirstUse() {
        let db = Database(database: "x", host: "localhost", port: 0)
        expectError(.invalidConfiguration) { try db.connect() }
        expectError(.invalidConfiguration) { try db.count("users") }
        db.close()
    }

    @Test func databaseURLComesFromTheEnvironment() async throws {
        let url = try TestDatabase.server.url
        await #expect(processExitsWith: .success) { [url = url as String] in
            unsafe setenv("DATABASE_URL", url, 1)
            unsafe setenv("PGDATABASE", "nowhere", 1)
            let db = try Database.fromEnvironment()
            let found = try await db.query("SELECT current_database()::text", as: String.self)
            #expect(found == ["postgres"])
        }
    }

    @Test func partsComeFromTheEnvironment() async throws {
        let server = try TestDatabase.server
        let (port, password) = (server.port, server.password)
        await #expect(processExitsWith: .success) { [port = port as Int, password = password as String] in
            unsafe unsetenv("DATABASE_URL")
            for (name, value) in [
                "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "postgres", "PGPASSWORD": password,
                "PGSSLMODE": "disable", "PGDATABASE": "postgres", "PGAPPNAME": "from the environment",
            ] { unsafe setenv(name, value, 1) }
            for db in [try Database.fromEnvironment(), Database()] {
                let name = try await db.query("SELECT current_setting('application_name')", as: String.self)
                #expect(name == ["from the environment"])
            }
            // What is given comes first.
            let db = Database(applicationName: "given")
            let name = try await db.query("SELECT current_setting('application_name')", as: String.self)
            #expect(name == ["given"])
        }
    }

    // MARK: - Life

    @Test func connectOpensWhatIsAsked() throws {
        let db = try Database(url: TestDatabase.server.url, minConnections: 3, maxConnections: 5)
        defer { db.close() }
        #expect(try db.pool.statistics.open == 0)
        try db.connect()
        #expect(try db.pool.statistics.idle == 3)
    }

    @Test func connectOpensWhatIsAskedAsync() async throws {
        let db = try Database(url: TestDatabase.server.url)
        defer { db.close() }
        try await db.connect()
        #expect(try db.pool.statistics.idle == 1)
    }

    @Test func closedDatabasesAreOfNoUse() throws {
        let db = try Database(url: TestDatabase.server.url)
        try db.connect()
        db.close()
        db.close()
        expectError(.connectionClosed) { try db.query("SELECT 1") }
        #expect(try db.pool.statistics.open == 0)
    }

    @Test func connectionsInUseCloseWhenTheyComeBack() async throws {
        let db = try Database(url: TestDatabase.server.url)
        try await db.withConnection { connection in
            db.close()
            let one = try await connection.query("SELECT 1", as: Int.self)
            #expect(one == [1])
            #expect(try db.pool.statistics.open == 1)
        }
        #expect(try db.pool.statistics.open == 0)
        await expectError(.connectionClosed) { try await db.query("SELECT 1") }
    }

    @Test func shutdownWaits() throws {
        let db = try Database(url: TestDatabase.server.url)
        let hasEnded = Mutex(false)
        let started = Mutex(false)
        let times = try inThreads([0, 1]) { which in
            if which == 0 {
                try db.withConnection { connection in
                    started.withLock { $0 = true }
                    try connection.execute("SELECT pg_sleep(0.2)")
                    hasEnded.withLock { $0 = true }
                }
                return true
            }
            while !started.withLock({ $0 }) { sched_yield() }
            try db.shutdown(within: .seconds(30))
            return hasEnded.withLock { $0 }
        }
        #expect(times == [true, true])
        expectError(.connectionClosed) { try db.query("SELECT 1") }
    }

    @Test func shutdownHasALimit() async throws {
        let db = try Database(url: TestDatabase.server.url)
        try await db.withConnection { connection in
            try await connection.execute("SELECT 1")
            let error = await expectError(.timedOut) { try await db.shutdown(within: .milliseconds(20)) }
            #expect(error?.message.contains("1 connections") == true)
        }
        try await db.shutdown(within: .seconds(30))
        try await db.shutdown()
    }

    // MARK: - Sharing

    @Test func threadsShareADatabase() throws {
        try withDatabase(maxConnections: 3) { db in
            try db.createTable("numbers", columns: ["n": "int"])
            let sums = try inThreads(Array(0..<8)) { thread in
                for n in 0..<10 { try db.insert("numbers", ["n": thread * 10 + n]) }
                return thread
            }
            #expect(sums == Array(0..<8))
            let found = try db.query("SELECT n FROM numbers ORDER BY n", as: Int.self)
            #expect(found == Array(0..<80))
            #expect(try db.pool.statistics.open <= 3)
        }
    }

    @Test func tasksShareADatabase() async throws {
        try await withDatabase(maxConnections: 3) { db in
            try await db.createTable("numbers", columns: ["n": "int"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for n in 0..<10 { try await db.insert("numbers", ["n": task * 10 + n]) }
                    }
                }
                try await group.waitForAll()
            }
            let found = try await db.query("SELECT n FROM numbers ORDER BY n", as: Int.self)
            #expect(found == Array(0..<80))
            let open = try db.pool.statistics.open
            #expect(open <= 3)
        }
    }

    @MainActor private final class Screen {
        let db: Database
        var names: [String] = []

        init(_ db: Database) { self.db = db }

        func load() async throws {
            try await db.transaction { tx in
                self.names = try await tx.query("SELECT 'Ann' UNION ALL SELECT 'Bob'", as: String.self)
            }
            try await db.withConnection { connection in
                MainActor.assertIsolated()
                self.names += try await connection.query("SELECT 'Cid'", as: String.self)
            }
            for try await row in db.stream("SELECT 'Dan' AS name") {
                names.append(try row.decode("name"))
            }
        }
    }

    @Test @MainActor func theMainActorUsesADatabase() async throws {
        let db = try Database(url: TestDatabase.server.url)
        defer { db.close() }
        let screen = Screen(db)
        try await screen.load()
        #expect(screen.names == ["Ann", "Bob", "Cid", "Dan"])
    }

    private actor Counter {
        let db: Database
        private(set) var total = 0

        init(_ db: Database) { self.db = db }

        func count() async throws {
            try await db.transaction { tx in
                self.total += try await tx.query("SELECT 1", as: Int.self)[0]
            }
            total += try await Table("pg_database", in: db, key: "oid").count(where: ["datname": "postgres"])
        }
    }

    @Test func anActorUsesADatabase() async throws {
        let db = try Database(url: TestDatabase.server.url)
        defer { db.close() }
        let counter = Counter(db)
        async let first: Void = counter.count()
        async let second: Void = counter.count()
        _ = try await (first, second)
        #expect(await counter.total == 4)
    }

    // MARK: - Connections

    @Test func aConnectionIsLentForItsScope() throws {
        try withDatabase(maxConnections: 1) { db in
            var kept: Connection?
            let answer = try db.withConnection { connection in
                kept = connection
                return try connection.query("SELECT 41 + 1", as: Int.self)
            }
            #expect(answer == [42])
            expectError(.connectionClosed) { try kept?.execute("SELECT 1") }
            // A transaction that was left open is rolled back.
            try db.withConnection { connection in
                try connection.execute("BEGIN")
                try connection.execute("CREATE TABLE left_open (i int)")
            }
            #expect(try db.tableExists("left_open") == false)
            #expect(throws: CancellationError.self) { try db.withConnection { _ in throw CancellationError() } }
        }
    }

    @Test func aConnectionIsLentForItsScopeAsync() async throws {
        try await withDatabase(maxConnections: 1) { db in
            var kept: Connection?
            try await db.withConnection { connection in
                kept = connection
                try await connection.execute("BEGIN")
                try await connection.execute("CREATE TABLE left_open (i int)")
            }
            let lent = kept
            await expectError(.connectionClosed) { try await lent?.execute("SELECT 1") }
            let exists = try await db.tableExists("left_open")
            #expect(!exists)
        }
    }
}
