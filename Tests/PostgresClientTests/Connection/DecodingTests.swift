import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct DecodingTests {
    struct User: Decodable, Equatable {
        var id: Int64
        var name: String
        var nickname: String?
        var scores: [Int32]
    }

    private let users: SQL = """
        SELECT * FROM (VALUES (1::int8, 'Ann', NULL, '{1,2}'::int4[]), (2, 'Bob', 'bobby', '{}'))
        AS users (id, name, nickname, scores)
        """

    @Test(arguments: Face.allCases)
    func tuplesAndStructures(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let tuples = try await client.query(users, as: (Int64, String, String?, [Int32]).self)
        #expect(tuples.map(\.0) == [1, 2] && tuples.map(\.2) == [nil, "bobby"])
        let expected = [
            User(id: 1, name: "Ann", nickname: nil, scores: [1, 2]),
            User(id: 2, name: "Bob", nickname: "bobby", scores: []),
        ]
        #expect(try await client.structures(users, as: User.self) == expected)
        let rows = try await client.query(users)
        #expect(try rows.decode(User.self) == expected)
        #expect(try rows.decode((Int64, String, String?, [Int32]).self).map(\.1) == ["Ann", "Bob"])
        #expect(try rows[1].decode(User.self) == expected[1])
        #expect(try rows[1].decode((Int64, String, String?, [Int32]).self).3 == [])
    }

    @Test(arguments: Face.allCases)
    func cellsByNameAndNumber(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let rows = try await client.query(users)
        #expect(try rows[0]["nickname"] == .null && rows[0].isNull(2))
        #expect(try rows[1][2] == .text("bobby"))
        #expect(try rows[1].decode("scores", as: [Int32].self) == [])
        #expect(await failure { try rows[0]["Name"] }?.code == .decodingFailed)
        #expect(await failure { try rows[0][4] }?.code == .decodingFailed)
        #expect(await failure { try rows[0][-1] }?.code == .decodingFailed)
        #expect(rows.map(\.count) == [4, 4])
    }

    @Test(arguments: Face.allCases)
    func duplicateNamesAreToldApart(_ face: Face) async throws {
        struct Twice: Decodable { var a: Int32 }
        let client = try await Client.connect(.tcp, face)
        let rows = try await client.query("SELECT 1 AS a, 2 AS b, 3 AS a")
        let error = await failure { try rows[0]["a"] }
        #expect(error?.code == .decodingFailed && error?.message.contains("columns 0 and 2") == true)
        #expect(rows.columns.indices(named: "a") == [0, 2])
        #expect(try rows[0]["b"] == .int(2))
        #expect(try rows[0][2] == .int(3))
        #expect(await failure { try rows.decode(Twice.self) }?.code == .decodingFailed)
        let odd = try await client.query(
            "SELECT 1 AS \"\u{E9}\", 2 AS \"e\u{301}\", 3 AS \"a\"\"b\n\", 4 AS \"?column?\"")
        #expect(try odd[0]["\u{E9}"] == .int(1) && odd[0]["e\u{301}"] == .int(2) && odd[0]["a\"b\n"] == .int(3))
    }

    @Test(arguments: Face.allCases)
    func aNullNeedsAnOptional(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure {
            try await client.query(
                "SELECT i, nullif(i, 3) AS maybe FROM generate_series(1, 5) AS i", as: (Int32, Int32).self)
        }
        #expect(error?.code == .decodingFailed)
        for part in ["\"maybe\"", "NULL", "row 2", "Int32"] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
        #expect(try await client.answers())
        let structure = await failure {
            try await client.structures("SELECT 1::int8 AS id, NULL AS name, '{}'::int4[] AS scores", as: User.self)
        }
        #expect(structure?.code == .decodingFailed)
        let missing = await failure {
            try await client.structures("SELECT 1::int8 AS id, '{}'::int4[] AS scores", as: User.self)
        }
        #expect(missing?.message.contains("\"name\"") == true)
    }

    @Test(arguments: Face.allCases)
    func tooFewAndTooManyColumns(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for sql: SQL in ["SELECT 1", "SELECT 1, 2, 3", "SELECT", "SELECT 1 WHERE false"] {
            let error = await failure { try await client.query(sql, as: (Int32, Int32).self) }
            #expect(error?.code == .decodingFailed)
            #expect(error?.message.contains("2") == true)
            #expect(try await client.answers())
        }
    }

    @Test(arguments: Face.allCases)
    func mismatchesNameBothTypes(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let error = await failure { try await client.query("SELECT 'x'::text AS word", as: Bool.self) }
        #expect(error?.code == .decodingFailed)
        for part in ["\"word\"", "text", "Bool"] { #expect(error?.message.contains(part) == true, "\(part)") }
        let range = await failure { try await client.query("SELECT 70000::int8", as: Int16.self) }
        #expect(range?.code == .decodingFailed)
        #expect(await failure { try await client.query("SELECT now()", as: Int64.self) }?.code == .decodingFailed)
        #expect(try await client.answers())
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func aMillionRows(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        let rows = try await client.query("SELECT i, 'row ' || i FROM generate_series(1, 1000000) AS i")
        #expect(rows.count == 1_000_000)
        for number in [0, 1, 4095, 65_535, 500_000, 999_999] {
            #expect(try rows[number].decode((Int32, String).self) == (Int32(number + 1), "row \(number + 1)"))
        }
        let numbers = try await client.query("SELECT i FROM generate_series(1, 1000000) AS i", as: Int32.self)
        #expect(numbers.count == 1_000_000)
        #expect(numbers.enumerated().allSatisfy { $0.offset + 1 == Int($0.element) })
        #expect(try await client.answers())
    }

    /// Ten million bytes without a pattern: made once and eight at a time, since an unoptimised loop takes seconds.
    private static let noise: [UInt8] = {
        var state: UInt64 = 1
        let words = (0..<1_250_000).map { _ -> UInt64 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
        return unsafe words.withUnsafeBytes { unsafe Array($0) }
    }()

    @Test(arguments: Route.allCases, Face.allCases)
    func largeValues(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        let bytes = Self.noise
        let rows = try await client.query("SELECT \(bytes), 1::int4, \(bytes)")
        #expect(try rows[0].decode(0, as: [UInt8].self) == bytes)
        #expect(try rows[0].decode(1, as: Int32.self) == 1)
        #expect(try rows[0].decode(2, as: [UInt8].self) == bytes)
        #expect(try await client.answers())
        // Between small ones, so that buffers grow and shrink.
        let mixed = try await client.query(
            "SELECT i, repeat('x', CASE WHEN i % 10 = 0 THEN 300000 ELSE 3 END) FROM generate_series(1, 60) AS i",
            as: (Int32, String).self)
        #expect(mixed.allSatisfy { $0.1.utf8.count == ($0.0 % 10 == 0 ? 300_000 : 3) })
        let kept = try await client.query(
            "SELECT i, repeat('x', CASE WHEN i % 10 = 0 THEN 300000 ELSE 3 END) FROM generate_series(1, 60) AS i")
        #expect(
            try kept.allSatisfy {
                try $0.decode(1, as: String.self).utf8.count
                    == (try $0.decode(0, as: Int32.self) % 10 == 0 ? 300_000 : 3)
            })
        #expect(try await client.answers())
    }
}
