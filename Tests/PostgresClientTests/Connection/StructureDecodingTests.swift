import PostgresClient
import PostgresWire
import Testing

/// Rows as `Decodable` structures.
@Suite(.ownThread) struct StructureDecodingTests {
    enum Mood: String, Codable, Equatable { case happy, sad }

    struct Settings: Codable, Equatable {
        var theme: String
        var sizes: [Int]
    }

    struct Person: Decodable, Equatable {
        var userID: Int64
        var firstName: String
        var createdAt: PostgresTimestamp?
        var mood: Mood
        var settings: Settings
        var history: [Settings]?
        var tiny: UInt8
        var _private: Bool
    }

    private let people: SQL = """
        SELECT 1::int8 AS "userID", 'Ann' AS first_name, NULL::timestamp AS created_at, 'sad' AS mood,
          '{"theme": "dark", "sizes": [1]}'::jsonb AS settings, '[{"theme": "x", "sizes": []}]'::json AS history,
          200::int2 AS tiny, true AS _private
        """

    @Test(arguments: Face.allCases)
    func namesInSnakeCase(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let rows = try await client.query(people)
        let ann = Person(
            userID: 1, firstName: "Ann", createdAt: nil, mood: .sad, settings: Settings(theme: "dark", sizes: [1]),
            history: [Settings(theme: "x", sizes: [])], tiny: 200, _private: true)
        #expect(try rows.decode(Person.self, keys: .convertFromSnakeCase) == [ann])
        #expect(try rows[0].decode(Person.self, keys: .convertFromSnakeCase) == ann)
        let error = await failure { try rows.decode(Person.self) }
        #expect(error?.message.contains("\"firstName\"") == true && error?.message.contains("\"first_name\"") == true)
    }

    @Test(arguments: Face.allCases)
    func aRawValueByItself(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let moods = try await client.structures("VALUES ('happy'), ('sad')", as: Mood.self)
        #expect(moods == [.happy, .sad])
        let error = await failure { try await client.structures("SELECT 'bored'", as: Mood.self) }
        #expect(error?.code == .decodingFailed && error?.message.contains("row 0") == true)
    }

    @Test(arguments: Face.allCases)
    func complaintsNameThePlace(_ face: Face) async throws {
        struct Document: Decodable { var d: Settings }
        struct Narrow: Decodable { var n: UInt8 }
        struct List: Decodable { var n: [Mood] }
        let client = try await Client.connect(.tcp, face)
        func message<Value: Decodable>(_ sql: SQL, _ type: Value.Type) async throws -> String {
            let rows = try await client.query(sql)
            let error = await failure { try rows.decode(type) }
            #expect(error?.code == .decodingFailed)
            return error?.message ?? ""
        }
        let document = try await message(
            "SELECT '{\"theme\": \"x\", \"sizes\": [1, \"a\"]}'::jsonb AS d", Document.self)
        #expect(document.contains("column 0 (\"d\")") && document.contains("sizes.[1]"), "\(document)")
        let absent = try await message("SELECT '{\"theme\": \"x\"}'::jsonb AS d", Document.self)
        #expect(absent.contains("\"sizes\""), "\(absent)")
        #expect(try await message("SELECT NULL::jsonb AS d", Document.self).contains("NULL in row 0"))
        let narrow = try await message("SELECT 256 AS n", Narrow.self)
        #expect(narrow.contains("does not fit into UInt8"), "\(narrow)")
        #expect(try await message("SELECT '{sad}'::text[] AS n", List.self).contains("jsonb"))
        #expect(try await message("SELECT 'x' AS d", Document.self).contains("column 0 (\"d\") of type text"))
    }

    /// A row whose two columns mean the same key, and a third that is left alone.
    @Test(arguments: Face.allCases)
    func columnsThatMeanTheSame(_ face: Face) async throws {
        struct One: Decodable { var aB: Int }
        struct Other: Decodable { var c: Int }
        let client = try await Client.connect(.tcp, face)
        let rows = try await client.query("SELECT 1 AS a_b, 2 AS \"a__b\", 3 AS c")
        #expect(
            await failure { try rows.decode(One.self, keys: .convertFromSnakeCase) }?.message.contains(
                "columns 0 and 1")
                == true)
        #expect(try rows.decode(Other.self, keys: .convertFromSnakeCase)[0].c == 3)
        // The name itself goes before those that are made into it.
        let exact = try await client.query("SELECT 1 AS a_b, 2 AS \"aB\"")
        #expect(try exact.decode(One.self, keys: .convertFromSnakeCase)[0].aB == 2)
    }

    @Test(arguments: Face.allCases)
    func dictionaries(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let rows = try await client.query("SELECT 1 AS a, NULL::text AS b, 1 AS c, 2 AS c")
        #expect(await failure { try rows[0].dictionary() }?.message.contains("columns 2 and 3") == true)
        let good = try await client.query("SELECT 1 AS a, NULL::text AS b")
        #expect(try good[0].dictionary() == ["a": 1, "b": nil])
        // Equal as `String`, but two names.
        let odd = try await client.query("SELECT 1 AS \"\u{E9}\", 2 AS \"e\u{301}\"")
        #expect(await failure { try odd[0].dictionary() }?.code == .decodingFailed)
    }

    @Test(arguments: Face.allCases)
    func formatsAreChosen(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let connection = client.connection
        let statement: SQL = "SELECT 'pg_class'::regclass AS c, 7 AS n, '{postgres=r/postgres}'::aclitem[] AS a"
        #expect(try await client.query(statement).columns.descriptions.map(\.format) == [.binary, .binary, .text])
        connection.resultFormats = ResultFormats { $0 == .regclass ? .text : .binary }
        let rows = try await client.query(statement)
        #expect(rows.columns.descriptions.map(\.format) == [.text, .binary, .text])
        #expect(try rows[0].decode(0, as: String.self) == "pg_class")
        connection.resultFormats = .text
        let text = try await client.query(statement)
        #expect(text.columns.descriptions.map(\.format) == [.text, .text, .text])
        #expect(try text[0].decode(1, as: Int32.self) == 7)
        connection.resultFormats = .binary
        #expect(try await client.query(statement).columns.descriptions.map(\.format) == [.binary, .binary, .text])
    }
}
