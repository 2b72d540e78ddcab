import Manticore
import Testing

@Suite(.ownThread) struct QueryTests {
    private struct User: Decodable, Equatable {
        var id: Int64
        var name: String
        var age: Int?
    }

    private func users(_ db: Database) throws {
        try db.createTable("users", columns: ["id": "bigint PRIMARY KEY", "name": "text NOT NULL", "age": "int"])
        try db.batchInsert(
            "users", [["id": 1, "name": "Ann", "age": 30], ["id": 2, "name": "Bob", "age": nil]])
    }

    @Test func execute() throws {
        try withDatabase { db in
            try users(db)
            let result = try db.execute("UPDATE users SET age = \(31) WHERE id = \(1)")
            #expect(result.rowsAffected == 1)
            #expect(result.tag.description == "UPDATE 1")
            #expect(try db.execute("CREATE TABLE other (i int)").rowsAffected == 0)
            #expect(try db.execute("DELETE FROM users WHERE name = \("x'; DROP TABLE users; --")").rowsAffected == 0)
            #expect(try db.count("users") == 2)
        }
    }

    @Test func executeAsync() async throws {
        try await withDatabase { db in
            try users(db)
            let result = try await db.execute("UPDATE users SET age = \(31) WHERE id = \(1)")
            #expect(result.rowsAffected == 1)
        }
    }

    @Test func rows() throws {
        try withDatabase { db in
            try users(db)
            let rows = try db.query("SELECT id, name FROM users WHERE id > \(0) ORDER BY id")
            #expect(rows.count == 2)
            #expect(rows.columns.descriptions.map(\.name) == ["id", "name"])
            #expect(try rows.map { try $0.decode("name", as: String.self) } == ["Ann", "Bob"])
            let (id, name) = try rows[1].decode((Int64, String).self)
            #expect((id, name) == (2, "Bob"))
            let none = try db.query("SELECT id FROM users WHERE id > \(10)")
            #expect(none.isEmpty && none.columns.count == 1)
        }
    }

    @Test func rowsAsync() async throws {
        try await withDatabase { db in
            try users(db)
            let rows = try await db.query("SELECT id, name FROM users WHERE id > \(0) ORDER BY id")
            #expect(try rows.map { try $0.decode("name", as: String.self) } == ["Ann", "Bob"])
        }
    }

    @Test func tuples() throws {
        try withDatabase { db in
            try users(db)
            let found = try db.query("SELECT id, name, age FROM users ORDER BY id", as: (Int64, String, Int?).self)
            #expect(found.count == 2)
            #expect(found[0] == (1, "Ann", 30))
            #expect(found[1] == (2, "Bob", nil))
            #expect(try db.query("SELECT name FROM users ORDER BY id", as: String.self) == ["Ann", "Bob"])
            let error = expectError(.decodingFailed) { try db.query("SELECT age FROM users ORDER BY id", as: Int.self) }
            #expect(error?.description.contains("age") == true)
            expectError(.decodingFailed) { try db.query("SELECT id FROM users", as: (Int64, String).self) }
            // The connection is in order after that.
            #expect(try db.pool.statistics.idle == 1)
        }
    }

    @Test func tuplesAsync() async throws {
        try await withDatabase { db in
            try users(db)
            let found = try await db.query(
                "SELECT id, name, age FROM users ORDER BY id", as: (Int64, String, Int?).self)
            #expect(found.count == 2)
            #expect(found[1] == (2, "Bob", nil))
            await expectError(.decodingFailed) { try await db.query("SELECT age FROM users ORDER BY id", as: Int.self) }
        }
    }

    @Test func structures() throws {
        try withDatabase { db in
            try users(db)
            let found = try db.query("SELECT * FROM users ORDER BY id", as: User.self)
            #expect(found == [User(id: 1, name: "Ann", age: 30), User(id: 2, name: "Bob", age: nil)])
            expectError(.decodingFailed) { try db.query("SELECT id FROM users", as: User.self) }
        }
    }

    @Test func structuresAsync() async throws {
        try await withDatabase { db in
            try users(db)
            let found = try await db.query("SELECT * FROM users ORDER BY id", as: User.self)
            #expect(found == [User(id: 1, name: "Ann", age: 30), User(id: 2, name: "Bob", age: nil)])
        }
    }

    @Test func streams() throws {
        try withDatabase { db in
            let stream = db.stream("SELECT i, 'row ' || i AS name FROM generate_series(1, \(10_000)) AS i")
            var sum = 0
            while let row = try stream.next() { sum += try row.decode("i", as: Int.self) }
            #expect(sum == 50_005_000)
            #expect(try stream.next() == nil)
            #expect(try db.pool.statistics.idle == 1)
            expectError(.server, sqlState: .divisionByZero) {
                let failing = db.stream("SELECT 1 / (5 - i) FROM generate_series(1, 10) AS i")
                while try failing.next() != nil {}
            }
            #expect(try db.query("SELECT 1", as: Int.self) == [1])
        }
    }

    @Test func streamsAsync() async throws {
        try await withDatabase { db in
            var sum = 0
            for try await i in db.stream("SELECT i FROM generate_series(1, \(10_000)) AS i", as: Int.self) { sum += i }
            #expect(sum == 50_005_000)
            for try await row in db.stream("SELECT i FROM generate_series(1, 100000) AS i") {
                if try row.decode("i", as: Int.self) == 10 { break }
            }
            let one = try await db.query("SELECT 1", as: Int.self)
            #expect(one == [1])
        }
    }

    // A large row makes the connection's buffer grow, which shrinks again when the row has been read, not before.

    @Test(arguments: [1_000, 60_000, 70_000, 200_000, 3_000_000]) func largeRows(_ size: Int) throws {
        try withDatabase { db in
            let text = String(repeating: "x", count: size)
            for _ in 0..<2 {
                let found = try db.query("SELECT \(text)::text, \(7)", as: (String, Int).self)
                #expect(found.count == 1)
                #expect(found.first?.0 == text && found.first?.1 == 7)
                let stream = db.stream("SELECT \(text)::text", as: String.self)
                let streamed = try stream.next()
                #expect(streamed == text)
                let end = try stream.next()
                #expect(end == nil)
            }
        }
    }

    @Test(arguments: [1_000, 60_000, 70_000, 200_000, 3_000_000]) func largeRowsAsync(_ size: Int) async throws {
        try await withDatabase { db in
            let text = String(repeating: "x", count: size)
            for _ in 0..<2 {
                let found = try await db.query("SELECT \(text)::text, \(7)", as: (String, Int).self)
                #expect(found.first?.0 == text && found.first?.1 == 7)
                for try await row in db.stream("SELECT \(text)::text AS text") {
                    #expect(try row.decode("text", as: String.self) == text)
                }
            }
        }
    }
}
