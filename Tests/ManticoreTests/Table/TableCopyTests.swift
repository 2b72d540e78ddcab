import Manticore
import Testing

@Suite(.ownThread) struct TableCopyTests {
    private struct User: Codable, Equatable {
        var id: Int
        var name: String?
    }

    @Test func rowsInAndOut() async throws {
        try await withDatabase { db async throws in
            try await db.createTable("users", columns: ["id": "bigint PRIMARY KEY", "name": "text"])
            let users = Table("users", in: db)
            #expect(try await users.copy(columns: ["id", "name"], from: [(1, "Ann"), (2, "Bob")]) == 2)
            #expect(try await users.copy(from: [User(id: 3, name: nil), User(id: 4, name: "Dee")]) == 2)
            #expect(try await users.copy(columns: ["id"]) { try await $0.write(5) } == 1)
            let failed = try await db.transaction { tx in
                try await users.using(tx).copy(columns: ["id"], from: [6, 7])
            }
            #expect(failed == 2)
            var rows: [User] = []
            for try await (id, name) in users.copyOut(columns: ["id", "name"], as: (Int, String?).self) {
                rows.append(User(id: id, name: name))
            }
            #expect(rows.map(\.id) == [1, 2, 3, 4, 5, 6, 7])
            #expect(rows.map(\.name) == ["Ann", "Bob", nil, "Dee", nil, nil, nil])
        }
    }

    @Test func theBlockingForms() throws {
        try withDatabase { db in
            try db.createTable("users", columns: ["id": "bigint PRIMARY KEY", "name": "text"])
            let users = Table("users", in: db)
            #expect(try users.copy(columns: ["id", "name"], from: [(1, "Ann"), (2, "Bob")]) == 2)
            #expect(try users.copy(from: [User(id: 3, name: nil)]) == 1)
            #expect(try users.copy(columns: ["id"]) { try $0.write(5) } == 1)
            let rows = users.copyOut(columns: ["id"], as: Int.self)
            var ids: [Int] = []
            while let id = try rows.next() { ids.append(id) }
            #expect(ids == [1, 2, 3, 5])
        }
    }
}
