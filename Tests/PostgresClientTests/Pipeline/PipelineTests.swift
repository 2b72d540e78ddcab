import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct PipelineTests {
    private struct Person: Decodable, Equatable {
        let name: String
        let age: Int
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func eachStatementHasAResultOfItsOwn(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        // The first time they are prepared on the way, the second they are known.
        for _ in 1...2 {
            let (rows, tuples, people, created, none) = try await client.pipeline { pipeline in
                (
                    try pipeline.query("SELECT \("ä") AS a, NULL::int4 AS b"),
                    try pipeline.query(
                        "SELECT i, i::text FROM generate_series(1, \(3)) AS i", as: (Int32, String).self),
                    try pipeline.query("SELECT 'Ann' AS name, 30::int8 AS age", as: Person.self),
                    try pipeline.execute("SELECT 1 FROM generate_series(1, 5)"),
                    try pipeline.query("SELECT 1 WHERE false", as: Int32.self)
                )
            }
            #expect(try rows.get().first?.decode("a", as: String.self) == "ä")
            #expect(try rows.get().first?.decode("b", as: Int32?.self) == .some(nil))
            #expect(try tuples.get().map(\.0) == [1, 2, 3])
            #expect(try tuples.get().map(\.1) == ["1", "2", "3"])
            #expect(try people.get() == [Person(name: "Ann", age: 30)])
            #expect(try created.get().rowsAffected == 5)
            #expect(try none.get().isEmpty)
        }
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func oneRoundTripForAll(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let results = try await client.pipeline { pipeline in
            try (0..<1000).map { try pipeline.query("SELECT \($0) + 1", as: Int.self) }
        }
        var sum = 0
        for result in results { sum += try result.get().first ?? 0 }
        #expect(sum == 500_500)
        let statement = try await client.prepare("SELECT $1::int8 * 2")
        let doubled = try await client.pipeline { pipeline in
            try (1...1000).map { try pipeline.query(statement, $0, as: Int.self) }
        }
        #expect(try doubled.map { try $0.get() }.joined().reduce(0, +) == 1_001_000)
        #expect(try await client.answers())
    }

    /// Inserts numbers, the third of which is there already, and says what became of each.
    private static func insertTwice(
        _ client: Client, _ mode: PipelineMode
    ) async throws -> (results: [PipelineResult<CommandResult>], failure: PostgresError?) {
        try await client.execute("CREATE TEMPORARY TABLE undone (a int4 PRIMARY KEY)")
        var results: [PipelineResult<CommandResult>] = []
        do {
            try await client.pipeline(mode) { pipeline in
                for number in [1, 2, 1, 3, 4] {
                    results.append(try pipeline.execute("INSERT INTO undone VALUES (\(Int32(number)))"))
                }
            }
            return (results, nil)
        } catch let error as PostgresError {
            return (results, error)
        }
    }

    @Test(arguments: Face.allCases)
    func oneThatFailsUndoesAnAtomicPipeline(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let (results, error) = try await Self.insertTwice(client, .atomic)
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.statement == "INSERT INTO undone VALUES ($1)")
        #expect(error?.message.contains("in statement 2 of a pipeline, counted from 0") == true)
        #expect(error?.message.contains("statements 3 to 4 were not run") == true)
        for (index, result) in results.enumerated() {
            #expect(await failure { try result.get() }?.code == (index == 2 ? .server : .pipelineAborted))
        }
        #expect(try await client.query("SELECT count(*) FROM undone", as: Int.self) == [0])
        #expect(client.connection.transactionStatus == .idle)
    }

    @Test(arguments: Face.allCases)
    func oneThatFailsLeavesTheOthersOfAnIndependentPipelineAlone(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let (results, error) = try await Self.insertTwice(client, .independent)
        #expect(error == nil)
        for (index, result) in results.enumerated() {
            if index == 2 {
                let error = await failure { try result.get() }
                #expect(error?.sqlState == .uniqueViolation)
                #expect(error?.message.contains("in statement 2 of a pipeline") == true)
            } else {
                #expect(try result.get().rowsAffected == 1)
            }
        }
        #expect(try await client.query("SELECT count(*) FROM undone", as: Int.self) == [4])
    }

    @Test(arguments: Face.allCases)
    func insideATransactionBlockThePipelineIsPartOfIt(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE part (a int4 PRIMARY KEY)")
        for mode in [PipelineMode.atomic, .independent] {
            try await client.simpleQuery("BEGIN")
            try await client.pipeline(mode) { try $0.execute("INSERT INTO part VALUES (\(Int32(1)))") }
            #expect(client.connection.transactionStatus == .inTransaction)
            let results = try? await client.pipeline(mode) { pipeline in
                [
                    try pipeline.execute("INSERT INTO part VALUES (\(Int32(1)))"),
                    try pipeline.execute("INSERT INTO part VALUES (\(Int32(2)))"),
                ]
            }
            #expect(client.connection.transactionStatus == .failed)
            if let last = results?.last {
                #expect(await failure { try last.get() }?.sqlState == .inFailedSqlTransaction)
            } else {
                #expect(mode == .atomic)
            }
            try await client.simpleQuery("ROLLBACK")
            #expect(try await client.query("SELECT count(*) FROM part", as: Int.self) == [0])
        }
    }

    @Test(arguments: Face.allCases)
    func aConstraintThatIsCheckedAtTheEndFailsAtTheEnd(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute(
            "CREATE TEMPORARY TABLE late (a int4 PRIMARY KEY, b int4 REFERENCES late DEFERRABLE INITIALLY DEFERRED)")
        let error = await failure {
            try await client.pipeline { pipeline in
                try pipeline.execute("INSERT INTO late VALUES (1, 1)")
                try pipeline.execute("INSERT INTO late VALUES (2, 9)")
            }
        }
        #expect(error?.sqlState == .foreignKeyViolation)
        #expect(error?.message.contains("as all were committed") == true)
        let results = try await client.pipeline(.independent) { pipeline in
            [
                try pipeline.execute("INSERT INTO late VALUES (1, 1)"),
                try pipeline.execute("INSERT INTO late VALUES (2, 9)"),
                try pipeline.execute("INSERT INTO late VALUES (3, 1)"),
            ]
        }
        #expect(try results[0].get().rowsAffected == 1)
        #expect(await failure { try results[1].get() }?.sqlState == .foreignKeyViolation)
        #expect(try results[2].get().rowsAffected == 1)
        #expect(try await client.query("SELECT array_agg(a ORDER BY a) FROM late", as: [Int32].self) == [[1, 3]])
    }

    @Test(arguments: Face.allCases)
    func statementsMayNeedWhatThoseBeforeThemMade(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let sum = try await client.pipeline { pipeline in
            try pipeline.execute("CREATE TEMPORARY TABLE made (a int4)")
            for number in 1...3 { try pipeline.execute("INSERT INTO made VALUES (\(Int32(number)))") }
            return try pipeline.query("SELECT sum(a) FROM made", as: Int.self)
        }
        #expect(try sum.get() == [6])
    }

    @Test(arguments: Face.allCases)
    func aPlanThatTheTableOutgrewIsMadeAnew(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE grown (a int4)")
        try await client.execute("INSERT INTO grown VALUES (1)")
        for columns in 1...3 {
            let rows = try await client.pipeline { pipeline in
                [try pipeline.query("SELECT * FROM grown"), try pipeline.query("SELECT 1::int4")]
            }
            #expect(try rows[0].get().columns.count == columns)
            #expect(try rows[1].get().first?.decode(0, as: Int32.self) == 1)
            try await client.execute("ALTER TABLE grown ADD COLUMN \(identifier: "c\(columns)") int4")
        }
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func whatTheClosureThrowsComesOutAndNothingIsSent(_ face: Face) async throws {
        struct Nonsense: Error {}
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE unsent (a int4)")
        await #expect(throws: Nonsense.self) {
            try await client.pipeline { pipeline in
                try pipeline.execute("INSERT INTO unsent VALUES (1)")
                throw Nonsense()
            }
        }
        let unsendable = await failure {
            try await client.pipeline { pipeline in
                try pipeline.execute("INSERT INTO unsent VALUES (1)")
                try pipeline.execute("SELECT \("a\0b")")
            }
        }
        #expect(unsendable?.code == .encodingFailed)
        #expect(try await client.pipeline { $0.count } == 0)
        #expect(try await client.query("SELECT count(*) FROM unsent", as: Int.self) == [0])
    }

    @Test(arguments: Face.allCases)
    func misuseIsAnError(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        var escaped: Pipeline?
        var early: PostgresError?
        var busy: PostgresError?
        let connection = client.connection
        func select() throws(PostgresError) { try connection.execute("SELECT 1") }
        try await client.pipeline { pipeline in
            escaped = pipeline
            let result = try pipeline.query("SELECT 1::int4")
            do throws(PostgresError) { _ = try result.get() } catch { early = error }
            do throws(PostgresError) { try select() } catch { busy = error }
        }
        #expect(early?.code == .invalidArgument)
        #expect(busy?.code == .connectionBusy)
        #expect(await failure { try escaped?.execute("SELECT 1") }?.code == .invalidArgument)
        let other = try await Client.connect(.tcp, face)
        let statement = try await other.prepare("SELECT 1")
        #expect(await failure { try await client.pipeline { try $0.execute(statement) } }?.code == .invalidArgument)
        for copy in ["COPY pg_class TO STDOUT", "/* so */ copy pg_class from stdin"] {
            let error = await failure { try await client.pipeline { try $0.execute(SQL(unsafeSQL: copy)) } }
            #expect(error?.code == .invalidArgument, "\(copy)")
        }
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func severalTransactionsFitIntoOne(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let last = try await client.pipeline(.independent) { pipeline in
            try pipeline.execute("BEGIN")
            try pipeline.execute("CREATE TEMPORARY TABLE gone (a int4)")
            try pipeline.execute("ROLLBACK")
            return try pipeline.query("SELECT to_regclass('gone') IS NULL", as: Bool.self)
        }
        #expect(try last.get() == [true])
        #expect(client.connection.transactionStatus == .idle)
    }

    @Test(arguments: Face.allCases)
    func theStatementThatFailedSaysSoItself(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        var results: [PipelineResult<CommandResult>] = []
        let error = await failure {
            try await client.pipeline { pipeline in
                for sql in ["SELECT 1", "SELECT 1 / 0", "SELECT 2"] as [SQL] {
                    results.append(try pipeline.execute(sql))
                }
            }
        }
        #expect(error?.sqlState == .divisionByZero)
        #expect(await failure { try results[0].get() }?.code == .pipelineAborted)
        #expect(await failure { try results[1].get() }?.sqlState == .divisionByZero)
        #expect(await failure { try results[2].get() }?.code == .pipelineAborted)
    }

    @Test(arguments: Face.allCases)
    func anEncodingThatIsNotOursEndsTheSession(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure {
            try await client.pipeline { pipeline in
                try pipeline.execute("SET client_encoding = 'LATIN1'")
                try pipeline.execute("SELECT 1")
            }
        }
        #expect(error?.message.contains("client_encoding") == true)
        #expect(!client.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func aPreparedStatementThatWentStaleIsPreparedAnew(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE stale AS SELECT 1 AS a")
        let statement = try await client.prepare("SELECT * FROM stale WHERE a = $1")
        for change in ["ALTER TABLE stale ADD COLUMN b text", "DISCARD PLANS", "DEALLOCATE ALL"] as [SQL] {
            try await client.simpleQuery(change)
            _ = try? await client.pipeline { try $0.query(statement, Int32(1)) }
            let result = try await client.pipeline { try $0.query(statement, Int32(1)) }
            #expect(try result.get().columns.count == 2, "\(change)")
        }
    }

    @Test(arguments: Face.allCases)
    func severalStatementsMayGoStaleAtOnce(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE aging AS SELECT 1 AS a")
        let statements: [SQL] = ["SELECT * FROM aging", "SELECT * FROM aging WHERE a = 1", "SELECT 1", "TABLE aging"]
        for statement in statements { try await client.query(statement) }
        try await client.simpleQuery("ALTER TABLE aging ADD COLUMN b text")
        let results = try await client.pipeline { pipeline in
            try statements.map { try pipeline.query($0) }
        }
        #expect(try results.map { try $0.get().columns.count } == [2, 2, 1, 2])
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func theSameNewTextManyTimesIsKeptOnce(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for mode in [PipelineMode.independent, .atomic] {
            let results = try await client.pipeline(mode) { pipeline in
                try (0..<300).map { try pipeline.query("SELECT \($0) * \(mode == .atomic ? 1 : 2)", as: Int.self) }
            }
            for (index, result) in results.enumerated() {
                #expect(try result.get() == [index * (mode == .atomic ? 1 : 2)])
            }
        }
        // What was too much is closed with the flight after it.
        try await client.execute("SELECT 'closes'")
        #expect(try await client.query("SELECT count(*) FROM pg_prepared_statements", as: Int.self)[0] < 10)
    }

    @Test(arguments: StatementMode.allCases, Face.allCases)
    func everyModeKnowsWhatATableHasBecome(_ mode: StatementMode, _ face: Face) async throws {
        var configuration = try TestServer.configuration(.tcp)
        configuration.statementMode = mode
        let client = try await Client.connect(configuration, face)
        try await client.execute("CREATE TEMPORARY TABLE becoming AS SELECT 1::int4 AS a")
        for (type, expected) in [("int4", "1"), ("float4", "1"), ("text", "1"), ("int8", "1")] {
            try await client.simpleQuery(
                "ALTER TABLE becoming ALTER a TYPE \(unsafeSQL: type) USING a::\(unsafeSQL: type)")
            for _ in 1...2 {
                let result = try await client.pipeline { try $0.query("SELECT a, 2::int2 FROM becoming") }
                let row = try #require(try result.get().first)
                #expect(try row[1] == .int(2, type: .int2))
                #expect(try row[0].description == expected, "\(type)")
            }
            let many = try await client.queryMany(
                "SELECT a::text FROM becoming WHERE $1", [true, false, true], as: String.self)
            #expect(many == [expected, expected])
        }
    }
}
