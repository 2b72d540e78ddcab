import Manticore
import Testing

@Suite struct DeleteStatementTests {
    @Test func delete() throws {
        try expect(try Statement.delete("users", where: ["id": 7]), #"DELETE FROM "users" WHERE "id" = $1"#, ["7"])
        try expect(try Statement.delete("users", where: ["a": nil]), #"DELETE FROM "users" WHERE "a" IS NULL"#)
        try expect(try Statement.delete("users", where: .all), #"DELETE FROM "users""#)
        try expect(
            try Statement.delete("users", where: .sql("-- everything?")),
            "DELETE FROM \"users\" WHERE (-- everything?\n)")
    }

    @Test func emptyConditions() {
        expectRefusal("delete users", "condition is empty", ".all") { _ = try Statement.delete("users", where: [:]) }
        expectRefusal("delete users", "condition is empty") {
            _ = try Statement.delete("users", where: Where(Values()))
        }
        expectRefusal("delete users", "condition is empty") { _ = try Statement.delete("users", where: .sql("")) }
        expectRefusal("delete users", "condition is empty") {
            _ = try Statement.delete("users", where: .sql([SQL]().joined(separator: " AND ")))
        }
    }

    @Test func manyRows() throws {
        let ids: [Int64] = [1, 2, 3]
        let sql = try Statement.batchDelete(Identifier("audit", "log"), ids, key: "i\"d")
        let rendered = try sql.render()
        #expect(rendered.text == #"DELETE FROM "audit"."log" WHERE "i""d" = ANY($1)"#)
        #expect(rendered.parameters.count == 1)
        #expect(rendered.parameters.first as? [Int64] == ids)
        #expect(try Statement.batchDelete("t", [Int](), key: "id").render().parameters.first as? [Int] == [])
        expectRefusal("batchDelete t", "empty") { _ = try Statement.batchDelete("t", ids, key: "") }
    }
}
