import ManticoreTesting
import PostgresClient
import Testing

@Suite(.ownThread) struct CopyOutTests {
    private static let formats: [CopyFormat] = [
        .binary, .text, .csv, .csv(header: true, delimiter: ";", null: "NULL", quote: "'", forceQuote: .all),
        .text(delimiter: "|", null: ""),
    ]

    @Test(arguments: Face.allCases, formats)
    func tuplesOfAQuery(_ face: Face, _ format: CopyFormat) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let stream = client.connection.copyOut(
            """
            SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE E'text \\t\\n\\\\ \\'";,|' || i END, i / 4::float8, i % 2 = 0 \
            FROM generate_series(1::int8, 20000) AS i ORDER BY i
            """, as: (Int, String?, Double, Bool).self, format: format)
        let rows = try await client.all(stream)
        #expect(rows.count == 20_000)
        #expect(rows.first?.1 == "text \t\n\\ '\";,|1")
        #expect(
            rows.enumerated().allSatisfy { index, row in
                row.0 == index + 1 && (row.1 == nil) == row.0.isMultiple(of: 3) && row.2 == Double(row.0) / 4
                    && row.3 == row.0.isMultiple(of: 2)
            })
        #expect(stream.commandTag?.rowCount == 20_000)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases, formats)
    func noRowsAndOneRow(_ face: Face, _ format: CopyFormat) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        for count in 0...2 {
            let query = SQL(unsafeSQL: "SELECT i FROM generate_series(1, \(count)) AS i")
            let rows = try await client.all(client.connection.copyOut(query, as: Int.self, format: format))
            #expect(rows == Array(1..<(count + 1)))
        }
    }

    @Test(arguments: Face.allCases)
    func bytesAsTheServerWritesThem(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        try await client.simpleQuery(
            "CREATE TEMPORARY TABLE copied (id int, name text); INSERT INTO copied VALUES (1, 'a,b'), (2, NULL)")
        let csv = client.connection.copyOut(table: "copied", format: .csv(header: true))
        #expect(try await client.text(csv) == "id,name\n1,\"a,b\"\n2,\n")
        #expect(csv.rowCount == 2)
        let text = client.connection.copyOut(table: "copied", columns: ["name"], format: .text)
        #expect(try await client.text(text) == "a,b\n\\N\n")
        let own = client.connection.copyOut(statement: "COPY copied TO STDOUT (DELIMITER '|')")
        #expect(try await client.text(own) == "1|a,b\n2|\\N\n")
        var reader = CopyBinaryReader()
        let binary = client.connection.copyOut("SELECT 7::int2", format: .binary)
        while let piece = try await client.next(binary) { reader.append(piece) }
        #expect(try reader.next() == [[0, 7]])
        #expect(try reader.next() == nil)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: Face.allCases)
    func aStreamThatIsLeftEarly(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        for query in ["SELECT i FROM generate_series(1, 100000000) AS i"] as [SQL] {
            do {
                let stream = client.connection.copyOut(query, as: Int.self)
                #expect(try await client.next(stream) == 1)
                let busy = await failure { try await client.query("SELECT 1") }
                #expect(busy?.code == .connectionBusy)
            }
            #expect(try await client.answers(), "outside a transaction the rest is cancelled")
        }
        try await client.simpleQuery("BEGIN")
        do {
            let stream = client.connection.copyOut("SELECT i FROM generate_series(1, 100000) AS i", as: Int.self)
            #expect(try await client.next(stream) == 1)
        }
        #expect(try await client.answers(), "inside one it is read away")
        #expect(client.connection.transactionStatus == .inTransaction)
        try await client.simpleQuery("ROLLBACK")
    }

    @Test(arguments: Face.allCases)
    func whatDoesNotFitIsSaid(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let connection = client.connection
        let streams = [
            connection.copyOut("SELECT 1, 2", as: Int.self), connection.copyOut("SELECT 'a'", as: Int.self),
            connection.copyOut("SELECT NULL::int4", as: Int.self), connection.copyOut("SELECT \(1)", as: Int.self),
            connection.copyOut(table: "pg_class", columns: [], as: Int.self),
        ]
        let codes: [PostgresError.Code] = [
            .decodingFailed, .decodingFailed, .decodingFailed, .invalidArgument, .invalidArgument,
        ]
        for (stream, code) in zip(streams, codes) {
            let error = await failure { try await client.next(stream) }
            #expect(error?.code == code, "\(error.map { "\($0)" } ?? "")")
            #expect(try await client.answers())
        }
        let narrow = connection.copyOut("SELECT i FROM generate_series(126, 129) AS i", as: Int8.self)
        #expect(try await client.next(narrow) == 126)
        #expect(try await client.next(narrow) == 127)
        let error = await failure { try await client.next(narrow) }
        #expect(error?.message.contains("row 2") == true, "\(error?.message ?? "")")
        #expect(try await client.answers())
        let late = await failure {
            try await client.all(
                connection.copyOut("SELECT 1 / (5000 - i) FROM generate_series(1, 5000) AS i", as: Int.self))
        }
        #expect(late?.sqlState == .divisionByZero)
        let none = await failure { try await client.text(connection.copyOut(statement: "SELECT 1")) }
        #expect(none?.code == .invalidArgument)
        let wrongWay = await failure {
            try await client.text(connection.copyOut(statement: "COPY pg_class FROM STDIN"))
        }
        #expect(wrongWay?.code == .server)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func filesInAndOut(_ face: Face) async throws {
        let directory = try PrivateDirectory()
        let path = directory.path + "/rows.csv"
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let connection = client.connection
        let query: SQL = "SELECT i, 'row ' || i AS name FROM generate_series(1, 30000) AS i"
        func out() throws -> Int { try connection.copyOut(query, format: .csv(header: true), file: path) }
        func `in`(_ path: String) throws -> Int {
            try connection.copy(into: "copied", format: .csv(header: true), file: path)
        }
        try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int, name text)")
        switch face {
        case .blocking:
            #expect(try out() == 30_000)
            #expect(try `in`(path) == 30_000)
        case .suspending:
            #expect(try await connection.copyOut(query, format: .csv(header: true), file: path) == 30_000)
            #expect(try await connection.copy(into: "copied", format: .csv(header: true), file: path) == 30_000)
        }
        #expect(
            try await client.query("SELECT count(*) FROM copied WHERE name = 'row ' || id", as: Int.self) == [30_000])
        let missing = await failure {
            try await connection.copy(into: "copied", format: .csv, file: directory.path + "/nothing")
        }
        #expect(missing?.code == .invalidArgument)
        let nowhere = await failure {
            try await connection.copyOut(query, format: .csv, file: directory.path + "/no/where")
        }
        #expect(nowhere?.code == .invalidArgument)
        #expect(try await client.answers())
    }

    @Test func aLoopOverTheRows() async throws {
        let pool = try TestServer.pool(2)
        defer { pool.close() }
        var sum = 0
        for try await number in pool.copyOut("SELECT i FROM generate_series(1, 1000) AS i", as: Int.self) {
            sum += number
        }
        #expect(sum == 500_500)
        var bytes = 0
        for try await piece in pool.copyOut("SELECT i FROM generate_series(1, 9) AS i", format: .text) {
            bytes += piece.count
        }
        #expect(bytes == 18)
        var batches = 0
        let stream = pool.copyOut("SELECT i FROM generate_series(1, 50000) AS i", as: Int.self)
        while let batch = try await stream.nextBatch() { batches += batch.count }
        #expect(batches == 50_000)
    }
}
