import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Streams that were dropped before their end, and the calls that come after them: what is left of a stream is received in
/// the time of the next call.
@Suite(.ownThread) struct DroppedStreamTests {
    /// A thousand rows, and then one that takes so many seconds.
    private static func rows(thenWaiting seconds: Double) -> SQL {
        "SELECT i, CASE WHEN i > 1000 THEN pg_sleep(\(seconds)) END FROM generate_series(1, 1001) AS i"
    }

    private func drop(_ client: Client, _ sql: SQL) async throws {
        let stream = client.connection.stream(sql)
        #expect(try await client.next(stream) != nil)
    }

    private func query(_ client: Client, _ sql: SQL, within limit: Duration) async throws(PostgresError) -> Rows {
        switch client.face {
        case .blocking: try blockingQuery(client, sql, limit)
        case .suspending: try await client.connection.within(limit).query(sql)
        }
    }

    private func blockingQuery(_ client: Client, _ sql: SQL, _ limit: Duration) throws(PostgresError) -> Rows {
        try client.connection.within(limit).query(sql)
    }

    @Test(arguments: Face.allCases)
    func aCallThatHasNoTimeForTheRest(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let process = client.connection.processID
        for limit in [Duration.zero, .milliseconds(20)] {
            try await drop(client, Self.rows(thenWaiting: 600))
            let error = await failure { try await query(client, "SELECT 1", within: limit) }
            #expect(error?.code == .timedOut && error?.isSafeToRetry == true, "\(String(describing: error))")
            #expect(try await client.answers())
        }
        // With time enough the rest is cancelled, and the call goes on.
        try await drop(client, Self.rows(thenWaiting: 600))
        #expect(try await query(client, "SELECT 1", within: .seconds(600)).count == 1)
        #expect(client.connection.processID == process && client.connection.isUsable)
    }

    /// There a cancel would abort what goes on: what is left is left to the next call, which may have more time.
    @Test(arguments: Face.allCases)
    func inATransactionNothingIsAborted(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        try await client.simpleQuery("CREATE TEMPORARY TABLE kept (a int4); BEGIN; INSERT INTO kept VALUES (1)")
        try await drop(client, Self.rows(thenWaiting: 2))
        for limit in [Duration.zero, .milliseconds(20), .milliseconds(20)] {
            let error = await failure { try await query(client, "INSERT INTO kept VALUES (2)", within: limit) }
            #expect(error?.code == .timedOut && error?.isSafeToRetry == true, "\(String(describing: error))")
            #expect(client.connection.transactionStatus == .inTransaction)
        }
        #expect(try await query(client, "INSERT INTO kept VALUES (3)", within: .seconds(600)).isEmpty)
        try await client.simpleQuery("COMMIT")
        #expect(try await client.query("SELECT a FROM kept ORDER BY a", as: Int32.self) == [1, 3])
    }

    @Test(arguments: Face.allCases, [false, true])
    func aCancelThatComesDuringTheRestEndsTheCall(_ face: Face, _ isInTransaction: Bool) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        if isInTransaction { try await client.simpleQuery("BEGIN") }
        try await drop(client, Self.rows(thenWaiting: isInTransaction ? 2 : 600))
        let canceller = client.connection.canceller
        let partner = try Partner()
        partner.act(after: .milliseconds(20)) { while !canceller.cancel() {} }
        let error = await failure { try await client.query("SELECT pg_sleep(600)") }
        partner.end()
        #expect(error?.code == .cancelled, "\(String(describing: error))")
        // Of the call nothing was sent, and the transaction goes on.
        if isInTransaction { #expect(error?.isSafeToRetry == true) }
        #expect(try await client.answers())
    }

    @Test func aCancelledTaskLeavesTheTransactionAlone() async throws {
        let configuration = try TestServer.configuration()
        let task = Task {
            let client = try await Client.connect(configuration, .suspending)
            try await client.simpleQuery("BEGIN; CREATE TEMPORARY TABLE made (a int4)")
            try await drop(client, Self.rows(thenWaiting: 1))
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            let error = await failure { try await client.query("SELECT 1") }
            // The face that knows nothing of tasks finds everything as it was.
            let goesOn = try await Client(connection: client.connection, face: .blocking).answers()
            let status = client.connection.transactionStatus
            client.connection.close()
            return (error?.code, goesOn, status)
        }
        let (code, goesOn, status) = try await task.value
        #expect(code == .cancelled && goesOn && status == .inTransaction)
    }

    /// What is given up with its transaction is cancelled, however long it would take.
    @Test(arguments: Face.allCases)
    func whoeverGivesTheConnectionBackDoesNotWait(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        defer { pool.close() }
        let process = try await pool.query("SELECT pg_backend_pid()", as: Int32.self)
        switch face {
        case .blocking: try blockingDrop(pool)
        case .suspending:
            try await pool.withConnection { connection in
                try await connection.simpleQuery("BEGIN")
                _ = try await connection.stream(Self.rows(thenWaiting: 600)).next()
            }
        }
        #expect(try await pool.query("SELECT pg_backend_pid()", as: Int32.self) == process)
    }

    private func blockingDrop(_ pool: ConnectionPool) throws {
        try pool.withConnection { connection in
            try connection.simpleQuery("BEGIN")
            _ = try connection.stream(Self.rows(thenWaiting: 600)).next()
        }
    }

    /// Nothing comes any more: the call ends in its time and the grace of the cancel, and later ones are told why.
    @Test(arguments: Face.allCases)
    func aServerThatStallsLosesTheConnection(_ face: Face) async throws {
        let proxy = try FaultProxy(port: TestServer.server.port)
        defer { proxy.stop() }
        var configuration = try TestServer.configuration()
        configuration.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
        let client = try await Client.connect(configuration, face)
        proxy.inject(.stall, when: .server(hasSent: 100_000))
        try await drop(client, "SELECT i, repeat('x', 500) FROM generate_series(1, 4000) AS i")
        let error = await failure { try await query(client, "SELECT 1", within: .milliseconds(50)) }
        #expect(error?.code == .timedOut && error?.isSafeToRetry == true, "\(String(describing: error))")
        #expect(!client.connection.isUsable)
        let later = await failure { try await client.query("SELECT 1") }
        #expect(later?.code == .connectionClosed && later?.message.contains("a stream that was dropped") == true)
        #expect(proxy.faultCount == 1 && proxy.connectionCount >= 2, "a request to cancel it was sent")
    }
}
