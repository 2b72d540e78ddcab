package import PostgresWire

/// Finds out where the table of migrations is, and which settings the session has before any script changes them.
package struct MigrationSession: MigrationProcedure {
    private enum Stage {
        case start
        case asked
    }

    private let dialect: MigrationDialect
    private let named: Identifier
    private var stage = Stage.start

    /// The table with its schema, once it is known.
    package private(set) var table: Identifier
    /// What the session's settings were; nil on CockroachDB.
    package private(set) var settings: MigrationExecution.Settings?

    package init(_ dialect: MigrationDialect, _ table: Identifier) {
        self.dialect = dialect
        named = table
        self.table = table
    }

    package mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .start:
            stage = .asked
            return .query(
                dialect == .cockroachDB
                    ? "SELECT (pg_catalog.current_schemas(false))[1]"
                    : """
                    SELECT (pg_catalog.current_schemas(false))[1], pg_catalog.current_setting('role'), \
                    pg_catalog.current_setting('search_path')
                    """)
        case .asked:
            guard let row = try answer.reply().rows.first else {
                throw PostgresError(.migrationTable, "the server does not say which schemas there are")
            }
            if row.count == 3, case .text(let role, _) = row[1], case .text(let searchPath, _) = row[2] {
                settings = MigrationExecution.Settings(role: role, searchPath: searchPath)
            }
            if named.schema == nil { try takeSchema(row.first) }
            return .done
        }
    }

    private mutating func takeSchema(_ value: PostgresValue?) throws(PostgresError) {
        guard case .text(let schema, _)? = value else {
            throw PostgresError(
                .migrationTable,
                "none of the schemas of search_path exists, so that there is no place for the table \(named); create "
                    + "one, or name the table with its schema")
        }
        table = Identifier(schema, named.name)
    }
}
