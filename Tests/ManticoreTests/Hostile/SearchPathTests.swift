import Manticore
import ManticoreTesting
import Testing

/// The facade's own SQL under a `search_path` that somebody else has filled with impostors.
@Suite("Injection: a hostile search_path", .ownThread) struct SearchPathTests {
    /// What a schema in front of `pg_catalog` can hold to mislead a client: each raises an error when it is used.
    private static func impostors(_ schema: String) -> [String] {
        var statements = [
            "CREATE SCHEMA \(schema)",
            "CREATE FUNCTION \(schema).trap() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE 'an impostor was called'; END $$",
            "CREATE TABLE \(schema).pg_class (x pg_catalog.int4)",
            "CREATE TABLE \(schema).pg_namespace (x pg_catalog.int4)",
            "CREATE TABLE \(schema).pg_attribute (x pg_catalog.int4)",
            "CREATE TABLE \(schema).pg_type (x pg_catalog.int4)",
            "CREATE FUNCTION \(schema).format_type(oid, int4) RETURNS text LANGUAGE sql AS $$ SELECT \(schema).trap()::text $$",
            "CREATE FUNCTION \(schema).current_schemas(bool) RETURNS name[] LANGUAGE sql AS $$ SELECT ARRAY['x']::name[] WHERE \(schema).trap() $$",
            "CREATE FUNCTION \(schema).set_config(text, text, bool) RETURNS text LANGUAGE sql AS $$ SELECT \(schema).trap()::text $$",
        ]
        for (left, right) in [
            ("name", "text"), ("name", "name"), ("oid", "oid"), ("text", "text"), ("\"char\"", "\"char\""),
            ("int4", "int4"),
            ("int8", "int8"),
        ] {
            statements += [
                "CREATE FUNCTION \(schema).eq(\(left), \(right)) RETURNS bool LANGUAGE sql AS $$ SELECT \(schema).trap() $$",
                "CREATE OPERATOR \(schema).= (leftarg = \(left), rightarg = \(right), function = \(schema).eq)",
            ]
        }
        return statements
    }

    // Guard: Sources/Manticore/Database/Statement+Table.swift: `let equals = "OPERATOR(pg_catalog.=)"`
    @Test("CVE-2018-1058, CVE-2025-12819: tables, rows and migrations with impostors in front of pg_catalog")
    func cve_2018_1058() async throws {
        let (evil, own) = ("evil\(UInt32.random(in: 0 ... .max))", try await TestDatabase.ownSchema())
        let admin = try Database(url: TestDatabase.server.url)
        defer { admin.close() }
        for statement in Self.impostors(evil) {
            _ = try await admin.withConnection { connection in
                try await connection.simpleQuery(SQL(unsafeSQL: statement))
            }
        }
        let db = try Database(url: TestDatabase.server.url + "&options=-csearch_path%3D\(own),\(evil),pg_catalog")
        defer { db.close() }
        // The impostors are in the way of whoever does not name the schema.
        let error = await expectError(.server) { try await db.query("SELECT 1 WHERE 1::int4 = 1::int4") }
        #expect(error?.message.contains("impostor") == true)

        try await db.createTable("things", columns: ["id": "pg_catalog.int4 PRIMARY KEY", "name": "pg_catalog.text"])
        #expect(try await db.tableExists("things"))
        #expect(try await db.tableExists(Identifier(own, "things")))
        #expect(try await !db.tableExists("absent"))
        try await db.insert("things", ["id": Int32(1), "name": "a"])
        try await db.batchInsert("things", [["id": Int32(2), "name": "b"], ["id": Int32(3), "name": "c"]])
        #expect(try await db.select("things", orderBy: "id").count == 3)
        try await db.transaction { tx in try await tx.insert("things", ["id": Int32(4), "name": "d"]) }
        try await db.dropTable("things")
        #expect(try await !db.tableExists("things"))
        _ = try await admin.withConnection { connection in
            try await connection.simpleQuery(SQL(unsafeSQL: "DROP SCHEMA \(evil) CASCADE; DROP SCHEMA \(own) CASCADE"))
        }
    }

    // Guard: Sources/PostgresWire/SQL/Identifier.swift: `if scalar == "\"" { quoted.unicodeScalars.append("\"") }`
    /// Names that would leave their quotes if anything but the one quoting function wrote them.
    @Test(
        "CVE-2022-31197: hostile names of tables and columns, by every statement that is built",
        arguments: [
            "a\"b", "x\"; DROP TABLE t; --", "it's", "a\nb", "select", "$1", "e\u{301}", "\"\"", "ä.b", "%", "\\", "/*",
            "--",
        ])
    func hostileNames(_ name: String) async throws {
        try await withDatabase(maxConnections: 2) { db in
            let column = name + "c"
            try await db.createTable(
                Identifier(name), columns: ["id": "INT4 PRIMARY KEY", column: "TEXT", "n": "INT4"])
            #expect(try await db.tableExists(Identifier(name)))
            let values: Values = [column: name, "id": Int32(1), "n": Int32(1)]
            #expect(try await db.insert(Identifier(name), values)[column] == .text(name))
            let found = try await db.select(Identifier(name), where: [column: name], orderBy: .ascending(column))
            #expect(found.count == 1)
            #expect(try await db.count(Identifier(name), where: [column: name + "x"]) == 0)
            _ = try await db.update(Identifier(name), [column: "'\"; --"], where: ["id": Int32(1)])
            #expect(try await db.delete(Identifier(name), where: [column: "'\"; --"]) == 1)
            try await db.dropTable(Identifier(name))
            #expect(try await !db.tableExists(Identifier(name)))
        }
    }
}

extension TestDatabase {
    /// A schema of one's own; from async code.
    fileprivate static func ownSchema() async throws -> String {
        let schema = "t\(UInt64.random(in: .min ... .max))"
        let db = try Database(url: server.url)
        defer { db.close() }
        try await db.execute("CREATE SCHEMA \(identifier: schema)")
        return schema
    }
}
