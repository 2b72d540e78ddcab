import PostgresClient
import PostgresWire
import Testing

/// One type by itself gives a list of it, also where a macro looks at the expression.
@Suite(.ownThread) struct SingleValueTests {
    @Test func blocking() throws {
        let connection = try Connection.connect(to: TestServer.configuration(.tcp))
        defer { connection.close() }
        #expect(try connection.query("SELECT 1", as: Int.self) == [1])
        #expect(try connection.query("SELECT NULL::int4", as: Int?.self) == [nil])
        #expect(try connection.query("SELECT 'a' WHERE \(1) = 2", as: String.self) == [])
        #expect(try connection.query("SELECT '{1,2}'::int4[]", as: [Int].self) == [[1, 2]])
        #expect(try connection.query("SELECT 1, 'a'", as: (Int, String).self)[0] == (1, "a"))
        let rows = try connection.query("SELECT generate_series(1, 3)")
        #expect(try rows.decode(Int.self) == [1, 2, 3])
        #expect(try rows[2].decode(Int.self) == 3)
        let statement = try connection.prepare("SELECT $1::int8 + generate_series(1, 2)")
        #expect(try statement.query(Int64(5), as: Int.self) == [6, 7])
        let stream = connection.stream("SELECT generate_series(1, 3)", as: Int.self)
        #expect(try stream.next() == 1)
        #expect(try stream.nextBatch() == [2, 3])
        #expect(try stream.nextBatch() == nil)
        #expect(try connection.pipeline { try $0.query("SELECT 1", as: Int.self) }.get() == [1])
        #expect(try connection.pipeline { try $0.query("SELECT 1, 'a'", as: (Int, String).self) }.get()[0] == (1, "a"))
        #expect(try connection.pipeline { try $0.query(statement, Int64(5), as: Int.self) }.get() == [6, 7])
        #expect(try connection.queryMany("SELECT $1 * 2", [1, 2], as: Int.self) == [2, 4])
        #expect(try connection.queryMany("SELECT $1 * $2", [(1, 2), (3, 4)], as: Int.self) == [2, 12])
        #expect(try connection.queryMany("SELECT $1, 'a'", [1, 2], as: (Int, String).self)[1] == (2, "a"))
        #expect(try connection.copyOut("SELECT generate_series(1, 3)", as: Int.self).next() == 1)
        try connection.simpleQuery("BEGIN")
        let portal = try connection.portal("SELECT generate_series(1, 3)")
        #expect(try portal.fetch(2, as: Int.self) == [1, 2])
        #expect(try portal.fetch(2, as: Int?.self) == [3])
        let cursor = try connection.declareCursor("single", for: "SELECT generate_series(1, 3)")
        #expect(try cursor.fetch(.forward(2), as: Int.self) == [1, 2])
        #expect(try cursor.fetch(.all, as: Int?.self) == [3])
        try connection.simpleQuery("COMMIT")
        #expect(throws: PostgresError.self) { try connection.query("SELECT 1, 2", as: Int.self) }
        #expect(throws: PostgresError.self) { try rows.decode(Bool.self) }
    }

    @Test func suspending() async throws {
        let connection = try await Connection.connect(to: TestServer.configuration(.tcp))
        defer { connection.close() }
        #expect(try await connection.query("SELECT 1", as: Int.self) == [1])
        #expect(try await connection.query("SELECT NULL::int4", as: Int?.self) == [nil])
        #expect(try await connection.query("SELECT 1, 'a'", as: (Int, String).self)[0] == (1, "a"))
        let statement = try await connection.prepare("SELECT $1::int8 + generate_series(1, 2)")
        #expect(try await statement.query(Int64(5), as: Int.self) == [6, 7])
        let stream = connection.stream("SELECT generate_series(1, 3)", as: Int.self)
        #expect(try await stream.next() == 1)
        #expect(try await stream.nextBatch() == [2, 3])
        #expect(try await stream.nextBatch() == nil)
        var sum = 0
        for try await number in connection.stream("SELECT generate_series(1, 3)", as: Int.self) { sum += number }
        #expect(sum == 6)
        #expect(try await connection.pipeline { try $0.query("SELECT 1", as: Int.self) }.get() == [1])
        let pair = try await connection.pipeline { try $0.query("SELECT 1, 'a'", as: (Int, String).self) }
        #expect(try pair.get()[0] == (1, "a"))
        #expect(try await connection.pipeline { try $0.query(statement, Int64(5), as: Int.self) }.get() == [6, 7])
        #expect(try await connection.queryMany("SELECT $1 * 2", [1, 2], as: Int.self) == [2, 4])
        #expect(try await connection.queryMany("SELECT $1 * $2", [(1, 2), (3, 4)], as: Int.self) == [2, 12])
        #expect(try await connection.queryMany("SELECT $1, 'a'", [1, 2], as: (Int, String).self)[1] == (2, "a"))
        #expect(try await connection.copyOut("SELECT generate_series(1, 3)", as: Int.self).next() == 1)
        try await connection.simpleQuery("BEGIN")
        let portal = try await connection.portal("SELECT generate_series(1, 3)")
        #expect(try await portal.fetch(2, as: Int.self) == [1, 2])
        #expect(try await portal.fetch(2, as: Int?.self) == [3])
        let cursor = try await connection.declareCursor("single", for: "SELECT generate_series(1, 3)")
        #expect(try await cursor.fetch(.forward(2), as: Int.self) == [1, 2])
        #expect(try await cursor.fetch(.all, as: Int?.self) == [3])
        try await connection.simpleQuery("COMMIT")
        await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1, 2", as: Int.self) }
    }
}
