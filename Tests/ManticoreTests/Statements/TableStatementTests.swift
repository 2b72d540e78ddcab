import Manticore
import Testing

@Suite struct TableStatementTests {
    @Test func create() throws {
        try expect(
            try Statement.createTable(
                "users", columns: ["id": "UUID PRIMARY KEY DEFAULT gen_random_uuid()", "na\"me": "TEXT NOT NULL"],
                ifNotExists: true),
            #"CREATE TABLE IF NOT EXISTS "users" ("id" UUID PRIMARY KEY DEFAULT gen_random_uuid(), "#
                + #""na""me" TEXT NOT NULL)"#)
        try expect(
            try Statement.createTable(Identifier("audit", "log"), columns: ["a": "int -- first", "b": "int -- last"]),
            "CREATE TABLE \"audit\".\"log\" (\"a\" int -- first\n, \"b\" int -- last\n)")
        try expect(try Statement.createTable("empty", columns: [:]), #"CREATE TABLE "empty" ()"#)
    }

    @Test func createRefusals() {
        expectRefusal("createTable t", "\"a\"", "twice") {
            _ = try Statement.createTable("t", columns: ["a": "int", "b": "int", "a": "text"])
        }
        expectRefusal("createTable t", "\"a\"", "no definition") {
            _ = try Statement.createTable("t", columns: ["a": " "])
        }
        expectRefusal("createTable t", "\"a\"", "interpolated") {
            _ = try Statement.createTable("t", columns: ["a": "int DEFAULT \(1)"])
        }
        expectRefusal("createTable t", "empty") { _ = try Statement.createTable("t", columns: ["": "int"]) }
        expectRefusal("createTable .t", "empty") { _ = try Statement.createTable(Identifier("", "t"), columns: [:]) }
    }

    @Test func dropAndTruncate() throws {
        try expect(try Statement.dropTable("users"), #"DROP TABLE "users""#)
        try expect(try Statement.dropTable("users", ifExists: true), #"DROP TABLE IF EXISTS "users""#)
        try expect(try Statement.truncate(Identifier("audit", "log")), #"TRUNCATE TABLE "audit"."log""#)
        expectRefusal("dropTable", "NUL", code: .encodingFailed) { _ = try Statement.dropTable("\0") }
        expectRefusal("truncate", "empty") { _ = try Statement.truncate("") }
    }

    @Test func exists() throws {
        let from =
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c "
            + "JOIN pg_catalog.pg_namespace AS n ON (n.oid OPERATOR(pg_catalog.=) c.relnamespace) "
        let kinds =
            "((c.relkind OPERATOR(pg_catalog.=) 'r') OR (c.relkind OPERATOR(pg_catalog.=) 'p') "
            + "OR (c.relkind OPERATOR(pg_catalog.=) 'f')))"
        try expect(
            try Statement.tableExists("use\"rs"),
            from + "JOIN pg_catalog.unnest(pg_catalog.current_schemas(true)) AS s(name) "
                + "ON (n.nspname OPERATOR(pg_catalog.=) s.name) "
                + "WHERE (c.relname OPERATOR(pg_catalog.=) $1) AND " + kinds,
            ["use\"rs"])
        try expect(
            try Statement.tableExists(Identifier("audit", "log")),
            from + "WHERE (c.relname OPERATOR(pg_catalog.=) $1) AND (n.nspname OPERATOR(pg_catalog.=) $2) AND "
                + kinds,
            ["log", "audit"])
        expectRefusal("tableExists", "empty") { _ = try Statement.tableExists("") }
    }

    @Test func databases() throws {
        try expect(try Statement.createDatabase("ba\"nk"), #"CREATE DATABASE "ba""nk""#)
        try expect(try Statement.dropDatabase("bank"), #"DROP DATABASE "bank""#)
        try expect(try Statement.dropDatabase("bank", ifExists: true), #"DROP DATABASE IF EXISTS "bank""#)
        expectRefusal("createDatabase", "empty") { _ = try Statement.createDatabase("") }
        expectRefusal("dropDatabase", "NUL", code: .encodingFailed) { _ = try Statement.dropDatabase("a\0") }
    }
}
