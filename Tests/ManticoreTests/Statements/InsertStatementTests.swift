import Manticore
import Testing

@Suite(.ownThread) struct InsertStatementTests {
    @Test func oneRow() throws {
        let nickname: String? = nil
        let age: Int? = 30
        try expect(
            try Statement.insert("users", ["name": "Ann", "age": age, "nickname": nickname, "vip": true]),
            #"INSERT INTO "users" ("name", "age", "nickname", "vip") VALUES ($1, $2, $3, $4) RETURNING *"#,
            ["Ann", "30", nil, "true"])
    }

    @Test func schemaAndHostileNames() throws {
        try expect(
            try Statement.insert(Identifier("audit", "log"), ["a\"; DROP TABLE x; --": 1, "it's\n": 2]),
            "INSERT INTO \"audit\".\"log\" (\"a\"\"; DROP TABLE x; --\", \"it's\n\") VALUES ($1, $2) RETURNING *",
            ["1", "2"])
        expectRefusal("insert a\\0b", "NUL", code: .encodingFailed) { _ = try Statement.insert("a\0b", ["a": 1]) }
        expectRefusal("insert t", "NUL", code: .encodingFailed) { _ = try Statement.insert("t", ["a\0": 1]) }
        expectRefusal("insert t", "empty") { _ = try Statement.insert("t", ["": 1]) }
        expectRefusal("insert \"\"", "empty") { _ = try Statement.insert("", ["a": 1]) }
    }

    @Test func nothingButDefaults() throws {
        try expect(try Statement.insert("users", [:]), #"INSERT INTO "users" DEFAULT VALUES RETURNING *"#)
    }

    @Test func manyRows() throws {
        let statements = try Statement.batchInsert(
            "users", [["name": "Ann", "age": 30], ["age": nil, "name": "Bob"]])
        #expect(statements.count == 1)
        try expect(
            try #require(statements.first),
            #"INSERT INTO "users" ("name", "age") VALUES ($1, $2), ($3, $4) RETURNING *"#, ["Ann", "30", "Bob", nil])
        #expect(try Statement.batchInsert("users", []).isEmpty)
    }

    @Test func manyRowsOfDefaults() throws {
        let statements = try Statement.batchInsert("users", [[:], [:], [:]])
        #expect(statements.count == 3)
        for statement in statements {
            try expect(statement, #"INSERT INTO "users" DEFAULT VALUES RETURNING *"#)
        }
    }

    @Test(arguments: [(1, 65_535), (2, 32_767), (7, 9_362)])
    func splitting(columns: Int, rowsPerStatement: Int) throws {
        let row = Values(
            Dictionary(uniqueKeysWithValues: (0..<columns).map { ("c\($0)", $0 as any PostgresEncodable) }))
        func counts(_ rows: Int) throws -> [Int] {
            try Statement.batchInsert("t", Array(repeating: row, count: rows)).map { try $0.render().parameters.count }
        }
        let most = rowsPerStatement * columns
        #expect(most <= 65_535 && most + columns > 65_535)
        #expect(try counts(rowsPerStatement) == [most])
        #expect(try counts(rowsPerStatement + 1) == [most, columns])
    }

    @Test func unequalRows() {
        expectRefusal("batchInsert users", "row 1 of 3, counted from 0", "\"age\"", "missing") {
            _ = try Statement.batchInsert("users", [["name": "a", "age": 1], ["name": "b"], [:]])
        }
        expectRefusal("row 1 of 2, counted from 0", "\"vip\"") {
            _ = try Statement.batchInsert("users", [["name": "a"], ["name": "b", "vip": true]])
        }
        expectRefusal("row 2 of 3, counted from 0", "\"name\"") {
            _ = try Statement.batchInsert("users", [[:], [:], ["name": "a"]])
        }
        expectRefusal("row 1 of 2, counted from 0", "\"age\"") {
            _ = try Statement.batchInsert("users", [["name": "a", "age": 1], ["name": "b", "Age": 1]])
        }
    }
}
