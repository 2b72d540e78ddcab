import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct StreamTests {
    @Test(arguments: Route.allCases, Face.allCases)
    func everyRowComesOnceAndInOrder(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        let rows = client.connection.stream(
            "SELECT i::int4, repeat('x', (i % 500)::int4) FROM generate_series(1, \(20_000)) AS i")
        var expected: Int32 = 0
        while let row = try await client.next(rows) {
            expected += 1
            #expect(try row.decode(0, as: Int32.self) == expected)
        }
        #expect(expected == 20_000)
        #expect(try await client.next(rows) == nil)
        let tuples = client.connection.stream(
            "SELECT i, i::text FROM generate_series(1, 20000) AS i", as: (Int32, String).self)
        var count: Int32 = 0
        while let (number, text) = try await client.next(tuples) {
            count += 1
            if number != count || text != String(count) { Issue.record("row \(count) is \(number), \(text)") }
        }
        #expect(count == 20_000)
        #expect(try await client.answers())
    }

    @Test func streamsAreSequences() async throws {
        let client = try await Client.connect()
        var sum = 0
        for try await number in client.connection.stream("SELECT i FROM generate_series(1, 1000) AS i", as: Int32.self)
        {
            sum += Int(number)
        }
        #expect(sum == 500_500)
        var count = 0
        for try await row in client.connection.stream("SELECT 1 WHERE false") { count += row.count }
        #expect(count == 0)
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func anEarlyExitLeavesAUsableConnection(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        for total in [10, 10_000, 5_000_000] {
            do {
                let stream = client.connection.stream(
                    "SELECT i, repeat('x', 100) FROM generate_series(1, \(total)) AS i")
                for number in 1...Int32(3) {
                    #expect(try await client.next(stream)?.decode(0, as: Int32.self) == number)
                }
            }
            #expect(try await client.answers(), "after \(total) rows")
            do {
                let stream = client.connection.stream("SELECT i FROM generate_series(1, \(total)) AS i", as: Int32.self)
                #expect(try await client.next(stream) == 1)
            }
            #expect(try await client.answers(), "after \(total) tuples")
        }
        // One whose rows come so slowly that its end is not to be waited for.
        do {
            let stream = client.connection.stream(
                "SELECT i, CASE WHEN i > 1 THEN pg_sleep(1000) END FROM generate_series(1, 5) AS i")
            _ = stream
        }
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func anEarlyExitInsideATransactionKeepsIt(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("BEGIN")
        try await client.execute("CREATE TEMP TABLE kept (a int)")
        do {
            let stream = client.connection.stream("SELECT i FROM generate_series(1, 50000) AS i")
            _ = try await client.next(stream)
        }
        try await client.execute("INSERT INTO kept VALUES (1)")
        try await client.execute("COMMIT")
        #expect(try await client.query("SELECT count(*) FROM kept", as: Int64.self) == [1])
    }

    @Test(arguments: Face.allCases)
    func whileAStreamIsOpenTheConnectionIsBusy(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let stream = client.connection.stream("SELECT i FROM generate_series(1, 100000) AS i")
        #expect(try await client.answers(), "not opened yet")
        _ = try await client.next(stream)
        let error = await failure { try await client.query("SELECT 1") }
        #expect(error?.code == .connectionBusy)
        #expect(error?.isSafeToRetry == true)
        let other = client.connection.stream("SELECT 1")
        #expect(await failure { try await client.next(other) }?.code == .connectionBusy)
        var count = 1
        while try await client.next(stream) != nil { count += 1 }
        #expect(count == 100_000)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func anErrorEndsTheStreamAndFreesTheConnection(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let refused = client.connection.stream("SELECT nonsense")
        #expect(await failure { try await client.next(refused) }?.sqlState == .undefinedColumn)
        #expect(try await client.next(refused) == nil)
        #expect(try await client.answers())

        let late = client.connection.stream("SELECT 1 / (50000 - i) FROM generate_series(1, 60000) AS i")
        let error = await failure { while try await client.next(late) != nil {} }
        #expect(error?.sqlState == .divisionByZero)
        #expect(try await client.answers())

        let null = client.connection.stream("SELECT nullif(i, 7) FROM generate_series(1, 10) AS i", as: Int32.self)
        let mismatch = await failure { while try await client.next(null) != nil {} }
        #expect(mismatch?.code == .decodingFailed)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func closingUnderAStreamEndsItWithAnError(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let stream = client.connection.stream("SELECT repeat('x', 1000) FROM generate_series(1, 200000)")
        _ = try await client.next(stream)
        client.connection.close()
        #expect(await failure { while try await client.next(stream) != nil {} }?.code == .connectionClosed)
    }

    // Guard: Sources/PostgresClient/Pool/ConnectionPool.swift: `if connection.hasAbandonedStream`
    @Test(arguments: Face.allCases)
    func aStreamThatIsDroppedOnALentConnectionCostsNobodyTheConnection(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        let process = try await pool.query("SELECT pg_backend_pid()", as: Int32.self)
        func dropBlocking(_ sql: SQL) throws {
            try pool.withConnection { connection in
                let stream = connection.stream(sql)
                _ = try stream.next()
            }
        }
        for sql in [
            "SELECT i FROM generate_series(1, 50000) AS i",
            "SELECT i, pg_sleep(0.001) FROM generate_series(1, 1000000) AS i",
        ]
            as [SQL]
        {
            if face == .blocking {
                try dropBlocking(sql)
            } else {
                try await pool.withConnection { connection in
                    let stream = connection.stream(sql)
                    _ = try await stream.next()
                }
            }
            #expect(try await pool.query("SELECT pg_backend_pid()", as: Int32.self) == process)
        }
        pool.close()
    }

    @Test(arguments: Face.allCases)
    func aPoolsStreamGivesItsConnectionBack(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        let client = try await Client.connect(.tcp, face)
        for _ in 0..<3 {
            do {
                let stream = pool.stream("SELECT i FROM generate_series(1, 1000000) AS i", as: Int32.self)
                #expect(try await client.next(stream) == 1)
                #expect(pool.statistics.open == 1 && pool.statistics.idle == 0)
            }
            let whole = pool.stream("SELECT 1")
            #expect(try await client.next(whole) != nil)
            #expect(try await client.next(whole) == nil)
            #expect(pool.statistics.idle == 1)
        }
        pool.close()
    }
}
