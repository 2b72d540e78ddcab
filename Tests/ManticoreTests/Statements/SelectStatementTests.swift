import Manticore
import Testing

@Suite struct SelectStatementTests {
    @Test func everything() throws {
        try expect(try Statement.select("users"), #"SELECT * FROM "users""#)
        try expect(try Statement.select("users", where: [:]), #"SELECT * FROM "users""#)
        try expect(try Statement.select("users", where: .sql(" \n")), #"SELECT * FROM "users""#)
        try expect(try Statement.select("users", orderBy: []), #"SELECT * FROM "users""#)
    }

    @Test func allClauses() throws {
        try expect(
            try Statement.select(
                "users", columns: ["id", "na\"me"], where: ["active": true, "deleted_at": nil, "age": 30],
                orderBy: [.descending("age"), "name", .ascending("id")], limit: 10, offset: 20),
            #"SELECT "id", "na""me" FROM "users" WHERE "active" = $1 AND "deleted_at" IS NULL AND "age" = $2 "#
                + #"ORDER BY "age" DESC, "name", "id" LIMIT $3 OFFSET $4"#,
            ["true", "30", "10", "20"])
    }

    @Test func nilIsNullHoweverItIsWritten() throws {
        let age: Int? = nil
        let anything: (any PostgresEncodable)? = nil
        try expect(
            try Statement.select("t", where: ["a": age, "b": anything, "c": nil]),
            #"SELECT * FROM "t" WHERE "a" IS NULL AND "b" IS NULL AND "c" IS NULL"#)
    }

    @Test func namesAreNeverText() throws {
        try expect(try Statement.select("users", orderBy: "age DESC"), #"SELECT * FROM "users" ORDER BY "age DESC""#)
        try expect(try Statement.select("audit.log", columns: ["*"]), #"SELECT "*" FROM "audit.log""#)
        try expect(
            try Statement.select("t", where: ["1=1 OR \"x\"": "'"]), #"SELECT * FROM "t" WHERE "1=1 OR ""x""" = $1"#,
            ["'"])
    }

    @Test func conditionsInSQL() throws {
        try expect(
            try Statement.select("users", where: .sql("age > \(30) OR vip"), limit: 5),
            #"SELECT * FROM "users" WHERE (age > $1 OR vip) LIMIT $2"#, ["30", "5"])
        try expect(
            try Statement.select("users", where: .sql("age > \(30) -- adults"), orderBy: "id"),
            "SELECT * FROM \"users\" WHERE (age > $1 -- adults\n) ORDER BY \"id\"", ["30"])
    }

    @Test func one() throws {
        try expect(
            try Statement.selectOne("users", columns: ["id"], where: ["id": 7], orderBy: .descending("id")),
            #"SELECT "id" FROM "users" WHERE "id" = $1 ORDER BY "id" DESC LIMIT $2"#, ["7", "1"])
    }

    @Test func counting() throws {
        try expect(try Statement.count("users"), #"SELECT count(*) FROM "users""#)
        try expect(
            try Statement.count("users", where: ["active": false]),
            #"SELECT count(*) FROM "users" WHERE "active" = $1"#, ["false"])
    }

    @Test func refusals() throws {
        expectRefusal("select users", "limit", "-1") { _ = try Statement.select("users", limit: -1) }
        expectRefusal("select audit.log", "offset", "-2") {
            _ = try Statement.select(Identifier("audit", "log"), offset: -2)
        }
        expectRefusal("select users", "columns") { _ = try Statement.select("users", columns: []) }
        expectRefusal("select users", "empty") { _ = try Statement.select("users", orderBy: "") }
        expectRefusal("selectOne users", "NUL", code: .encodingFailed) {
            _ = try Statement.selectOne("users", where: .sql("\(identifier: "a\0") = 1"))
        }
        try expect(
            try Statement.select("t", limit: 0, offset: 0), #"SELECT * FROM "t" LIMIT $1 OFFSET $2"#, ["0", "0"])
    }

    @Test func exists() throws {
        try expect(
            try Statement.exists("users", where: ["name": "Ann", "left": nil]),
            #"SELECT EXISTS (SELECT 1 FROM "users" WHERE "name" = $1 AND "left" IS NULL)"#, ["Ann"])
        try expect(try Statement.exists("users", where: .all), #"SELECT EXISTS (SELECT 1 FROM "users")"#)
        expectRefusal("exists t", "twice") { _ = try Statement.exists("t", where: ["a": 1, "a": 2]) }
    }
}
