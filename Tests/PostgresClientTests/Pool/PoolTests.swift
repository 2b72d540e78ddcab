import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

@Suite(.ownThread) struct PoolTests {
    /// Waits until the pool's numbers are as asked.
    private func settles(_ pool: ConnectionPool, _ condition: (PoolStatistics) -> Bool) async throws -> Bool {
        for _ in 0..<2000 {
            if condition(pool.statistics) { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test func nothingIsOpenedBeforeItIsNeeded() async throws {
        let pool = try TestServer.pool(4)
        #expect(pool.statistics == PoolStatistics(open: 0, idle: 0, waiting: 0))
        for _ in 0..<5 { _ = try await pool.query("SELECT 1") }
        #expect(pool.statistics == PoolStatistics(open: 1, idle: 1, waiting: 0))
        pool.close()
        #expect(pool.statistics == PoolStatistics(open: 0, idle: 0, waiting: 0))
    }

    @Test func tasksAndThreadsShareConnectionsUpToTheLimit() async throws {
        let pool = try TestServer.pool(4)
        let inUse = Guarded((now: 0, most: 0))
        let failures = Guarded<[String]>([])
        @Sendable func enter() {
            inUse.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
        }
        @Sendable func leave() { inUse.withLock { $0.now -= 1 } }
        let finished = (0..<8).map { _ in Latch() }
        for thread in 0..<8 {
            let latch = finished[thread]
            try Thread.detach {
                for round in 0..<50 {
                    let token = "thread \(thread) \(round)"
                    do {
                        try pool.withConnection { connection in
                            enter()
                            defer { leave() }
                            let answer = try connection.query("SELECT \(token)", as: String.self)
                            if answer.first != token { failures.withLock { $0.append(token) } }
                        }
                    } catch {
                        failures.withLock { $0.append("\(token): \(error)") }
                    }
                }
                latch.open()
            }
        }
        await withTaskGroup { group in
            for task in 0..<50 {
                group.addTask {
                    for round in 0..<20 {
                        let token = "task \(task) \(round)"
                        do {
                            try await pool.withConnection { connection in
                                enter()
                                defer { leave() }
                                let answer = try await connection.query("SELECT \(token)", as: String.self)
                                if answer.first != token { failures.withLock { $0.append(token) } }
                            }
                        } catch {
                            failures.withLock { $0.append("\(token): \(error)") }
                        }
                    }
                }
            }
        }
        for latch in finished { await latch.wait() }
        #expect(failures.withLock { $0 } == [])
        #expect(inUse.withLock { $0.most } <= 4)
        #expect(pool.statistics.open <= 4 && pool.statistics.waiting == 0)
        pool.close()
    }

    @Test func waitersAreServedInTheOrderInWhichTheyCame() async throws {
        let pool = try TestServer.pool(1)
        let order = Guarded<[Int]>([])
        let held = try await pool.leaseAsync()
        var tasks: [Task<Void, any Error>] = []
        var latches: [Latch] = []
        for number in 0..<10 {
            if number.isMultiple(of: 2) {
                tasks.append(
                    Task {
                        try await pool.withConnection { connection in
                            order.withLock { $0.append(number) }
                            _ = try await connection.query("SELECT 1")
                        }
                    })
            } else {
                let latch = Latch()
                latches.append(latch)
                try Thread.detach {
                    try? pool.withConnection { connection in
                        order.withLock { $0.append(number) }
                        _ = try connection.query("SELECT 1")
                    }
                    latch.open()
                }
            }
            #expect(try await settles(pool) { $0.waiting == number + 1 })
        }
        await pool.settleAsync(held)
        for task in tasks { try await task.value }
        for latch in latches { await latch.wait() }
        #expect(order.withLock { $0 } == Array(0..<10))
        pool.close()
    }

    @Test(arguments: Face.allCases)
    func waitingTooLongSaysWhatToDo(_ face: Face) async throws {
        let pool = try TestServer.pool(1, acquireTimeout: .milliseconds(100))
        let held = try await pool.leaseAsync()
        let error = await failure { () async throws(PostgresError) in
            face == .blocking ? try blockingQuery(pool) : try await pool.query("SELECT 1")
        }
        #expect(error?.code == .poolExhausted)
        #expect(error?.isSafeToRetry == true)
        for part in ["0.1 seconds", "all 1 are in use", "maxConnections"] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
        #expect(pool.statistics.waiting == 0)
        await pool.settleAsync(held)
        #expect(try await pool.query("SELECT 1").count == 1)
        pool.close()
    }

    private func blockingQuery(_ pool: ConnectionPool) throws(PostgresError) -> Rows { try pool.query("SELECT 1") }

    /// Whoever gives up at the moment at which a connection comes must not lose it.
    @Test func givingUpLosesNoConnection() async throws {
        let pool = try TestServer.pool(2, acquireTimeout: .milliseconds(3))
        await withTaskGroup { group in
            for task in 0..<24 {
                group.addTask {
                    for round in 0..<60 {
                        let work = Task {
                            _ = try? await pool.withConnection { connection in
                                _ = try? await connection.query("SELECT pg_sleep(0.0004)")
                            }
                        }
                        if (task + round).isMultiple(of: 5) {
                            await Task.yield()
                            work.cancel()
                        }
                        await work.value
                    }
                }
            }
        }
        #expect(try await settles(pool) { $0.open == $0.idle && $0.waiting == 0 })
        #expect(pool.statistics.open <= 2)
        for _ in 0..<4 { #expect(try await pool.query("SELECT 1").count == 1) }
        pool.close()
    }

    @Test(arguments: Face.allCases)
    func aTransactionLeftOpenIsRolledBack(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        struct Stop: Error {}
        func leave(_ fails: Bool) async throws {
            try await pool.withConnection { connection in
                try await connection.simpleQuery("BEGIN; CREATE TEMP TABLE left_open (a int)")
                if fails { throw Stop() }
            }
        }
        func leaveBlocking(_ fails: Bool) throws {
            try pool.withConnection { connection in
                try connection.simpleQuery("BEGIN; CREATE TEMP TABLE left_open (a int)")
                if fails { throw Stop() }
            }
        }
        for fails in [false, true] {
            do {
                if face == .blocking { try leaveBlocking(fails) } else { try await leave(fails) }
                #expect(!fails)
            } catch is Stop {
                #expect(fails, "what the body throws comes out as it is")
            }
            try await pool.withConnection { connection in
                #expect(connection.transactionStatus == .idle)
                let found = try await connection.query("SELECT to_regclass('pg_temp.left_open') IS NULL", as: Bool.self)
                #expect(found.first == true)
            }
            #expect(pool.statistics.open == 1, "the connection is kept")
        }
        pool.close()
    }

    @Test func aBrokenConnectionIsReplaced() async throws {
        let pool = try TestServer.pool(2)
        let admin = try await Client.connect(.socket)
        for _ in 0..<20 {
            let process = try await pool.query("SELECT pg_backend_pid()", as: Int32.self)
            _ = try await admin.query("SELECT pg_terminate_backend(\(process[0]), 5000)")
            #expect(try await pool.query("SELECT 1").count == 1, "ended while idle: nobody notices")
        }
        try await pool.withConnection { connection in connection.close() }
        #expect(pool.statistics.open == 0)
        #expect(try await pool.query("SELECT 1").count == 1)
        pool.close()
    }

    @Test func aFailedConnectWakesTheNextWaiter() async throws {
        let server = try ScriptedServer(
            [.receiveStartup, .pause(milliseconds: 100), .send(bytes: Array("no server".utf8)), .receiveToEnd],
            count: 20)
        var limits = PoolConfiguration()
        limits.maxConnections = 1
        let configuration = try ConnectionConfiguration.resolve(
            host: server.host, port: server.port, user: "app", database: "app", sslmode: .disable, environment: [:])
        let pool = ConnectionPool(configuration, limits)
        let codes = await withTaskGroup { group in
            for _ in 0..<5 {
                group.addTask { await failure { try await pool.query("SELECT 1") }?.code }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: .protocolViolation, count: 5))
        #expect(server.connections == 5)
        #expect(pool.statistics == PoolStatistics(open: 0, idle: 0, waiting: 0))
    }

    @Test func closingWhileInUse() async throws {
        let pool = try TestServer.pool(2)
        let held = try await pool.leaseAsync()
        let other = try await pool.leaseAsync()
        let waiter = Task { await failure { try await pool.query("SELECT 1") }?.code }
        #expect(try await settles(pool) { $0.waiting == 1 })
        pool.close()
        #expect(await waiter.value == .connectionClosed)
        #expect(await failure { try await pool.query("SELECT 1") }?.code == .connectionClosed)
        #expect(try await held.query("SELECT 1::int4", as: Int32.self).first == 1, "those in use go on")
        await pool.settleAsync(held)
        await pool.settleAsync(other)
        #expect(pool.statistics.open == 0)
        pool.close()
    }

    @Test(arguments: Face.allCases)
    func shuttingDownWaitsForWhatIsRunning(_ face: Face) async throws {
        func shutdown(_ pool: ConnectionPool, _ limit: Duration) async throws(PostgresError) {
            if face == .blocking { try shutdownBlocking(pool, limit) } else { try await pool.shutdown(within: limit) }
        }
        func shutdownBlocking(_ pool: ConnectionPool, _ limit: Duration) throws(PostgresError) {
            try pool.shutdown(within: limit)
        }
        let empty = try TestServer.pool(2)
        try await shutdown(empty, .seconds(1))

        let pool = try TestServer.pool(2)
        let running = Task.detached { try await pool.query("SELECT pg_sleep(0.3), 7::int4").count }
        #expect(try await settles(pool) { $0.open == 1 })
        try await shutdown(pool, .seconds(20))
        #expect(try await running.value == 1)
        #expect(pool.statistics.open == 0)

        let late = try TestServer.pool(2)
        let held = try await late.leaseAsync()
        let error = await failure { try await shutdown(late, .milliseconds(50)) }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("1 connections are still in use") == true)
        await late.settleAsync(held)
        #expect(late.statistics.open == 0)
    }
}
