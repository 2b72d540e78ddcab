import PostgresClient
import PostgresWire
import Testing

/// Types that only one database has.
@Suite(.ownThread) struct UserTypeTests {
    enum Mood: String, PostgresEnum, Equatable { case happy, sad }

    struct Place: PostgresComposite, Equatable {
        var street: String
        var number: Int32?
        var mood: Mood

        init(street: String, number: Int32?, mood: Mood) {
            self.street = street
            self.number = number
            self.mood = mood
        }

        init(fields: inout PostgresCompositeDecoder) throws(WireError) {
            street = try fields.decode("street")
            number = try fields.decode("number")
            mood = try fields.decode("mood")
        }

        func encode(fields: inout PostgresCompositeEncoder) {
            fields.encode("street", street)
            fields.encode("number", number)
            fields.encode("mood", mood)
        }
    }

    /// A type with the name of this run.
    struct Named: PostgresNamedType, PostgresEncodable {
        @TaskLocal static var schema = ""
        var label: String
        static var postgresTypeName: Identifier { Identifier(schema, "mood") }
        var postgresType: PostgresOID { .unspecified }
        var postgresFormat: PostgresFormat { .text }
        func encode(into writer: inout WireWriter) { label.encode(into: &writer) }
    }

    enum NamedMood: String, PostgresEnum, PostgresNamedType {
        case happy, sad
        static var postgresTypeName: Identifier { Named.postgresTypeName }
    }

    /// Runs a body with a schema of its own that holds the types.
    private func withTypes(_ face: Face, _ body: (Client, String) async throws -> Void) async throws {
        let client = try await Client.connect(.tcp, face)
        let schema = "types\(UInt64.random(in: 0 ... .max))"
        let name: SQL = "\(identifier: schema)"
        for statement: SQL in [
            "CREATE SCHEMA \(name)", "CREATE TYPE \(name).mood AS ENUM ('happy', 'sad')",
            "CREATE TYPE \(name).place AS (street text, number int4, mood \(name).mood)",
            "CREATE DOMAIN \(name).score AS int4 CHECK (VALUE >= 0)",
            "CREATE DOMAIN \(name).points AS \(name).score CHECK (VALUE < 100)",
            "CREATE TYPE \(name).scores AS RANGE (subtype = \(name).score)",
            "CREATE TYPE \(name).result AS (name text, points \(name).points, all_points \(name).points[])",
            "CREATE TYPE \(name).span AS RANGE (subtype = float8)",
            "CREATE TABLE \(name).people (id int8 PRIMARY KEY, mood \(name).mood, home \(name).place)",
        ] { try await client.query(statement) }
        let result: Result<Void, any Error>
        do {
            try await body(client, schema)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await client.query("DROP SCHEMA \(name) CASCADE")
        try result.get()
    }

    @Test(arguments: Face.allCases)
    func enumsAndCompositesGoThereAndBack(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            let name: SQL = "\(identifier: schema)"
            let home = Place(street: "A \"road\", (old)", number: nil, mood: .sad)
            try await client.query("INSERT INTO \(name).people VALUES (1, \(Mood.happy), \(home)), (2, NULL, NULL)")
            let rows = try await client.query(
                "SELECT mood, home FROM \(name).people ORDER BY id", as: (Mood?, Place?).self)
            #expect(rows.map(\.0) == [.happy, nil] && rows.map(\.1) == [home, nil])
            let moods = try await client.query(
                "SELECT id FROM \(name).people WHERE mood = ANY(\([Mood.happy, .sad]))", as: Int64.self)
            #expect(moods == [1])
            let list = try await client.query(
                "SELECT array_agg(home) FROM \(name).people WHERE id = 1", as: [Place].self)
            #expect(list == [[home]])
            try await client.query("ALTER TYPE \(name).mood ADD VALUE 'bored'")
            let error = await failure { try await client.query("SELECT 'bored'::\(name).mood", as: Mood.self) }
            #expect(error?.message.contains("bored") == true)
        }
    }

