import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Every table and every view of the server's own, read in binary and compared with the server's text.
@Suite(.ownThread) struct CatalogRelationsTests {
    private static let settings = """
        SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET lc_monetary = 'C';
        SET extra_float_digits = 1;
        """

    /// Something of everything, so that few of the relations are empty.
    private static let contents = """
        CREATE TYPE mood AS ENUM ('sad', 'happy');
        CREATE TYPE pair AS (x int4, y mood[]);
        CREATE DOMAIN small AS int4 DEFAULT 3 CHECK (value < 100);
        CREATE TYPE floats AS RANGE (subtype = float8);
        CREATE TABLE things (
            id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood DEFAULT 'sad', pair pair, small small,
            words tsvector, tags text[], CHECK (id > 0)
        );
        CREATE TABLE parts (thing int4 REFERENCES things, name text, UNIQUE (thing, name)) PARTITION BY LIST (thing);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1, 2);
        CREATE INDEX things_words ON things USING gin (words);
        INSERT INTO things (mood, pair, small, words, tags)
            SELECT 'happy', (n, '{sad,NULL}'::mood[])::pair, n % 100, to_tsvector('word ' || n),
                ARRAY['a,b', NULL, n::text]
            FROM generate_series(1, 300) AS n;
        CREATE STATISTICS both_of_them (ndistinct, dependencies, mcv) ON mood, small FROM things;
        ALTER TABLE things ALTER COLUMN id SET (n_distinct = -1);
        ANALYZE things;
        CREATE VIEW names AS SELECT id, mood::text FROM things;
        CREATE MATERIALIZED VIEW kept AS SELECT * FROM names;
        CREATE FUNCTION twice(value int4, OUT more int4) LANGUAGE sql SET work_mem = '1MB' AS 'SELECT 2 * value';
        CREATE PROCEDURE nothing() LANGUAGE plpgsql AS 'BEGIN END';
        CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER fires BEFORE UPDATE OF mood ON things FOR EACH ROW WHEN (NEW.id > 3) EXECUTE FUNCTION fire();
        CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE EVENT TRIGGER notes ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION note();
        CREATE RULE quiet AS ON DELETE TO names DO INSTEAD NOTHING;
        ALTER TABLE things ENABLE ROW LEVEL SECURITY;
        CREATE ROLE reader LOGIN PASSWORD 'x' VALID UNTIL 'infinity' IN ROLE pg_monitor;
        CREATE POLICY own ON things FOR SELECT TO reader USING (id < 10);
        GRANT SELECT (id), UPDATE (mood) ON things TO reader WITH GRANT OPTION;
        ALTER ROLE reader SET search_path = 'a', 'b';
        ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;
        CREATE PUBLICATION everything FOR ALL TABLES;
        CREATE PUBLICATION one_of_them FOR TABLE parts_1;
        CREATE FOREIGN DATA WRAPPER wrapper OPTIONS (a 'b=c', d 'e');
        CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper OPTIONS (host 'x');
        CREATE USER MAPPING FOR reader SERVER elsewhere OPTIONS ("user" 'y');
        CREATE CAST (int4 AS mood) WITH INOUT;
        CREATE COLLATION mine FROM "C";
        CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
        CREATE OPERATOR ### (FUNCTION = int4pl, LEFTARG = int4, RIGHTARG = int4);
        CREATE AGGREGATE total (int4) (SFUNC = int4pl, STYPE = int4, INITCOND = '0');
        COMMENT ON TABLE things IS 'Everything';
        COMMENT ON DATABASE postgres IS 'the default';
        SELECT lo_from_bytea(0, '\\x00ff'), pg_create_physical_replication_slot('slot');
        PREPARE counted (int4, text) AS SELECT $1, $2;
        DECLARE held CURSOR WITH HOLD FOR SELECT 1;
        """

