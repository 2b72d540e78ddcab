import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct QueryTests {
    @Test(arguments: Route.allCases, Face.allCases)
    func connectsAndAnswers(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        #expect(try await client.answers())
        let rows = try await client.query("SELECT 1::int8 AS one, \("two") AS two WHERE \(3) = 3")
        #expect(rows.count == 1)
        #expect(rows.commandTag?.description == "SELECT 1")
        #expect(try rows[0]["one"] == .int(1))
        #expect(try rows[0]["two"] == .text("two"))
        let connection = client.connection
        #expect(connection.parameters["server_encoding"] == "UTF8")
        #expect(connection.processID != nil)
        #expect(connection.isUsable && !connection.isCockroachDB)
        switch route {
        case .tcp:
            #expect(connection.tls == nil)
            #expect(connection.authentication == "scram-sha-256")
        case .tls:
            #expect(connection.tls?.version == "TLSv1.3")
            #expect(connection.tls?.isVerified == true)
            #expect(connection.authentication.hasPrefix("scram-sha-256"))
        case .socket:
            #expect(connection.tls == nil)
            #expect(connection.authentication == "none")
        }
        connection.close()
        #expect(!connection.isUsable)
        let error = await failure { try await client.query("SELECT 1") }
        #expect(error?.code == .connectionClosed)
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func simpleQueriesAnswerEveryStatement(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        let results = try await client.simpleQuery(
            "SELECT 1 AS a; SELECT 'x', NULL WHERE false; ; SET work_mem = '5MB'")
        #expect(results.count == 3)
        #expect(try results[0][0].decode(Int32.self) == 1)
        #expect(results[1].isEmpty && results[1].columns.count == 2)
        #expect(results[2].commandTag?.description == "SET")
        let empty = try await client.simpleQuery("")
        #expect(empty.count == 1 && empty[0].isEmpty)
        let error = await failure { try await client.simpleQuery("SELECT 1; SELECT 1/0; SELECT 2") }
        #expect(error?.sqlState == .divisionByZero)
        let values = await failure { try await client.simpleQuery("SELECT \(1)") }
        #expect(values?.code == .invalidArgument)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func statementsTellWhatTheyDid(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        #expect(try await client.execute("CREATE TEMP TABLE t (a int, b text)").tag.description == "CREATE TABLE")
        let inserted = try await client.execute("INSERT INTO t SELECT i, i::text FROM generate_series(1, 17) AS i")
        #expect(inserted.rowsAffected == 17)
        #expect(try await client.execute("UPDATE t SET b = \("x") WHERE a > \(10)").rowsAffected == 7)
        #expect(try await client.execute("").tag.description == "")
        let rows = try await client.query("SELECT FROM t")
        #expect(rows.count == 17 && rows.columns.count == 0)
    }

    @Test(arguments: Face.allCases)
    func errorsSayEverythingTheServerSaid(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure { try await client.query("SELECT \(1), nonsense FROM pg_class") }
        #expect(error?.code == .server)
        #expect(error?.sqlState == .undefinedColumn)
        #expect(error?.server?.position == 12)
        #expect(error?.statement == "SELECT $1, nonsense FROM pg_class")
        #expect(error?.host?.hasPrefix("127.0.0.1:") == true)
        try await client.execute("CREATE TEMP TABLE u (a int CONSTRAINT positive CHECK (a > 0))")
        let violation = await failure { try await client.execute("INSERT INTO u VALUES (\(-1))") }
        #expect(violation?.sqlState == .checkViolation)
        #expect(violation?.server?.constraint == "positive")
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func oneStatementAtATimeByTheExtendedProtocol(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure { try await client.query("SELECT 1; SELECT 2") }
        #expect(error?.sqlState == .syntaxError)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func transactionStatusIsKnown(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        #expect(client.connection.transactionStatus == .idle)
        try await client.execute("BEGIN")
        #expect(client.connection.transactionStatus == .inTransaction)
        _ = await failure { try await client.query("SELECT 1/\(0)") }
        #expect(client.connection.transactionStatus == .failed)
        let error = await failure { try await client.query("SELECT 1") }
        #expect(error?.sqlState == .inFailedSqlTransaction)
        try await client.execute("ROLLBACK")
        #expect(client.connection.transactionStatus == .idle)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func errorsAtSyncAreReported(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery(
            """
            CREATE TEMP TABLE parent (id int PRIMARY KEY);
            CREATE TEMP TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)
            """)
        let error = await failure { try await client.execute("INSERT INTO child VALUES (\(7))") }
        #expect(error?.sqlState == .foreignKeyViolation)
        #expect(try await client.query("SELECT count(*) FROM child", as: Int64.self) == [0])
    }

    @Test(arguments: Face.allCases)
    func noticesGoToTheirHandler(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let heard = Heard()
        client.connection.onNotice = { heard.append($0) }
        try await client.simpleQuery("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two' USING HINT = 'three'; END $$")
        try await client.execute("DROP TABLE IF EXISTS there_is_none")
        #expect(heard.notices.map(\.severity) == ["NOTICE", "WARNING", "NOTICE"])
        #expect(heard.notices.prefix(2).map(\.message) == ["one", "two"])
        #expect(heard.notices[1].hint == "three")
        client.connection.onNotice = nil
        try await client.simpleQuery("DO $$ BEGIN RAISE NOTICE 'unheard'; END $$")
        #expect(heard.notices.count == 3)
    }

    @Test(arguments: Face.allCases)
    func aHundredThousandNoticesAreNoTrouble(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let heard = Heard()
        client.connection.onNotice = { heard.append($0) }
        try await client.simpleQuery(
            "DO $$ BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE 'number %', i; END LOOP; END $$")
        #expect(heard.notices.count == 100_000)
        #expect(heard.notices.last?.message == "number 100000")
    }

    @Test(arguments: Face.allCases)
    func preparedStatementsRunWithChangingValues(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let statement = try await client.prepare("SELECT $1::int8 * 2 AS doubled")
        #expect(statement.parameterTypes == [.int8])
        #expect(statement.columns.descriptions.map(\.name) == ["doubled"])
        for number in [Int64](0..<20) + [.max / 2] {
            #expect(try await client.run(statement, number)[0].decode(Int64.self) == number * 2)
        }
        let overflow = await failure { try await client.run(statement, Int64.max) }
        #expect(overflow?.sqlState == .numericValueOutOfRange)
        let mismatch = await failure { try await client.run(statement, true) }
        #expect(mismatch?.code == .encodingFailed)
        #expect(try await client.run(statement, Int64(4))[0].decode(Int64.self) == 8)
        let refused = await failure { try await client.prepare("SELECT nonsense") }
        #expect(refused?.sqlState == .undefinedColumn)
        let values = await failure { try await client.prepare("SELECT \(1)") }
        #expect(values?.code == .invalidArgument)
        #expect(try await client.answers())
    }

    @Test func aPreparedStatementRunsWhileAnotherIsBeingForgotten() async throws {
        let connection = try await Connection.connect(to: TestServer.configuration())
        defer { connection.close() }
        let kept = try await connection.prepare("SELECT $1::int4 + 1")
        do { _ = try await connection.prepare("SELECT 1") }
        // The Close of the dropped one rides along, and is answered before the Bind.
        let first = try await kept.query(Int32(1))
        #expect(try first[0].decode(0, as: Int32.self) == 2)
        let second = try await kept.query(Int32(2))
        #expect(try second[0].decode(0, as: Int32.self) == 3)
        #expect(connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func droppedStatementsAreForgottenByTheServer(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for _ in 0..<10 {
            let statement = try await client.prepare("SELECT $1::text || 'dropped'")
            _ = try await client.run(statement, "x")
        }
        let count: SQL =
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%dropped%' AND statement NOT LIKE '%count%'"
        _ = try await client.query(count)
        #expect(try await client.query(count, as: Int64.self) == [0])
    }

    @Test(arguments: Face.allCases)
    func theStatementCacheIsBounded(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for number in 0..<300 {
            let sql = SQL(unsafeSQL: "SELECT \(number)")
            #expect(try await client.query(sql, as: Int32.self) == [Int32(number)])
        }
        let kept = try await client.query("SELECT count(*) FROM pg_prepared_statements", as: Int64.self)
        #expect(kept[0] <= 257 && kept[0] >= 200)
    }

    @Test(arguments: Face.allCases)
    func nilIsNoStatementOfItsOwn(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for value in [7, nil, -1, nil] as [Int64?] {
            let rows = try await client.query("SELECT \(value)::int8, \(value)::int8 IS NULL", as: (Int64?, Bool).self)
            #expect(rows.count == 1 && rows[0].0 == value && rows[0].1 == (value == nil))
        }
        let kept: SQL =
            "SELECT parameter_types::text FROM pg_prepared_statements WHERE statement LIKE '%::int8 IS NULL'"
        #expect(try await client.query(kept, as: String.self) == ["{bigint,bigint}"])
        // Other types are another statement, and a nil that comes first declares nothing.
        for value in [nil, "a", nil] as [String?] {
            #expect(try await client.query("SELECT upper(\(value))", as: String?.self) == [value.map { _ in "A" }])
        }
        #expect(try await client.query("SELECT upper(\(nil as Int64?))", as: String?.self) == [nil])
        let upper: SQL = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT upper%'"
        #expect(try await client.query(upper, as: Int64.self) == [1])
    }

    @Test(arguments: Face.allCases)
    func canonicallyEquivalentTextsAreDifferentStatements(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let composed = try await client.query("SELECT octet_length('\u{E9}')", as: Int32.self)
        let decomposed = try await client.query("SELECT octet_length('e\u{301}')", as: Int32.self)
        #expect(composed == [2] && decomposed == [3])
    }

    @Test(arguments: Face.allCases)
    func statementsHealAfterATableChanged(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMP TABLE shape (a int)")
        try await client.execute("INSERT INTO shape VALUES (1)")
        #expect(try await client.query("SELECT * FROM shape").columns.count == 1)
        try await client.execute("ALTER TABLE shape ADD COLUMN b text DEFAULT 'new'")
        let rows = try await client.query("SELECT * FROM shape")
        #expect(rows.columns.count == 2)
        #expect(try rows[0]["b"] == .text("new"))

        // In a transaction the error is the user's to know, and the statement is fresh after it.
        try await client.execute("ALTER TABLE shape ADD COLUMN c int")
        try await client.execute("BEGIN")
        let error = await failure { try await client.query("SELECT * FROM shape") }
        #expect(error?.sqlState == .featureNotSupported)
        try await client.execute("ROLLBACK")
        #expect(try await client.query("SELECT * FROM shape").columns.count == 3)

        try await client.simpleQuery("DEALLOCATE ALL")
        #expect(try await client.query("SELECT * FROM shape").columns.count == 3)
    }

    @Test(arguments: Face.allCases)
    func copyIsRefusedAndTheConnectionStaysInStep(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMP TABLE copied (a int)")
        try await client.execute("INSERT INTO copied SELECT generate_series(1, 50000)")
        for _ in 0..<3 {
            for sql in ["COPY copied FROM STDIN", "COPY copied TO STDOUT"] {
                let extended = await failure { try await client.query(SQL(unsafeSQL: sql)) }
                #expect(extended?.sqlState == .featureNotSupported, "\(sql)")
                #expect(client.connection.transactionStatus == .idle)
                #expect(try await client.answers())
                let simple = await failure { try await client.simpleQuery(SQL(unsafeSQL: sql)) }
                #expect(simple?.sqlState == .featureNotSupported, "\(sql)")
                #expect(try await client.answers())
            }
        }
        #expect(try await client.query("SELECT count(*) FROM copied", as: Int64.self) == [50000])
        try await client.execute("BEGIN")
        _ = await failure { try await client.query("COPY copied FROM STDIN") }
        #expect(client.connection.transactionStatus == .failed)
        try await client.execute("ROLLBACK")
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func anEncodingOtherThanUTF8EndsTheConnection(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure { try await client.execute("SET client_encoding = 'LATIN1'") }
        #expect(error?.message.contains("client_encoding") == true)
        #expect(!client.connection.isUsable)
    }
}