    @Test(arguments: Face.allCases)
    func typesOfRowsAreLookedUp(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            let name: SQL = "\(identifier: schema)"
            let statement: SQL = """
                SELECT 'sad'::\(name).mood AS m, ROW('x', 1, 'sad')::\(name).place AS p, '[1.5,2)'::\(name).span AS s, \
                ARRAY['sad', NULL]::\(name).mood[] AS a, 7::\(name).score AS d
                """
            let rows = try await client.query(statement)
            let type = rows.columns.descriptions[0].typeOID
            #expect(try rows[0]["d"] == 7)
            #expect(try rows[0]["m"] == "sad")
            let error = #expect(throws: PostgresError.self) { try rows[0].decode(0, as: Int.self) }
            #expect(error?.message.contains("of type \(schema).mood") == true, "\(String(describing: error))")
            #expect(try rows[0]["a"] == ["sad", nil])
            #expect(try rows[0]["s"].description == "[1.5,2)")
            #expect(try rows[0]["p"].description == "(x,1,sad)")
            let row = rows[0].description
            #expect(row.contains("(x,1,sad)"), "\(row)")
            // Nothing is asked twice.
            let before = try await client.query(Self.scans)[0][0]
            let catalog = try await client.describeTypes(rows.columns.descriptions.map(\.typeOID))
            #expect(catalog[type] == PostgresTypeCatalog.Entry(schema: schema, name: "mood", kind: .enumeration))
            try await client.query(statement)
            #expect(try await client.query(Self.scans)[0][0] == before)
        }
    }

    /// How many statements this session has prepared: each look-up is one the first time.
    private static let scans: SQL = "SELECT count(*) FROM pg_prepared_statements"

    @Test(arguments: Face.allCases)
    func namedTypesAreDeclared(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            try await Named.$schema.withValue(schema) {
                let type = try await client.query(
                    "SELECT pg_typeof(\(Named(label: "sad")))::text", as: String.self)
                #expect(type == ["\(schema).mood"])
                // Under a number of its own after it was made anew.
                let name: SQL = "\(identifier: schema)"
                try await client.query("DROP TYPE \(name).mood CASCADE")
                try await client.query("CREATE TYPE \(name).mood AS ENUM ('sad')")
                let statement: SQL = "SELECT 1, pg_typeof(\(Named(label: "sad")))::text"
                let error = await failure { try await client.query(statement) }
                #expect(error?.code == .server)
                #expect(try await client.query(statement)[0][1].description == "\(schema).mood")
            }
            let error = await failure { try await client.query("SELECT \(Named(label: "sad"))") }
            #expect(error != nil)
            await Named.$schema.withValue(schema + "x") {
                let error = await failure { try await client.query("SELECT \(Named(label: "sad"))") }
                #expect(error?.message.contains("there is no type \"\(schema)x\".\"mood\"") == true)
            }
        }
    }

    /// The same without a schema.
    struct Relative: PostgresNamedType, PostgresEncodable {
        static var postgresTypeName: Identifier { "mood" }
        var postgresType: PostgresOID { .unspecified }
        var postgresFormat: PostgresFormat { .text }
        func encode(into writer: inout WireWriter) { "sad".encode(into: &writer) }
    }

    /// A name without a schema is what it is in the search_path of the moment.
    @Test(arguments: Face.allCases)
    func namesFollowTheSearchPath(_ face: Face) async throws {
        try await withTypes(face) { client, first in
            try await withTypes(face) { _, second in
                func schema() async throws -> [String] {
                    try await client.query(
                        """
                        SELECT n.nspname::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                        WHERE t.oid = pg_typeof(\(Relative()))
                        """, as: String.self)
                }
                let (toFirst, toSecond): (SQL, SQL) = (
                    "SET search_path = \(identifier: first)", "SET search_path = \(identifier: second)"
                )
                #expect(await failure { try await schema() }?.message.contains("search_path") == true)
                try await client.query(toFirst)
                #expect(try await schema() == [first])
                try await client.query(toSecond)
                #expect(try await schema() == [second])
                // What is set in a transaction ends with it.
                try await client.query("BEGIN")
                try await client.query("SET LOCAL search_path = \(identifier: first)")
                #expect(try await schema() == [first])
                try await client.query("COMMIT")
                #expect(try await schema() == [second])
                try await client.query("BEGIN")
                try await client.query(toFirst)
                #expect(try await schema() == [first])
                try await client.query("ROLLBACK")
                #expect(try await schema() == [second])
                // A path that was changed unseen shows as an error at most once.
                try await client.query("SELECT set_config('search_path', \(first), false)")
                let insertion: SQL = "INSERT INTO \(identifier: first).people (id, mood) VALUES (1, \(Relative()))"
                _ = await failure { try await client.query(insertion) }
                try await client.query("DELETE FROM \(identifier: first).people")
                try await client.query(insertion)
                try await client.query("DISCARD ALL")
                #expect(await failure { try await schema() }?.message.contains("search_path") == true)
            }
        }
    }

    /// Sessions of a pool share what names mean, except one that has another search_path.
    @Test func sessionsOfAPoolShareNames() async throws {
        try await withTypes(.suspending) { client, first in
            try await withTypes(.suspending) { _, second in
                var configuration = try TestServer.configuration()
                configuration.options = "-c search_path=\(first)"
                let pool = ConnectionPool(configuration, PoolConfiguration())
                defer { pool.close() }
                let schema: SQL = """
                    SELECT n.nspname::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                    WHERE t.oid = pg_typeof(\(Relative()))
                    """
                let lookUps: SQL = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%to_regtype(%'"
                try await pool.withConnection { one in
                    #expect(try await one.query(schema, as: String.self) == [first])
                    try await pool.withConnection { other in
                        #expect(try await other.query(schema, as: String.self) == [first])
                        #expect(try await other.query(lookUps, as: Int.self) == [1])
                        try await other.execute("SET search_path = \(identifier: second)")
                        #expect(try await other.query(schema, as: String.self) == [second])
                    }
                    #expect(try await one.query(schema, as: String.self) == [first])
                }
            }
        }
    }

    /// An error calls a type by its name once that is known.
    @Test func errorsNameTheType() async throws {
        try await withTypes(.suspending) { client, schema in
            let rows = try await client.query("SELECT 1, 'sad'::\(identifier: schema).mood AS m")
            let error = await failure { try rows[0].decode(1, as: Int.self) }
            #expect(error?.message.hasPrefix("column 1 (\"m\") of type \(schema).mood in row 0 ") == true)
        }
    }

    @Test(arguments: Face.allCases)
    func arraysOfNamedTypesAreDeclared(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            try await Named.$schema.withValue(schema) {
                let moods: [NamedMood] = [.sad, .happy]
                let some: [NamedMood?] = [.sad, nil]
                let types = try await client.query(
                    "SELECT pg_typeof(\(moods))::text, pg_typeof(\(some))::text, pg_typeof(\(PostgresArray(moods)))::text",
                    as: (String, String, String).self)[0]
                let type = "\(schema).mood[]"
                #expect(types == (type, type, type))
                #expect(try await client.query("SELECT \(moods)", as: [NamedMood].self) == [moods])
            }
        }
    }

    struct Outcome: PostgresComposite, Equatable {
        var name: String
        var points: Int
        var all: [Int]

        init(name: String, points: Int, all: [Int]) {
            (self.name, self.points, self.all) = (name, points, all)
        }

        init(fields: inout PostgresCompositeDecoder) throws(WireError) {
            name = try fields.decode("name", domainOver: .text)
            points = try fields.decode("points", domainOver: .int4)
            all = try fields.decode("all_points", domainOver: .int4Array)
        }

        func encode(fields: inout PostgresCompositeEncoder) {
            fields.encode("name", name)
            fields.encode("points", points)
            fields.encode("all_points", all)
        }
    }

    struct Scores: Decodable, Equatable {
        var name: String
        var list: [Int]
    }

    /// An array of a domain is read as one of what the domain is made of, a domain over a domain included.
    @Test(arguments: Face.allCases)
    func arraysOfDomains(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            let name: SQL = "\(identifier: schema)"
            for type: SQL in ["score", "points"] {
                let statement: SQL = "SELECT ARRAY[1, 2]::\(name).\(type)[] AS list, 'x' AS name"
                let rows = try await client.query(statement)
                let tuples = try await client.query(statement, as: ([Int], String).self)
                #expect(tuples.map(\.0) == [[1, 2]] && tuples.map(\.1) == ["x"])
                #expect(try rows.decode(([Int], String).self).map(\.0) == [[1, 2]])
                #expect(try rows[0].decode("list", as: [Int32].self) == [1, 2])
                #expect(try rows[0].decode("list", as: PostgresArray<Int>.self).elements == [1, 2])
                #expect(try rows[0]["list"] == [1, 2])
                let again = try await client.query(statement, as: ([Int16], String).self)
                #expect(again.map(\.0) == [[1, 2]])
                let structures = try await client.structures(statement, as: Scores.self)
                #expect(structures == [Scores(name: "x", list: [1, 2])])
                let flags = await failure { try await client.query(statement, as: ([Bool], String).self) }
                #expect(flags?.message.contains("of type \(schema)._") == true, "\(String(describing: flags))")
            }
            let some = try await client.query(
                "SELECT ARRAY[1, NULL]::\(name).score[] FROM generate_series(1, 3000)", as: [Int?].self)
            #expect(some.count == 3000 && some.allSatisfy { $0 == [1, nil] })
            let none = try await client.query(
                "SELECT ARRAY[1]::\(name).score[] WHERE false", as: [Int].self)
            #expect(none.isEmpty)
        }
    }

    /// Structures, prepared statements and rows that could not be read: each finds out by itself.
    @Test(arguments: Face.allCases)
    func domainsAreFoundOutByStructures(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            let structures = try await client.structures(
                "SELECT ARRAY[1, 2]::\(identifier: schema).score[] AS list, 'x' AS name", as: Scores.self)
            #expect(structures == [Scores(name: "x", list: [1, 2])])
        }
        try await withTypes(face) { client, schema in
            let type = try Identifier(schema, "score").quoted()
            let text = "SELECT ARRAY[$1::int4]::\(type)[] FROM generate_series(1, 2)"
            let lists = try await client.prepared(SQL(unsafeSQL: text), 5 as Int32, as: [Int].self)
            #expect(lists == [[5], [5]])
        }
        try await withTypes(face) { client, schema in
            let error = await failure {
                try await client.query(
                    "SELECT ARRAY[7, 70000]::\(identifier: schema).score[] FROM generate_series(1, 2)", as: [Int16].self
                )
            }
            #expect(error?.message.contains("in row 0") == true)
            #expect(error?.statement?.isEmpty == false)
            let answers = try await client.answers()
            #expect(answers)
        }
    }

    @Test(arguments: Face.allCases)
    func domainsWithinOthers(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            let name: SQL = "\(identifier: schema)"
            let result = Outcome(name: "Ann", points: 7, all: [7, 8])
            for formats in [ResultFormats.binary, .text] {
                client.connection.resultFormats = formats
                let there = try await client.query("SELECT \(result)::\(name).result", as: Outcome.self)
                #expect(there == [result])
            }
            client.connection.resultFormats = .binary
            let statement: SQL = """
                SELECT '[1,5)'::\(name).scores, ARRAY['[1,2)', NULL]::\(name).scores[], \
                '{[1,2),[3,4)}'::\(name).scores_multirange
                """
            let rows = try await client.query(statement)
            let ranges = try rows.decode(
                (PostgresRange<Int>, [PostgresRange<Int32>?], PostgresMultirange<Int>).self)
            #expect(ranges[0].0 == PostgresRange(1..<5))
            #expect(ranges[0].1 == [PostgresRange(1..<2), nil])
            #expect(ranges[0].2 == [PostgresRange(1..<2), PostgresRange(3..<4)])
        }
    }

    @Test(arguments: Face.allCases)
    func origins(_ face: Face) async throws {
        try await withTypes(face) { client, schema in
            let rows = try await client.query("SELECT mood, 1 AS one, id FROM \(identifier: schema).people")
            let origins = try await client.describeOrigins(of: rows.columns)
            #expect(origins.map { $0?.column } == ["mood", nil, "id"])
            #expect(origins.map { $0?.isNullable } == [true, nil, false])
            #expect(origins[0]?.schema == schema && origins[0]?.table == "people")
            let computed = try await client.query("SELECT 1")
            #expect(try await client.describeOrigins(of: computed.columns) == [nil])
        }
    }
}
