package import PostgresWire

extension Statement {
    /// `CREATE TABLE`. The definitions are SQL without parameters, which this statement cannot have.
    package static func createTable(
        _ table: Identifier, columns: KeyValuePairs<String, SQL>, ifNotExists: Bool = false
    ) throws(PostgresError) -> SQL {
        try build("createTable", table) { (sql) throws(PostgresError) in
            if let column = Values.firstDuplicate(in: columns.lazy.map(\.key)) {
                throw problem("the column \"\(column)\" is given twice")
            }
            sql.append(text: ifNotExists ? "CREATE TABLE IF NOT EXISTS " : "CREATE TABLE ")
            sql.append(table)
            sql.append(text: " (")
            for (index, (column, definition)) in columns.enumerated() {
                if definition.isBlank { throw problem("the column \"\(column)\" has no definition") }
                if !definition.bindings.isEmpty {
                    throw problem(
                        "the definition of the column \"\(column)\" has interpolated values, which the server "
                            + "does not take in CREATE TABLE; write them as literals")
                }
                sql.append(Identifier(column))
                sql.append(text: " ")
                append(definition, before: index + 1 < columns.count ? ", " : "", to: &sql)
            }
            sql.append(text: ")")
        }
    }

    /// `DROP TABLE`.
    package static func dropTable(_ table: Identifier, ifExists: Bool = false) throws(PostgresError) -> SQL {
        try build("dropTable", table) { (sql) throws(PostgresError) in
            sql.append(text: ifExists ? "DROP TABLE IF EXISTS " : "DROP TABLE ")
            sql.append(table)
        }
    }

    /// `TRUNCATE`.
    package static func truncate(_ table: Identifier) throws(PostgresError) -> SQL {
        try build("truncate", table) { (sql) throws(PostgresError) in
            sql.append(text: "TRUNCATE TABLE ")
            sql.append(table)
        }
    }

    /// Asks whether there is a table: one row of one `bool`.
    ///
    /// Without a schema, a table anywhere on the `search_path` counts, as in a statement that uses the name. Ordinary,
    /// partitioned and foreign tables count, views do not.
    package static func tableExists(_ table: Identifier) throws(PostgresError) -> SQL {
        try build("tableExists", table) { (sql) throws(PostgresError) in
            // Everything is named with its schema, the operators too: the search_path may lead to impostors. CockroachDB
            // gives OPERATOR() another precedence than PostgreSQL, hence the parentheses.
            let equals = "OPERATOR(pg_catalog.=)"
            sql.append(
                text: "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c "
                    + "JOIN pg_catalog.pg_namespace AS n ON (n.oid \(equals) c.relnamespace) ")
            if table.schema == nil {
                sql.append(
                    text: "JOIN pg_catalog.unnest(pg_catalog.current_schemas(true)) AS s(name) "
                        + "ON (n.nspname \(equals) s.name) ")
            }
            sql.append(text: "WHERE (c.relname \(equals) ")
            sql.append(table.name)
            if let schema = table.schema {
                sql.append(text: ") AND (n.nspname \(equals) ")
                sql.append(schema)
            }
            let kinds = ["r", "p", "f"].map { "(c.relkind \(equals) '\($0)')" }.joined(separator: " OR ")
            sql.append(text: ") AND (\(kinds)))")
        }
    }
}
