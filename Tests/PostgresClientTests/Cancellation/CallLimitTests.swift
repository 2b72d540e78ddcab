import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Deadlines of calls, in both faces.
@Suite(.ownThread) struct CallLimitTests {
    private func query(
        _ provider: some ConnectionProvider, _ sql: SQL, _ face: Face
    ) async throws(PostgresError) -> Rows {
        switch face {
        case .blocking: try blockingQuery(provider, sql)
        case .suspending: try await provider.query(sql)
        }
    }

    private func blockingQuery(_ provider: some ConnectionProvider, _ sql: SQL) throws(PostgresError) -> Rows {
        try provider.query(sql)
    }

    private func process(_ pool: ConnectionPool) async throws -> Int32? {
        try await pool.query("SELECT pg_backend_pid()", as: Int32.self).first
    }

    @Test(arguments: Face.allCases)
    func aStatementThatTakesTooLong(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        defer { pool.close() }
        let first = try await process(pool)
        // Known from here on, since one that is cancelled while it is described has no use for its connection.
        _ = try await pool.query("SELECT pg_sleep(\(0.0))")
        for _ in 0..<3 {
            let error = await failure {
                try await query(pool.within(.milliseconds(50)), "SELECT pg_sleep(\(600.0))", face)
            }
            #expect(error?.code == .timedOut && error?.sqlState == .queryCanceled, "\(String(describing: error))")
            // The limit is gone with the call.
            #expect(try await query(pool, "SELECT pg_sleep(\(0.1))", face).count == 1)
        }
        #expect(try await query(pool.within(.seconds(600)), "SELECT 1", face).count == 1)
        #expect(try await process(pool) == first)
    }

    @Test(arguments: Face.allCases)
    func theEarlierOfTwoCounts(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let (short, long) = (Duration.milliseconds(50), Duration.seconds(600))
        for (inner, outer) in [(short, long), (long, short)] {
            let error = await failure {
                try await query(client.connection.within(inner).within(outer), "SELECT pg_sleep(600)", face)
            }
            #expect(error?.code == .timedOut)
            guard client.connection.isUsable else { continue }
            #expect(client.connection.deadline == nil)
        }
        var configuration = try TestServer.configuration()
        configuration.callTimeout = short
        let limited = try await Client.connect(configuration, face)
        #expect(await failure { try await limited.query("SELECT pg_sleep(600)") }?.code == .timedOut)
        let other = try await Client.connect(configuration, face)
        #expect(
            await failure { try await query(other.connection.within(long), "SELECT pg_sleep(600)", face) }?.code
                == .timedOut)
    }

    @Test(arguments: Face.allCases)
    func whatHasYetToBegin(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let error = await failure { try await query(client.connection.within(.zero), "SELECT 1", face) }
        #expect(error?.code == .timedOut && error?.isSafeToRetry == true)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func theWaitForAConnection(_ face: Face) async throws {
        let pool = try TestServer.pool(1, acquireTimeout: .seconds(600))
        defer { pool.close() }
        let held = try await pool.leaseAsync()
        let error = await failure { try await query(pool.within(.milliseconds(50)), "SELECT 1", face) }
        #expect(error?.code == .timedOut && error?.isSafeToRetry == true, "\(String(describing: error))")
        #expect(pool.statistics.waiting == 0)
        await pool.settleAsync(held)
        #expect(try await query(pool.within(.seconds(600)), "SELECT 1", face).count == 1)
        // One that never comes to be.
        let silent = try ScriptedServer([.receiveToEnd])
        let absent = ConnectionPool(try HostileSession.configuration(silent, timeout: .seconds(600)))
        #expect(
            await failure { try await query(absent.within(.milliseconds(50)), "SELECT 1", face) }?.code == .timedOut)
        absent.close()
    }

    @Test(arguments: Face.allCases)
    func aStream(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        defer { pool.close() }
        let first = try await process(pool)
        for sql in [
            "SELECT i FROM generate_series(1, 2147483647) AS i",
            "SELECT i + CASE WHEN i > 1000 THEN length(pg_sleep(600)::text) ELSE 0 END FROM generate_series(1, 2000) AS i",
        ] as [SQL] {
            let stream = pool.within(.milliseconds(300)).stream(sql, as: Int32.self)
            let error = await failure { while try await next(stream, face) != nil {} }
            #expect(error?.code == .timedOut && error?.sqlState == .queryCanceled, "\(String(describing: error))")
            #expect(try await query(pool, "SELECT pg_sleep(\(0.1))", face).count == 1)
        }
        #expect(try await process(pool) == first)
    }

    private func next(_ stream: TupleStream<Int32>, _ face: Face) async throws(PostgresError) -> Int32? {
        switch face {
        case .blocking: try blockingNext(stream)
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext(_ stream: TupleStream<Int32>) throws(PostgresError) -> Int32? { try stream.next() }

    @Test func aScope() async throws {
        let pool = try TestServer.pool(1)
        defer { pool.close() }
        let first = try await process(pool)
        let error = await failure {
            try await pool.within(.milliseconds(200)).withConnection { connection in
                try await connection.simpleQuery("BEGIN")
                try await connection.simpleQuery("SELECT pg_sleep(600)")
            }
        }
        #expect(error?.code == .timedOut)
        // The transaction was rolled back although the time was over.
        #expect(try await process(pool) == first)
        #expect(try await pool.query("SELECT 1").count == 1)
    }
}
