import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Cancels from another thread, in both faces.
@Suite(.ownThread) struct CancellerTests {
    /// Runs `body` and calls `canceller` as soon as the server runs a statement with this marker in it.
    private func cancelling<Value>(
        _ connection: Connection, _ marker: String, _ body: () async throws -> Value
    ) async -> PostgresError? {
        let canceller = connection.canceller
        guard let configuration = try? TestServer.configuration(.socket) else { return nil }
        _ = try? Thread.detach {
            guard let observer = try? Connection.connect(to: configuration) else { return }
            let pattern = "%" + marker + "%"
            while (try? observer.query(
                """
                SELECT 1 FROM pg_stat_activity
                WHERE query LIKE \(pattern) AND state = 'active' AND pid <> pg_backend_pid()
                """))?.isEmpty ?? false
            {}
            canceller.cancel()
            observer.close()
        }
        return await failure(body)
    }

    @Test(arguments: Face.allCases, Route.allCases)
    func aStatementThatRuns(_ face: Face, _ route: Route) async throws {
        let client = try await Client.connect(route, face)
        defer { client.connection.close() }
        let process = client.connection.processID
        // Known from here on, since one that is cancelled while it is described has no use for its connection.
        let statement = try await client.prepare("SELECT pg_sleep($1) /* canceller */")
        for kind in 0..<3 {
            let marker = "canceller_\(face)_\(route)_\(kind)"
            let sql = SQL(unsafeSQL: "SELECT pg_sleep(600) /* \(marker) */")
            let error = await cancelling(client.connection, kind == 2 ? "/* canceller */" : marker) {
                switch kind {
                case 0: _ = try await client.query(sql)
                case 1: _ = try await client.simpleQuery(sql)
                default: _ = try await client.run(statement, 600.0)
                }
            }
            #expect(error?.code == .cancelled && error?.sqlState == .queryCanceled, "\(String(describing: error))")
            #expect(try await client.answers())
        }
        #expect(client.connection.processID == process && client.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func whenNothingRunsNothingHappens(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let canceller = client.connection.canceller
        for _ in 0..<20 {
            #expect(!canceller.cancel())
            #expect(!client.connection.cancel())
            #expect(try await client.answers())
        }
        client.connection.close()
        #expect(!canceller.cancel())
    }

    /// A canceller holds for as long as the connection is lent: whoever has it next is not touched.
    @Test(arguments: Face.allCases)
    func theNextHolderIsNotTouched(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        defer { pool.close() }
        let kept = Guarded<Canceller?>(nil)
        try await pool.withConnection { connection in
            _ = try await connection.query("SELECT 1")
            kept.withLock { $0 = connection.canceller }
        }
        let canceller = try #require(kept.value)
        let isCancelled = Guarded(false)
        let partner = try Partner()
        partner.act(after: .milliseconds(50)) { isCancelled.withLock { $0 = canceller.cancel() } }
        switch face {
        case .blocking: try blockingSleep(pool)
        case .suspending: _ = try await pool.query("SELECT pg_sleep(0.2)")
        }
        partner.end()
        #expect(!isCancelled.value)
    }

    private func blockingSleep(_ pool: ConnectionPool) throws { _ = try pool.query("SELECT pg_sleep(0.2)") }

    @Test(arguments: Face.allCases)
    func anOpenStream(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let process = client.connection.processID
        let canceller = client.connection.canceller
        for isWaiting in [false, true] {
            // The server is always ahead; or it never comes to the next row.
            let stream = client.connection.stream(
                isWaiting
                    ? "SELECT i, CASE WHEN i > 1000 THEN pg_sleep(600) END FROM generate_series(1, 2000) AS i"
                    : "SELECT i, repeat('x', 1000) FROM generate_series(1, 10000000) AS i",
                as: (Int32, PostgresValue).self)
            #expect(try await client.next(stream)?.0 == 1)
            #expect(await failure { try await client.query("SELECT 1") }?.code == .connectionBusy)
            let partner = try Partner()
            let isCancelled = Guarded(false)
            partner.act(after: .milliseconds(20)) { isCancelled.withLock { $0 = canceller.cancel() } }
            let error = await failure { while try await client.next(stream) != nil {} }
            partner.end()
            #expect(isCancelled.value)
            #expect(error?.code == .cancelled && error?.sqlState == .queryCanceled, "\(String(describing: error))")
            #expect(try await client.next(stream) == nil)
            #expect(try await client.answers())
        }
        // Between two rows, by the one who reads them.
        let stream = client.connection.stream("SELECT i FROM generate_series(1, 10000000) AS i")
        _ = try await client.next(stream)
        #expect(client.connection.cancel())
        #expect(await failure { while try await client.next(stream) != nil {} }?.code == .cancelled)
        #expect(try await client.answers())
        #expect(client.connection.processID == process)
    }

    /// The rows of a result that is read in pieces without ever waiting for the server.
    @Test(arguments: Face.allCases)
    func aLongResult(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let canceller = client.connection.canceller
        for asTuples in [false, true] {
            let partner = try Partner()
            partner.act(after: .milliseconds(100)) { while !canceller.cancel() {} }
            let error = await failure {
                if asTuples {
                    _ = try await client.query(
                        "SELECT repeat('x', 10000) FROM generate_series(1, 10000000) AS i", as: String.self)
                } else {
                    _ = try await client.query("SELECT repeat('x', 10000) FROM generate_series(1, 10000000) AS i")
                }
            }
            partner.end()
            #expect(error?.code == .cancelled && error?.sqlState == .queryCanceled, "\(String(describing: error))")
            #expect(try await client.answers())
        }
    }

    @Test(arguments: Face.allCases)
    func aServerThatDoesNotReactLosesTheConnection(_ face: Face) async throws {
        let answer = ScriptedServer.acceptingSession + [.receiveUntil(MessageType.flush), .receiveToEnd]
        let server = try ScriptedServer(connections: [answer, [.receiveStartup, .close]])
        let client = try await Client.connect(HostileSession.configuration(server), face)
        let canceller = client.connection.canceller
        let partner = try Partner()
        partner.act(after: .milliseconds(20)) { while !canceller.cancel() {} }
        let error = await failure { try await client.query("SELECT 1") }
        partner.end()
        #expect(error?.code == .cancelled)
        #expect(!client.connection.isUsable)
        #expect(server.received(on: 1) == [0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 18, 103, 1, 2, 3, 4])
    }
}