    /// What tells of this moment, and another thing in the next: the beginnings of the relations' names.
    private static let live = [
        // Counters, the sessions and what they do.
        "pg_stat_", "pg_statio_", "pg_locks", "pg_cursors", "pg_prepared_statements",
        // How much memory is in use.
        "pg_backend_memory_contexts", "pg_shmem_allocations", "pg_aios",
        "pg_replication_",
    ]

    /// What only some machines have; asking for it fails on others.
    private static let ofMachines = ["pg_shmem_allocations_numa"]

    @Test(arguments: EphemeralPostgres.installations())
    func everyRelation(_ installation: EphemeralPostgres.Installation) async throws {
        try await EphemeralPostgres.withServer(.init(binaries: installation.directory)) { server in
            let client = try await Client.connect(try TestServer.configuration(server, .socket), .suspending)
            try await client.simpleQuery(SQL(unsafeSQL: Self.settings))
            try await client.simpleQuery(SQL(unsafeSQL: Self.contents))
            let relations = try await client.query(
                """
                SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v') ORDER BY 1, 2
                """,
                as: (String, String).self)
            #expect(relations.count > 190)
            try await client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            var values = 0
            for (schema, relation) in relations {
                do {
                    values += try await check(relation, in: schema, client)
                } catch let error as PostgresError {
                    if !Self.ofMachines.contains(relation) {
                        Issue.record("\(schema).\(relation), PostgreSQL \(installation.version): \(error)")
                    }
                    try await client.execute("ROLLBACK")
                    try await client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                }
            }
            try await client.execute("ROLLBACK")
            #expect(values > 100_000)
            client.connection.close()
        }
    }

    /// Reads a relation in both formats.
    /// - Returns: How many values it has.
    private func check(_ relation: String, in schema: String, _ client: Client) async throws -> Int {
        let query: SQL = "SELECT * FROM \(identifier: Identifier(schema, relation))"
        defer { client.connection.resultFormats = .binary }
        client.connection.resultFormats = .binary
        let binary = try await client.query(query)
        let types = binary.columns.descriptions.map(\.typeOID)
        // Without knowing anything of the types it must do as well.
        for row in binary {
            for index in types.indices where !types[index].isBuiltIn { _ = try row[index] }
        }
        let catalog = try await client.describeTypes(types)
        client.connection.resultFormats = .text
        let text = try await client.query(query)
        let isLive = Self.live.contains { relation.hasPrefix($0) }
        #expect(isLive || binary.count == text.count, "\(relation)")
        var differences: [String] = []
        for (number, row) in binary.enumerated() {
            for (index, column) in binary.columns.descriptions.enumerated() {
                let value = try row.decode(index, as: RawCell.self).value(catalog)
                if case .unknown = value { differences.append("\(column.name): \(column.typeOID) is unknown") }
                guard !isLive, number < text.count, !Self.isNamed(column.typeOID) else { continue }
                let printed = try text[number].decode(index, as: RawCell.self).bytes
                let printedText = printed.map { String(decoding: $0, as: UTF8.self) }
                if value.isNull != (printed == nil)
                    || (printed.map { !value.description.utf8.elementsEqual($0) } ?? false)
                {
                    differences.append("\(column.name), row \(number): \(value), not \(printedText ?? "NULL")")
                }
            }
        }
        #expect(differences.isEmpty, "\(schema).\(relation): \(differences.count), \(differences.prefix(3))")
        return binary.count * binary.columns.count
    }

    /// Whether the server prints names, or what it makes of bytes, where in binary there are numbers and bytes.
    private static func isNamed(_ type: PostgresOID) -> Bool {
        switch type {
        case .regproc, .regprocedure, .regoper, .regoperator, .regclass, .regtype, .regconfig, .regdictionary,
            .regnamespace, .regrole, .regcollation, .regtypeArray, .regclassArray,
            // What the planner knows of several columns together.
            .pgNdistinct, .pgDependencies, .pgMcvList:
            true
        default: false
        }
    }
}
