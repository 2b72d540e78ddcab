import ManticoreTesting
import PostgresClient
import Testing

@Suite(.ownThread) struct CopyInTests {
    private static let servers = ServerPerVersion { installation in
        try EphemeralPostgres.start(.init(binaries: installation.directory, shutdownGrace: .seconds(2)))
    }

    private struct SourceFailed: Error, Equatable {}

    private func client(_ face: Face) async throws -> Client {
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4 CHECK (id <> 13), name text)")
        return client
    }

    private func count(_ client: Client) async throws -> Int {
        try await client.query("SELECT count(*) FROM copied", as: Int.self)[0]
    }

    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func rowsOfEveryKindArrive(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let server = try Self.servers.server(installation)
        let client = try await Client.connect(try TestServer.configuration(server, .tcp), face)
        defer { client.connection.close() }
        try await client.simpleQuery(
            "CREATE TEMPORARY TABLE copied (id int4, name text, weight float8, happy bool, at timestamptz)")
        let time = PostgresTimestampWithTimeZone(microsecondsSince2000: 1_234_567)
        let columns = ["id", "name", "weight", "happy", "at"]
        for format in [CopyFormat.binary, .text, .csv, .csv(header: true, delimiter: ";", null: "NULL", quote: "'")] {
            try await client.simpleQuery("TRUNCATE copied")
            let rows: [(Int, String?, Double, Bool?, PostgresTimestampWithTimeZone)] = [
                (1, "Ann", 1.5, true, time), (2, nil, .infinity, nil, time), (3, "a\tb\n\\N'\";,", -0.0, false, time),
                (4, "", 1e-300, true, time), (5, "NULL", .nan, true, time),
            ]
            #expect(try await client.copy(into: "copied", columns: columns, rows, format: format) == 5)
            #expect(
                try await client.copy(
                    into: "copied", columns: ["name", "id"], values: [["six", 6], [nil, .int(7, type: .int2)]],
                    format: format) == 2)
            let found = try await client.query(
                "SELECT id, name, weight, happy, at FROM copied ORDER BY id",
                as: (Int32, String?, Double?, Bool?, PostgresTimestampWithTimeZone?).self)
            #expect(found.map(\.0) == [1, 2, 3, 4, 5, 6, 7])
            #expect(found.map(\.1) == ["Ann", nil, "a\tb\n\\N'\";,", "", "NULL", "six", nil])
            #expect(found[0].2 == 1.5 && found[1].2 == .infinity && found[4].2?.isNaN == true && found[5].2 == nil)
            #expect(found.map(\.3) == [true, nil, false, true, true, nil, nil])
            #expect(found[0].4 == time)
        }
    }

    @Test(arguments: Face.allCases)
    func manyRowsGoInManyFrames(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        let many = 200_000
        let rows = (0..<many).map { ($0 + 100, "row number \($0)") }
        #expect(try await client.copy(into: "copied", columns: ["id", "name"], rows) == many)
        #expect(
            try await client.copy(into: "copied", columns: ["id", "name"], format: .csv) { index in
                index < many ? (index + 1_000_000, index.isMultiple(of: 3) ? nil : "x,\"\(index)") : nil
            } == many)
        let found = try await client.query(
            """
            SELECT count(*), count(name), sum(id), count(*) FILTER (WHERE name = 'row number ' || (id - 100) \
            OR name = 'x,"' || (id - 1000000)) FROM copied
            """, as: (Int, Int, Int, Int).self)[0]
        #expect(found.0 == 2 * many)
        #expect(found.1 == many + many - (many + 2) / 3)
        #expect(found.3 == found.1)
    }

    @Test(arguments: Face.allCases)
    func longValuesAndNoRowsAtAll(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        let long = String(repeating: "0123456789", count: 300_000)
        for format in [CopyFormat.binary, .text, .csv] {
            try await client.simpleQuery("TRUNCATE copied")
            #expect(
                try await client.copy(
                    into: "copied", columns: ["id", "name"], [(1, "short"), (2, long), (3, long), (4, "")],
                    format: format) == 4)
            #expect(
                try await client.query("SELECT coalesce(length(name), -1) FROM copied ORDER BY id", as: Int.self)
                    == [5, 3_000_000, 3_000_000, 0])
            let none: [(Int, String)] = []
            #expect(try await client.copy(into: "copied", columns: ["id", "name"], none, format: format) == 0)
        }
        #expect(try await client.answers())
    }

    // MARK: - Structures

    private struct Person: Codable, Equatable {
        enum Mood: String, Codable { case happy, sad }
        struct Settings: Codable, Equatable { var theme: String }
        var id: Int
        var fullName: String?
        var mood: Mood
        var settings: Settings?
        var tags: [String]
    }

    @Test(arguments: Face.allCases)
    func structuresFillTheColumnsOfTheirNames(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        try await client.simpleQuery(
            """
            CREATE TYPE pg_temp.mood AS ENUM ('happy', 'sad');
            CREATE TEMPORARY TABLE people (tags text[], id int8, mood pg_temp.mood, full_name text, settings jsonb, extra int)
            """)
        let people = [
            Person(id: 1, fullName: "Ann", mood: .happy, settings: .init(theme: "dark"), tags: ["a", "b \"c\""]),
            Person(id: 2, fullName: nil, mood: .sad, settings: nil, tags: []),
        ]
        for format in [CopyFormat.binary, .csv] {
            try await client.simpleQuery("TRUNCATE people")
            #expect(
                try await client.copy(
                    into: "people", structures: people, keys: .convertFromSnakeCase, format: format) == 2)
            let found = try await client.connection.query(
                "SELECT id, full_name, mood, settings, tags FROM people ORDER BY id", as: Person.self,
                keys: .convertFromSnakeCase)
            #expect(found == people)
        }
        #expect(
            try await client.copy(
                into: "people", columns: ["mood", "id"], structures: people, keys: .convertFromSnakeCase) == 2)
        let error = await failure {
            try await client.copy(into: "people", columns: ["id", "extra"], structures: people)
        }
        #expect(error?.code == .encodingFailed)
        #expect(error?.message.contains("extra") == true, "\(error?.message ?? "")")
        #expect(try await client.answers())
    }

    // MARK: - What goes wrong

    @Test(arguments: Face.allCases, [CopyFormat.binary, .csv])
    func anErrorOfTheSourceComesOutAsItIs(_ face: Face, _ format: CopyFormat) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        for last in [0, 1, 30_000] {
            await #expect(throws: SourceFailed()) {
                try await client.copy(into: "copied", columns: ["id", "name"], format: format) { index in
                    if index == last { throw SourceFailed() }
                    return (100 + index, "some text")
                }
            }
            #expect(client.connection.isUsable)
            #expect(try await count(client) == 0)
        }
    }

    @Test(arguments: Face.allCases)
    func whatTheServerRefusesStopsTheSource(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        var asked = 0
        let error = await failure {
            try await client.copy(into: "copied", columns: ["id", "name"]) { index in
                asked = index
                // Far more than any socket holds.
                return index < 20_000_000 ? (13 + index, "some text") : nil
            }
        }
        #expect(error?.sqlState == .checkViolation)
        #expect(asked < 20_000_000 - 1, "it was asked for all rows")
        #expect(try await count(client) == 0)
        // A row that cannot be read.
        let unread = await failure {
            try await client.copy(into: "copied", format: .csv, bytes: Array("1,a\nx,b\n".utf8))
        }
        #expect(unread?.sqlState == .invalidTextRepresentation)
        let cut = await failure {
            try await client.copy(into: "copied", format: .binary, bytes: CopyBinary.header + [0, 2, 0, 0])
        }
        #expect(cut?.code == .server)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func aTableThatIsNotThereIsSaid(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        for format in [CopyFormat.binary, .text] {
            let error = await failure {
                try await client.copy(into: "nowhere", columns: ["id"], [1, 2], format: format)
            }
            #expect(error?.sqlState == .undefinedTable)
            #expect(try await client.answers())
        }
        try await client.simpleQuery("BEGIN")
        let error = await failure { try await client.copy(into: "nowhere", columns: ["id"], [1, 2]) }
        #expect(error?.sqlState == .undefinedTable)
        #expect(client.connection.transactionStatus == .failed)
        try await client.simpleQuery("ROLLBACK")
    }

    @Test(arguments: Face.allCases)
    func aColumnThatChangedItsTypeIsNoticed(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        try await client.copy(into: "copied", columns: ["id", "name"], [(1, "a")])
        // As many bytes, and another meaning.
        try await client.simpleQuery("ALTER TABLE copied DROP CONSTRAINT copied_id_check")
        try await client.simpleQuery("ALTER TABLE copied ALTER COLUMN id TYPE float4")
        try await client.copy(into: "copied", columns: ["id", "name"], [(2, "b")])
        #expect(try await client.query("SELECT id FROM copied ORDER BY id", as: Float.self) == [1, 2])
    }

    @Test(arguments: Face.allCases)
    func aWriterIsOnlyGoodInItsClosure(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        var kept: CopyWriter?
        let connection = client.connection
        try await connection.copy(into: "copied", columns: ["id", "name"]) { writer in
            kept = writer
            // Nothing else can use the connection meanwhile.
            let busy = await failure { try await connection.query("SELECT 1") }
            #expect(busy?.code == .connectionBusy)
            try await writer.write(1, "a")
        }
        let writer = try #require(kept)
        let late = await failure { try await writer.write(2, "b") }
        #expect(late?.code == .invalidArgument)
        #expect(try await count(client) == 1)
    }

    @Test(arguments: Face.allCases)
    func anErrorThatTheClosureSwallowsIsStillThrown(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        let error = await failure {
            try await client.connection.copy(into: "copied", columns: ["id", "name"]) { writer in
                try? await writer.write(1, "a", 2)
            }
        }
        #expect(error?.code == .encodingFailed)
        #expect(error?.message.contains("3 values for 2 columns") == true, "\(error?.message ?? "")")
        #expect(try await count(client) == 0)
    }

    @Test(arguments: Face.allCases)
    func statementsThatAreNoCopyAreRefused(_ face: Face) async throws {
        let client = try await client(face)
        defer { client.connection.close() }
        for statement in ["SELECT 1", "COPY copied TO STDOUT"] as [SQL] {
            let error = await failure { try await client.connection.copy(statement) { _ in } }
            #expect(error != nil)
            #expect(try await client.answers())
        }
        let twice = await failure {
            try await client.connection.copy("COPY copied FROM STDIN; COPY copied FROM STDIN") { writer in
                try await writer.write(bytes: Array("1\ta\n".utf8))
            }
        }
        #expect(twice?.code == .server)
        #expect(try await count(client) == 0)
        #expect(
            try await client.connection.copy("COPY copied FROM STDIN WITH (FORMAT csv)") { writer in
                try await writer.write(bytes: Array("1,a\n2,".utf8))
                try await writer.write(bytes: Array("b\n".utf8))
            } == 2)
        let values = await failure { try await client.connection.copy("COPY \(1) FROM STDIN") { _ in } }
        #expect(values?.code == .invalidArgument)
    }

    // MARK: - Asynchronous sources

    @Test func sequencesThatAreReadyLater() async throws {
        let client = try await client(.suspending)
        defer { client.connection.close() }
        let tuples = AsyncStream<(Int, String)> { stream in
            for index in 100..<5100 { stream.yield((index, "row \(index)")) }
            stream.finish()
        }
        #expect(try await client.connection.copy(into: "copied", columns: ["id", "name"], tuples) == 5000)
        let chunks = AsyncStream<[UInt8]> { stream in
            for index in 0..<1000 { stream.yield(Array("\(index + 10_000)\tro".utf8)); stream.yield(Array("w\n".utf8)) }
            stream.finish()
        }
        #expect(try await client.connection.copy(into: "copied", format: .text, chunks: chunks) == 1000)
        #expect(try await count(client) == 6000)
        let failing = AsyncThrowingStream<(Int, String), any Error> { stream in
            for index in 100..<5100 { stream.yield((index, "row \(index)")) }
            stream.finish(throwing: SourceFailed())
        }
        await #expect(throws: SourceFailed()) {
            try await client.connection.copy(into: "copied", columns: ["id", "name"], failing)
        }
        #expect(try await count(client) == 6000)
    }
}
