import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct CancellationTests {
    /// Waits until the server runs, or no longer runs, a statement with this marker in it.
    private func runs(_ marker: String, _ wanted: Bool = true) async throws -> Bool {
        let observer = try await Client.connect(.socket)
        defer { observer.connection.close() }
        let pattern = "%" + marker + "%"
        for _ in 0..<1000 {
            let found = try await observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE query LIKE \(pattern) AND state = 'active' AND pid <> pg_backend_pid()"
            )
            if !found.isEmpty == wanted { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func whileConnecting() async throws {
        for sslmode in [SSLMode.disable, .require] {
            let server = try ScriptedServer([.receiveToEnd])
            let configuration = try ConnectionConfiguration.resolve(
                host: server.host, port: server.port, user: "app", database: "app", sslmode: sslmode,
                connectTimeout: .seconds(600), environment: [:])
            let task = Task { await failure { try await Connection.connect(to: configuration) } }
            while server.received().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled)
            #expect(error?.isSafeToRetry == true)
            #expect(server.waitUntilFinished())
        }
    }

    @Test func whileWaitingForThePool() async throws {
        let pool = try TestServer.pool(1)
        let held = try await pool.leaseAsync()
        let task = Task { await failure { try await pool.query("SELECT 1") }?.code }
        while pool.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(pool.statistics.waiting == 0)
        await pool.settleAsync(held)
        #expect(try await pool.query("SELECT 1").count == 1)
        #expect(pool.statistics.open == 1)
        pool.close()
    }

    @Test(arguments: Route.allCases)
    func whileAStatementRunsTheConnectionStaysUsable(_ route: Route) async throws {
        let pool = try TestServer.pool(1, route)
        let process = try await pool.query("SELECT pg_backend_pid()", as: Int32.self)
        for simple in [false, true] {
            let marker = "cancel_\(route)_\(simple)"
            let sql = SQL(unsafeSQL: "SELECT pg_sleep(600) /* \(marker) */")
            let task = Task {
                await failure {
                    if simple { _ = try await pool.simpleQuery(sql) } else { _ = try await pool.query(sql) }
                }
            }
            #expect(try await runs(marker))
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled)
            #expect(error?.sqlState == .queryCanceled)
            #expect(try await runs(marker, false))
            #expect(try await pool.query("SELECT pg_backend_pid()", as: Int32.self) == process, "the same connection")
        }
        pool.close()
    }

    @Test func inTheMiddleOfAStream() async throws {
        let client = try await Client.connect()
        let box = Handover(client.connection)
        let seen = Guarded(0)
        let task = Task {
            let connection = try #require(box.take())
            let error = await failure {
                for try await _ in connection.stream(
                    "SELECT i, CASE WHEN i > 20000 THEN pg_sleep(600) END FROM generate_series(1, 30000) AS i")
                {
                    seen.withLock { $0 += 1 }
                }
            }
            return (error?.code, Handover(connection))
        }
        // As many rows as come before the server sleeps are not all sent; some are.
        while seen.withLock({ $0 }) < 1000 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        let (code, connection) = try await task.value
        #expect(code == .cancelled)
        #expect(try await #require(connection.take()).query("SELECT 1").count == 1)
    }

    @Test func aStreamThatIsReadOnAfterItWasCancelled() async throws {
        let client = try await Client.connect()
        let box = Handover(client.connection)
        let isStarted = Latch()
        let isCancelled = Latch()
        let task = Task {
            let connection = try #require(box.take())
            let stream = connection.stream(
                "SELECT i, repeat('x', 200) FROM generate_series(1, 3000000) AS i", as: (Int32, String).self)
            _ = try await stream.next()
            isStarted.open()
            await isCancelled.wait()
            let error = await failure { while try await stream.next() != nil {} }
            return (error?.code, Handover(connection))
        }
        await isStarted.wait()
        task.cancel()
        isCancelled.open()
        let (code, connection) = try await task.value
        #expect(code == .cancelled)
        #expect(try await #require(connection.take()).query("SELECT 1").count == 1)
    }

    @Test func aTaskThatIsCancelledAlready() async throws {
        let pool = try TestServer.pool(2)
        _ = try await pool.query("SELECT 1")
        for _ in 0..<20 {
            let isCancelled = Latch()
            let task = Task {
                await isCancelled.wait()
                return await failure { try await pool.query("SELECT pg_sleep(600)") }?.code
            }
            task.cancel()
            isCancelled.open()
            #expect(await task.value == .cancelled)
            #expect(try await pool.query("SELECT 1").count == 1)
        }
        let connecting = Task {
            while !Task.isCancelled { await Task.yield() }
            return await failure { try await Connection.connect(to: TestServer.configuration()) }?.code
        }
        connecting.cancel()
        #expect(await connecting.value == .cancelled)
        #expect(pool.statistics.waiting == 0)
        pool.close()
    }

    @Test func atBeginAndAtCommit() async throws {
        let pool = try TestServer.pool(1)
        _ = try await pool.execute("CREATE TABLE IF NOT EXISTS cancelled_commits (n int)")
        for round in 0..<30 {
            let task = Task {
                try await pool.withConnection { connection in
                    try await connection.execute("BEGIN")
                    if round.isMultiple(of: 3) { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                    try await connection.execute("INSERT INTO cancelled_commits VALUES (\(Int32(round)))")
                    if round % 3 == 1 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                    try await connection.execute("COMMIT")
                }
            }
            if round % 3 == 2 { task.cancel() }
            let result = await task.result
            let found = try await pool.query(
                "SELECT n FROM cancelled_commits WHERE n = \(Int32(round))", as: Int32.self)
            switch result {
            case .success: #expect(found.count == 1)
            case .failure(let error as PostgresError):
                // Cancelled before COMMIT was sent there is no row; afterwards it is one or the other, and said so.
                if error.code == .cancelled { #expect(found.isEmpty || error.sqlState == nil) }
            case .failure(let error): Issue.record(error)
            }
            #expect(pool.statistics.open <= 1)
        }
        _ = try await pool.execute("DROP TABLE cancelled_commits")
        pool.close()
    }

    /// A cancel that comes late must never hit whoever uses the connection next.
    @Test(arguments: [Route.tcp, .tls])
    func cancelsRaceWithCompletion(_ route: Route) async throws {
        let pool = try TestServer.pool(1, route)
        var counts = (finished: 0, cancelled: 0)
        // Known from here on, since one that is cancelled while it is described has no use for its connection.
        _ = try await pool.query("SELECT pg_sleep(\(0.0))")
        let process = try await pool.query("SELECT pg_backend_pid()", as: Int32.self)
        for round in 0..<200 {
            let task = Task { try await pool.query("SELECT pg_sleep(\(Double(round % 10) / 5000))") }
            if round.isMultiple(of: 2) {
                try await Task.sleep(for: .microseconds(round * 10))
            } else {
                for _ in 0..<(round % 7) { await Task.yield() }
            }
            task.cancel()
            switch await task.result {
            case .success: counts.finished += 1
            case .failure(let error as PostgresError):
                counts.cancelled += 1
                #expect(error.code == .cancelled || error.sqlState == .queryCanceled, "\(error)")
            case .failure(let error): Issue.record(error)
            }
            let next = try await pool.query("SELECT pg_sleep(0.001), \(Int32(round))", as: (PostgresValue, Int32).self)
            #expect(next.first?.1 == Int32(round))
        }
        #expect(counts.finished + counts.cancelled == 200)
        #expect(try await pool.query("SELECT pg_backend_pid()", as: Int32.self) == process, "no cancel cost it")
        #expect(pool.statistics.open <= 1 && pool.statistics.waiting == 0)
        pool.close()
    }

    @Test func aServerThatIgnoresTheRequestLosesTheConnection() async throws {
        var answer: [ScriptedServer.Step] = ScriptedServer.acceptingSession
        answer += [.receiveToEnd]
        // The request itself is read and its socket closed, as a server does that then does nothing.
        let server = try ScriptedServer(connections: [answer, [.receiveStartup, .close]])
        let configuration = try ConnectionConfiguration.resolve(
            host: server.host, port: server.port, user: "app", database: "app", sslmode: .disable, environment: [:])
        let task = Task {
            let client = try await Client.connect(configuration, .suspending)
            let error = await failure { try await client.query("SELECT 1") }
            return (error?.code, client.connection.isUsable)
        }
        while !String(decoding: server.received(), as: UTF8.self).contains("SELECT 1") {
            try await Task.sleep(for: .milliseconds(2))
        }
        task.cancel()
        let (code, isUsable) = try await task.value
        #expect(code == .cancelled)
        #expect(!isUsable)
        #expect(server.received(on: 1) == [0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 18, 103, 1, 2, 3, 4])
    }

    /// The session's protection covers its cancel requests too.
    @Test func cancelRequestsGoOverTLSWhenTheSessionDoes() async throws {
        let client = try await Client.connect(.tls)
        let box = Handover(client.connection)
        let task = Task {
            let connection = try #require(box.take())
            return await failure { try await connection.query("SELECT pg_sleep(600) /* over_tls */") }?.code
        }
        #expect(try await runs("over_tls"))
        task.cancel()
        #expect(try await task.value == .cancelled)
    }
}
