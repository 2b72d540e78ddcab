import Manticore
import Testing

@Suite(.ownThread) struct BatchTests {
    private func items(_ db: Database) throws {
        try db.createTable(
            "items", columns: ["id": "int PRIMARY KEY", "name": "text", "price": "int CHECK (price >= 0)"])
    }

    private func rows(_ range: Range<Int>) -> [Values] {
        range.map { ["id": $0, "name": "item \($0)", "price": $0] }
    }

    @Test func insertsInOrder() throws {
        try withDatabase { db in
            try items(db)
            let made = try db.batchInsert("items", [["id": 2, "name": "b"], ["name": nil, "id": 1]])
            #expect(try made.map { try $0.decode("id", as: Int.self) } == [2, 1])
            #expect(try made[1].decode("name", as: String?.self) == nil)
            #expect(try db.batchInsert("items", []).isEmpty)
        }
    }

    @Test func unequalKeysAreRefused() throws {
        try withDatabase { db in
            try items(db)
            expectError(.invalidArgument) { try db.batchInsert("items", [["id": 1, "name": "a"], ["id": 2]]) }
            expectError(.invalidArgument) { try db.batchInsert("items", [["id": 1], ["id": 2, "name": "a"]]) }
            expectError(.invalidArgument) { try db.batchInsert("items", [["id": 1], ["id": 2, "id": 3]]) }
            #expect(try db.count("items") == 0)
        }
    }

    @Test func unequalKeysAreRefusedAsync() async throws {
        try await withDatabase { db in
            try items(db)
            await expectError(.invalidArgument) {
                try await db.batchInsert("items", [["id": 1, "name": "a"], ["id": 2]])
            }
        }
    }

    // 3 parameters a row: 65,535 are reached at 21,845 rows.

    @Test func manyRowsAreSplit() throws {
        try withDatabase { db in
            try items(db)
            let made = try db.batchInsert("items", rows(0..<22_000))
            #expect(made.count == 22_000)
            #expect(try made[21_999].decode("id", as: Int.self) == 21_999)
            let transactions = try db.query("SELECT count(DISTINCT xmin::text) FROM items", as: Int.self)
            #expect(transactions == [1])
        }
    }

    @Test func manyRowsAreSplitAsync() async throws {
        try await withDatabase { db in
            try items(db)
            let made = try await db.batchInsert("items", rows(0..<22_000))
            #expect(made.count == 22_000)
        }
    }

    @Test func manyRowsAreAllOrNothing() throws {
        try withDatabase { db in
            try items(db)
            // The last one, in the second statement, is there already.
            expectError(.server, sqlState: .uniqueViolation) {
                try db.batchInsert("items", rows(0..<22_000) + rows(0..<1))
            }
            #expect(try db.count("items") == 0)
            #expect(try db.pool.statistics.idle == 1)
        }
    }

    @Test func manyRowsAreAllOrNothingAsync() async throws {
        try await withDatabase { db in
            try items(db)
            await expectError(.server, sqlState: .uniqueViolation) {
                try await db.batchInsert("items", rows(0..<22_000) + rows(0..<1))
            }
            let count = try await db.count("items")
            #expect(count == 0)
        }
    }

    @Test func aBatchInATransactionIsPartOfIt() throws {
        try withDatabase { db in
            try items(db)
            #expect(throws: CancellationError.self) {
                try db.transaction { tx in
                    try tx.batchInsert("items", rows(0..<22_000))
                    #expect(try tx.count("items") == 22_000)
                    throw CancellationError()
                }
            }
            #expect(try db.count("items") == 0)
        }
    }

    @Test func updates() throws {
        try withDatabase { db in
            try items(db)
            try db.batchInsert("items", rows(0..<3))
            let changed = try db.batchUpdate(
                "items", [["id": 0, "name": "zero"], ["price": 20, "id": 2], ["id": 9, "name": "nobody"]], key: "id")
            #expect(try changed.map { try $0.decode("id", as: Int.self) } == [0, 2])
            expectError(.server, sqlState: .checkViolation) {
                try db.batchUpdate("items", [["id": 0, "price": 100], ["id": 1, "price": -1]], key: "id")
            }
            #expect(try db.count("items", where: ["price": 100]) == 0)
            expectError(.invalidArgument) {
                try db.batchUpdate("items", [["id": 0, "price": 1], ["price": 1]], key: "id")
            }
            expectError(.invalidArgument) { try db.batchUpdate("items", [["id": nil, "price": 1]], key: "id") }
            expectError(.invalidArgument) { try db.batchUpdate("items", [["id": 1]], key: "id") }
            #expect(try db.batchUpdate("items", [], key: "id").isEmpty)
        }
    }

    @Test func updatesAsync() async throws {
        try await withDatabase { db in
            try items(db)
            try await db.batchInsert("items", rows(0..<3))
            let changed = try await db.batchUpdate(
                "items", [["id": 0, "name": "zero"], ["id": 2, "price": 20]], key: "id")
            #expect(changed.count == 2)
            await expectError(.server, sqlState: .checkViolation) {
                try await db.batchUpdate("items", [["id": 0, "price": 100], ["id": 1, "price": -1]], key: "id")
            }
            let count = try await db.count("items", where: ["price": 100])
            #expect(count == 0)
        }
    }

    @Test func deletes() throws {
        try withDatabase { db in
            try items(db)
            try db.batchInsert("items", rows(0..<5))
            #expect(try db.batchDelete("items", [1, 3, 9], key: "id") == 2)
            #expect(try db.batchDelete("items", ["item 0"], key: "name") == 1)
            #expect(try db.batchDelete("items", [] as [Int], key: "id") == 0)
            #expect(try db.batchDelete("items", Array(0..<100_000), key: "id") == 2)
        }
    }

    @Test func deletesAsync() async throws {
        try await withDatabase { db in
            try items(db)
            try await db.batchInsert("items", rows(0..<5))
            let count = try await db.batchDelete("items", [1, 3, 9], key: "id")
            #expect(count == 2)
        }
    }

    @Test func keysOfEveryKind() throws {
        try withDatabase { db in
            try db.simpleQuery("CREATE TYPE mood AS ENUM ('sad', 'glad')")
            try db.createTable("things", columns: ["id": "uuid PRIMARY KEY", "mood": "mood", "at": "timestamptz"])
            let id = "00000000-0000-4000-8000-000000000001"
            try db.insert("things", ["id": id, "mood": "glad", "at": "2026-01-01 00:00:00Z"])
            let things = Table("things", in: db)
            #expect(try things.get(id).decode("mood", as: String.self) == "glad")
            #expect(try things.getMany([id]).count == 1)
            #expect(try db.count("things", where: ["mood": "glad", "id": id]) == 1)
            #expect(try db.batchDelete("things", ["glad"], key: "mood") == 1)
        }
    }
}
