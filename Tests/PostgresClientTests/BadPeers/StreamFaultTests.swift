import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Streams whose connection breaks at some point: a typed error, once, and nothing is left of them.
@Suite(.ownThread) struct StreamFaultTests {
    private static let rows: SQL = "SELECT i, repeat('x', 500) FROM generate_series(1, 4000) AS i"

    /// A pool of one connection that goes through a proxy, by another name for each test.
    private func pool(_ proxy: FaultProxy, _ name: String) throws -> ConnectionPool {
        var configuration = try TestServer.configuration()
        configuration.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
        configuration.applicationName = name
        var limits = PoolConfiguration()
        limits.maxConnections = 1
        return ConnectionPool(configuration, limits)
    }

    private func next(_ stream: RowStream, _ face: Face) async throws(PostgresError) -> Row? {
        switch face {
        case .blocking: try blockingNext(stream)
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext(_ stream: RowStream) throws(PostgresError) -> Row? { try stream.next() }

    private func isGone(_ name: String) async throws -> Bool {
        let observer = try await Client.connect(.socket)
        defer { observer.connection.close() }
        for _ in 0..<2000 {
            let found = try await observer.query("SELECT 1 FROM pg_stat_activity WHERE application_name = \(name)")
            if found.isEmpty { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test(arguments: Face.allCases, [FaultProxy.Fault.close, .reset])
    func brokenAtAnyPoint(_ face: Face, _ fault: FaultProxy.Fault) async throws {
        let name = "stream faults \(face) \(fault)"
        let proxy = try FaultProxy(port: TestServer.server.port)
        defer { proxy.stop() }
        let pool = try pool(proxy, name)
        // From within the greeting to the last of two megabytes of rows.
        let points = [1, 100, 400, 700, 1000, 3000, 20_000, 65_536, 300_000, 1_000_000, 1_900_000]
        for point in points {
            proxy.inject(fault, when: .server(hasSent: point))
            let stream = pool.stream(Self.rows)
            var count = 0
            let error = await failure { while try await next(stream, face) != nil { count += 1 } }
            let codes: [PostgresError.Code] = [.outcomeUnknown, .connectionLost, .connectionFailed]
            #expect(error.map { codes.contains($0.code) } == true, "\(point): \(String(describing: error))")
            #expect(count < 4000)
            // Once: the stream has ended, and its place in the pool is free.
            #expect(try await next(stream, face) == nil)
            #expect(pool.statistics.open == 0 && pool.statistics.waiting == 0, "\(point)")
        }
        #expect(proxy.faultCount == points.count)
        let whole = pool.stream(Self.rows)
        var count = 0
        while try await next(whole, face) != nil { count += 1 }
        #expect(count == 4000)
        pool.close()
        #expect(try await isGone(name))
    }

    /// Nothing comes any more: the deadline ends the stream, and the server is told.
    @Test(arguments: Face.allCases)
    func stalled(_ face: Face) async throws {
        let name = "stalled stream \(face)"
        let proxy = try FaultProxy(port: TestServer.server.port)
        let pool = try pool(proxy, name)
        proxy.inject(.stall, when: .server(hasSent: 100_000))
        let stream = pool.within(.seconds(2)).stream(Self.rows)
        let error = await failure { while try await next(stream, face) != nil {} }
        // The statement ran outside a transaction, and nobody knows what became of it.
        #expect(error?.code == .timedOut || error?.code == .outcomeUnknown, "\(String(describing: error))")
        #expect(pool.statistics.open == 0)
        #expect(proxy.faultCount == 1 && proxy.connectionCount >= 2, "a request to cancel it was sent")
        #expect(try await pool.query("SELECT 1").count == 1)
        pool.close()
        proxy.stop()
        #expect(try await isGone(name))
    }
}
