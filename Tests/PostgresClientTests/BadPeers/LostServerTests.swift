import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Servers and sessions that end while they are used.
@Suite(.ownThread) struct LostServerTests {
    /// Waits until a statement with this marker runs, then does `body`.
    private func whenRunning(_ marker: String, on server: EphemeralPostgres, _ body: (Client) async throws -> Void)
        async throws
    {
        let observer = try await Client.connect(TestServer.configuration(server, .socket), .suspending)
        let pattern = "%" + marker + "%"
        while try await observer.query(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE \(pattern) AND state = 'active' AND pid <> pg_backend_pid()"
        ).isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        try await body(observer)
    }

    @Test(arguments: [Route.tcp, .tls, .socket])
    func killedInTheMiddleOfAStatement(_ route: Route) async throws {
        let server = try await EphemeralPostgres.start(.init(tls: true))
        let configuration = try TestServer.configuration(server, route)
        let pool = ConnectionPool(configuration)
        let outside = Task { await failure { try await pool.execute("SELECT pg_sleep(600) /* outside */") } }
        let inside = Task {
            await failure {
                try await pool.withConnection { connection in
                    try await connection.execute("BEGIN")
                    try await connection.execute("SELECT pg_sleep(600) /* inside */")
                }
            }
        }
        try await whenRunning("outside", on: server) { _ in }
        try await whenRunning("inside", on: server) { _ in }
        try await server.kill()
        let first = await outside.value
        #expect(first?.code == .outcomeUnknown, "\(String(describing: first))")
        #expect(first?.isSafeToRetry == false)
        let second = await inside.value
        #expect(second?.code == .connectionLost, "\(String(describing: second))")
        let down = await failure { try await pool.query("SELECT 1") }
        #expect(down?.code == .connectionFailed)
        try await server.restart()
        #expect(try await pool.query("SELECT 1").count == 1)
        pool.close()
        await server.stop()
    }

    @Test(arguments: Face.allCases)
    func terminatedInTheMiddleOfAStatement(_ face: Face) async throws {
        let server = try TestServer.server
        let client = try await Client.connect(.tcp, .suspending)
        let process = Int32(bitPattern: try #require(client.connection.processID))
        let box = Handover(client.connection)
        let marker = "terminated_\(face)"
        let done = Latch()
        let result = ErrorBox()
        let sql = SQL(unsafeSQL: "SELECT pg_sleep(600) /* \(marker) */")
        if face == .blocking {
            try Thread.detach {
                do throws(PostgresError) { _ = try box.take()?.query(sql) } catch { result.set(error) }
                done.open()
            }
        } else {
            Task {
                do throws(PostgresError) { _ = try await box.take()?.query(sql) } catch { result.set(error) }
                done.open()
            }
        }
        try await whenRunning(marker, on: server) { _ = try await $0.query("SELECT pg_terminate_backend(\(process))") }
        await done.wait()
        #expect(result.error?.sqlState == .adminShutdown)
        #expect(result.error?.code == .server)
    }

    @Test(arguments: Face.allCases)
    func terminatedWhileIdle(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let admin = try await Client.connect(.socket)
        let process = Int32(bitPattern: try #require(client.connection.processID))
        _ = try await admin.query("SELECT pg_terminate_backend(\(process), 5000)")
        let error = await failure { try await client.query("SELECT 1") }
        #expect(
            error?.sqlState == .adminShutdown,
            "what the server said, not that the pipe is broken: \(String(describing: error))")
        #expect(!client.connection.isUsable)
        #expect(await failure { try await client.query("SELECT 1") }?.code == .connectionClosed)
    }

    @Test func restartsUnderLoadAreSurvived() async throws {
        let server = try await EphemeralPostgres.start()
        var limits = PoolConfiguration()
        limits.maxConnections = 4
        let pool = ConnectionPool(try TestServer.configuration(server), limits)
        let work = (0..<8).map { _ in
            Task {
                var successes = 0
                while !Task.isCancelled {
                    do throws(PostgresError) {
                        _ = try await pool.query("SELECT pg_sleep(0.001)")
                        successes += 1
                    } catch {
                        let expected: [PostgresError.Code] = [
                            .server, .connectionLost, .connectionFailed, .outcomeUnknown, .cancelled,
                        ]
                        #expect(expected.contains(error.code), "\(error)")
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
                return successes
            }
        }
        for mode in [EphemeralPostgres.ShutdownMode.fast, .immediate, .fast] {
            try await Task.sleep(for: .milliseconds(100))
            try await server.restart(mode)
        }
        try await Task.sleep(for: .milliseconds(200))
        for task in work { task.cancel() }
        for task in work { #expect(await task.value > 0) }
        #expect(try await pool.query("SELECT 1").count == 1)
        #expect(pool.statistics.open <= 4)
        pool.close()
        await server.stop()
    }
}
