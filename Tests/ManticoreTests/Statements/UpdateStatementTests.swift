import Manticore
import Testing

@Suite struct UpdateStatementTests {
    @Test func update() throws {
        try expect(
            try Statement.update("users", ["age": 31, "nickname": nil], where: ["id": 7, "deleted_at": nil]),
            #"UPDATE "users" SET "age" = $1, "nickname" = $2 WHERE "id" = $3 AND "deleted_at" IS NULL RETURNING *"#,
            ["31", nil, "7"])
        try expect(
            try Statement.update("users", ["age": 31], where: .all), #"UPDATE "users" SET "age" = $1 RETURNING *"#,
            ["31"])
        try expect(
            try Statement.update("users", ["age": 31], where: .sql("age < \(31) -- younger")),
            "UPDATE \"users\" SET \"age\" = $1 WHERE (age < $2 -- younger\n) RETURNING *", ["31", "31"])
    }

    @Test func refusals() {
        expectRefusal("update users", "condition is empty", ".all") {
            _ = try Statement.update("users", ["age": 31], where: [:])
        }
        expectRefusal("update users", "condition is empty") {
            _ = try Statement.update("users", ["age": 31], where: .sql(" "))
        }
        expectRefusal("update users", "nothing to set") { _ = try Statement.update("users", [:], where: .all) }
        expectRefusal("update users", "empty") { _ = try Statement.update("users", ["": 1], where: .all) }
    }

    @Test func manyRows() throws {
        let statements = try Statement.batchUpdate(
            "users", [["id": 1, "age": 30], ["name": "Bob", "id": 2, "age": nil]], key: "id")
        #expect(statements.count == 2)
        try expect(
            try #require(statements.first), #"UPDATE "users" SET "age" = $1 WHERE "id" = $2 RETURNING *"#, ["30", "1"])
        try expect(
            try #require(statements.last),
            #"UPDATE "users" SET "name" = $1, "age" = $2 WHERE "id" = $3 RETURNING *"#, ["Bob", nil, "2"])
        #expect(try Statement.batchUpdate("users", [], key: "id").isEmpty)
    }

    @Test func rowsThatFindNothing() {
        expectRefusal("batchUpdate users", "row 1 of 2, counted from 0", "\"id\"") {
            _ = try Statement.batchUpdate("users", [["id": 1, "age": 1], ["age": 2]], key: "id")
        }
        expectRefusal("row 0 of 1, counted from 0", "\"id\"") {
            _ = try Statement.batchUpdate("users", [["id": nil, "age": 1]], key: "id")
        }
        expectRefusal("row 0 of 1, counted from 0", "nothing to set") {
            _ = try Statement.batchUpdate("users", [["id": 1]], key: "id")
        }
    }
}
