import Manticore
import Testing

@Suite(.ownThread) struct TableTests {
    private func users(_ db: Database) throws -> Table<Database> {
        try db.createTable("users", columns: ["id": "bigint PRIMARY KEY", "name": "text NOT NULL", "age": "int"])
        return Table("users", in: db)
    }

    private func names(_ rows: Rows) throws -> [String] { try rows.map { try $0.decode("name") } }

    @Test func everyMethod() throws {
        try withDatabase { db in
            let users = try users(db)
            #expect(users.name == "users")
            #expect(users.key == "id")
            #expect(try users.create(["id": 1, "name": "Ann", "age": 30]).decode("name", as: String.self) == "Ann")
            let made = try users.batchCreate([["id": 2, "name": "Bob"], ["id": 3, "name": "Cid"]])
            #expect(made.count == 2)

            #expect(try users.read(2)?.decode("name", as: String.self) == "Bob")
            #expect(try users.read(9)?.count == nil)
            #expect(try users.get(2).decode("name", as: String.self) == "Bob")
            expectError(.noRows) { try users.get(9) }
            #expect(Set(try names(users.getMany([1, 3, 9]))) == ["Ann", "Cid"])
            #expect(try users.getMany([] as [Int]).isEmpty)
            #expect(try users.findOne(where: ["age": nil], orderBy: .descending("id"))?.decode("id", as: Int.self) == 3)
            #expect(try users.findOne(where: ["name": "Zoe"])?.count == nil)
            #expect(try names(users.list(orderBy: "name")) == ["Ann", "Bob", "Cid"])
            #expect(try names(users.list(where: ["age": nil], orderBy: "name", limit: 1, offset: 1)) == ["Cid"])
            #expect(try users.count() == 3)
            #expect(try users.count(where: ["age": nil]) == 2)
            #expect(try users.exists(where: ["name": "Ann"]))
            #expect(try users.exists(where: ["name": "Zoe"]) == false)

            #expect(try users.update(1, ["age": 31])?.decode("age", as: Int.self) == 31)
            #expect(try users.update(9, ["age": 31])?.count == nil)
            #expect(try users.updateWhere(["age": nil], ["age": 1]).count == 2)
            expectError(.invalidArgument) { try users.updateWhere([:], ["age": 1]) }
            #expect(try users.batchUpdate([["id": 2, "age": 20], ["id": 3, "age": 30]]).count == 2)

            #expect(try users.delete(1))
            #expect(try users.delete(1) == false)
            #expect(try users.deleteWhere(["age": 20]) == 1)
            expectError(.invalidArgument) { try users.deleteWhere([:]) }
            #expect(try users.batchDelete([3, 9]) == 1)
            try users.create(["id": 4, "name": "Dan"])
            try users.truncate()
            #expect(try users.count() == 0)
            try users.drop()
            expectError(.server, sqlState: .undefinedTable) { try users.drop() }
            try users.drop(ifExists: true)
        }
    }

    @Test func everyMethodAsync() async throws {
        try await withDatabase { db in
            let users: AsyncTable<AsyncDatabase> = try users(db)
            let ann = try await users.create(["id": 1, "name": "Ann", "age": 30])
            #expect(try ann.decode("name", as: String.self) == "Ann")
            let made = try await users.batchCreate([["id": 2, "name": "Bob"], ["id": 3, "name": "Cid"]])
            #expect(made.count == 2)

            let bob = try await users.read(2)
            #expect(try bob?.decode("name", as: String.self) == "Bob")
            let nobody = try await users.read(9)
            #expect(nobody?.count == nil)
            let same = try await users.get(2)
            #expect(try same.decode("name", as: String.self) == "Bob")
            await expectError(.noRows) { try await users.get(9) }
            let many = try await users.getMany([1, 3, 9])
            #expect(Set(try names(many)) == ["Ann", "Cid"])
            let found = try await users.findOne(where: ["age": nil], orderBy: .descending("id"))
            #expect(try found?.decode("id", as: Int.self) == 3)
            let list = try await users.list(where: ["age": nil], orderBy: "name", limit: 1, offset: 1)
            #expect(try names(list) == ["Cid"])
            let count = try await users.count()
            let ageless = try await users.count(where: ["age": nil])
            #expect((count, ageless) == (3, 2))
            let exists = (
                try await users.exists(where: ["name": "Ann"]), try await users.exists(where: ["name": "Zoe"])
            )
            #expect(exists == (true, false))

            let older = try await users.update(1, ["age": 31])
            #expect(try older?.decode("age", as: Int.self) == 31)
            let none = try await users.update(9, ["age": 31])
            #expect(none?.count == nil)
            let changed = try await users.updateWhere(["age": nil], ["age": 1])
            #expect(changed.count == 2)
            await expectError(.invalidArgument) { try await users.updateWhere([:], ["age": 1]) }
            let batch = try await users.batchUpdate([["id": 2, "age": 20], ["id": 3, "age": 30]])
            #expect(batch.count == 2)

            let deleted = (try await users.delete(1), try await users.delete(1))
            #expect(deleted == (true, false))
            let where20 = try await users.deleteWhere(["age": 20])
            #expect(where20 == 1)
            await expectError(.invalidArgument) { try await users.deleteWhere([:]) }
            let last = try await users.batchDelete([3, 9])
            #expect(last == 1)
            try await users.create(["id": 4, "name": "Dan"])
            try await users.truncate()
            let empty = try await users.count()
            #expect(empty == 0)
            try await users.drop()
            try await users.drop(ifExists: true)
        }
    }

    @Test func aTableNeedsNoColumnCalledID() throws {
        try withDatabase { db in
            try db.createTable("tags", columns: ["tag": "text PRIMARY KEY"])
            let tags = Table("tags", in: db)
            try tags.create(["tag": "red"])
            #expect(try tags.exists(where: ["tag": "red"]))
            #expect(try tags.exists(where: .all))
            let keyed = Table("tags", in: db, key: "tag")
            #expect(try keyed.get("red").decode(0, as: String.self) == "red")
            #expect(try keyed.delete("red"))
            #expect(try keyed.exists(where: .all) == false)
        }
    }

    @Test func aTableInATransaction() throws {
        try withDatabase { db in
            let users = try users(db)
            #expect(throws: CancellationError.self) {
                try db.transaction { tx in
                    try users.using(tx).create(["id": 1, "name": "Ann"])
                    #expect(try users.using(tx).count() == 1)
                    #expect(try users.count() == 0)
                    throw CancellationError()
                }
            }
            #expect(try users.count() == 0)
            try db.transaction { tx in try users.using(tx).create(["id": 1, "name": "Ann"]) }
            #expect(try users.count() == 1)
        }
    }

    @Test func aTableInATransactionAsync() async throws {
        try await withDatabase { db in
            let users = try users(db)
            try await db.transaction { tx in
                let inside = users.using(tx)
                try await inside.create(["id": 1, "name": "Ann"])
                let before = try await users.count()
                #expect(before == 0)
            }
            let after = try await users.count()
            #expect(after == 1)
        }
    }

    @Test func aTableOverAConnection() async throws {
        try await withDatabase { db in
            let users = try users(db)
            let count = try await db.withConnection { connection in
                try await users.using(connection).create(["id": 1, "name": "Ann"])
                return try await Table("users", in: connection).count()
            }
            #expect(count == 1)
        }
    }
}
