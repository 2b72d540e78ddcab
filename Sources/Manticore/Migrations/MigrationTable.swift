package import PostgresWire

/// Reads the table of applied migrations, after making sure that it is what it should be.
///
/// Whoever can put a view, a trigger or a rule where the table is looked for would have code run as the user of the
/// migrations. So everything is named with its schema, operators too, and a table that is not plain and ours is
/// refused.
package struct MigrationTable: MigrationProcedure {
    private enum Stage {
        case start
        case inspected
        case columnsRead
        case created
        case began
        case altered(rest: ArraySlice<String>)
        case adopted
        case rolledBack(PostgresError)
        case rowsRead([String])
    }

    private let dialect: MigrationDialect
    private let table: Identifier
    private let mayChange: Bool
    private var stage = Stage.start
    private var attempts = 0

    /// Whether there is such a table.
    package private(set) var exists = false
    /// The rows, in no order.
    package private(set) var applied: [AppliedMigration] = []

    /// - Parameters:
    ///   - table: with its schema.
    ///   - mayChange: whether to create it, or to add the columns that an older one lacks; done under the lock only.
    package init(_ dialect: MigrationDialect, _ table: Identifier, mayChange: Bool) {
        self.dialect = dialect
        self.table = table
        self.mayChange = mayChange
    }

    package mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .start:
            return inspect()
        case .inspected:
            guard let row = try answer.reply().rows.first else { return try create() }
            try check(row)
            exists = true
            stage = .columnsRead
            return .query(columnsQuery)
        case .columnsRead:
            return try adopt(try columns(answer.reply().rows))
        case .created:
            if case .failure(let error) = answer.result, !Self.saysItExists(error) { throw error }
            // Looked at again in any case: somebody else may have been faster with something else of that name.
            return inspect()
        case .began:
            _ = try answer.reply()
            return alter([])
        case .altered(let rest):
            if case .failure(let error) = answer.result {
                if error.endsConnection { throw error }
                stage = .rolledBack(error)
                return .run("ROLLBACK")
            }
            return alter(rest)
        case .adopted:
            _ = try answer.reply()
            return inspect()
        case .rolledBack(let error):
            throw error
        case .rowsRead(let columns):
            applied = []
            for row in try answer.reply().rows { applied.append(try read(row, columns)) }
            return .done
        }
    }

    // MARK: Looking at the table

    private mutating func inspect() -> MigrationRequest {
        stage = .inspected
        return .query(dialect == .postgreSQL ? inspection : plainInspection)
    }

    /// What it is, whose it is, and what runs when it is written to. Superusers count as members of every role for
    /// `pg_has_role`, which is why the memberships are followed here.
    private var inspection: SQL {
        """
        WITH RECURSIVE mine(oid) AS (\
        SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE (r.rolname OPERATOR(pg_catalog.=) current_user) \
        UNION SELECT m.roleid FROM pg_catalog.pg_auth_members AS m \
        JOIN mine AS i ON (m.member OPERATOR(pg_catalog.=) i.oid)) \
        SELECT c.relkind, pg_catalog.pg_get_userbyid(c.relowner), \
        EXISTS (SELECT 1 FROM mine AS i WHERE (i.oid OPERATOR(pg_catalog.=) c.relowner)), \
        EXISTS (SELECT 1 FROM pg_catalog.pg_trigger AS t WHERE (t.tgrelid OPERATOR(pg_catalog.=) c.oid)), \
        EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite AS w WHERE (w.ev_class OPERATOR(pg_catalog.=) c.oid)), \
        c.relrowsecurity, \
        c.relispartition OR EXISTS (SELECT 1 FROM pg_catalog.pg_inherits AS h WHERE \
        (h.inhparent OPERATOR(pg_catalog.=) c.oid) OR (h.inhrelid OPERATOR(pg_catalog.=) c.oid)), \
        current_user \
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n \
        ON (n.oid OPERATOR(pg_catalog.=) c.relnamespace) \
        WHERE (n.nspname OPERATOR(pg_catalog.=) \(schema)) AND (c.relname OPERATOR(pg_catalog.=) \(table.name))
        """
    }

    private var plainInspection: SQL {
        """
        SELECT c.relkind FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n \
        ON (n.oid OPERATOR(pg_catalog.=) c.relnamespace) \
        WHERE (n.nspname OPERATOR(pg_catalog.=) \(schema)) AND (c.relname OPERATOR(pg_catalog.=) \(table.name))
        """
    }

    private func check(_ row: [PostgresValue]) throws(PostgresError) {
        guard case .text(let kind, _)? = row.first else { throw refusal("the server does not say what it is") }
        if kind != "r" { throw refusal("it is \(Self.name(ofKind: kind)), not a plain table") }
        guard dialect == .postgreSQL else { return }
        guard row.count == 8, case .text(let owner, _) = row[1], case .text(let user, _) = row[7] else {
            throw refusal("the server does not say whose it is")
        }
        if row[2] != .bool(true) {
            throw refusal(
                "it belongs to \(owner), and \(user) is neither that role nor a member of it: code that its owner "
                    + "attaches to it would run as \(user); run the migrations as \(owner), or make \(user) the owner")
        }
        let dangers = ["triggers", "rules", "row security", "inheritance"]
        for (value, danger) in zip(row[3...6], dangers) where value != .bool(false) {
            throw refusal("it has \(danger), which would run or hide things when migrations are recorded")
        }
    }

    private static func name(ofKind kind: String) -> String {
        switch kind {
        case "v": "a view"
        case "m": "a materialized view"
        case "f": "a foreign table"
        case "p": "a partitioned table"
        case "S": "a sequence"
        case "i", "I": "an index"
        case "c": "a composite type"
        default: "of the kind \(kind)"
        }
    }

    private func refusal(_ reason: String) -> PostgresError {
        PostgresError(
            .migrationTable, "\(table) cannot be used as the table of migrations: \(reason). Nothing was run.")
    }

    // MARK: Its columns

    private static let required = ["version", "description", "applied_at"]
    /// The columns that were not in the first form of the table, with their types.
    private static let added: KeyValuePairs = [
        "checksum": "TEXT", "undo_sql": "TEXT", "execution_ms": "BIGINT", "run_token": "UUID", "statements": "INT",
        "state": "TEXT", "sequence": "BIGINT",
    ]

    private var columnsQuery: SQL {
        """
        SELECT a.attname, t.typname FROM pg_catalog.pg_attribute AS a \
        JOIN pg_catalog.pg_class AS c ON (c.oid OPERATOR(pg_catalog.=) a.attrelid) \
        JOIN pg_catalog.pg_namespace AS n ON (n.oid OPERATOR(pg_catalog.=) c.relnamespace) \
        JOIN pg_catalog.pg_type AS t ON (t.oid OPERATOR(pg_catalog.=) a.atttypid) \
        WHERE (n.nspname OPERATOR(pg_catalog.=) \(schema)) AND (c.relname OPERATOR(pg_catalog.=) \(table.name)) \
        AND (a.attnum OPERATOR(pg_catalog.>) 0) AND (NOT a.attisdropped)
        """
    }

    private func columns(_ rows: [[PostgresValue]]) throws(PostgresError) -> [String: String] {
        var columns: [String: String] = [:]
        for row in rows {
            guard row.count == 2, case .text(let name, _) = row[0], case .text(let type, _) = row[1] else { continue }
            columns[name] = type
        }
        let missing = Self.required.filter { columns[$0] == nil }
        if !missing.isEmpty {
            throw refusal("it lacks the columns \(missing.joined(separator: ", ")), so it is a table of something else")
        }
        let version = columns["version"] ?? ""
        if !["text", "varchar"].contains(version), !Self.integers.contains(version) {
            throw refusal("its column version is of the type \(version), not text")
        }
        return columns
    }

    private static let integers = ["int2", "int4", "int8"]

    /// Brings an older table up to date if that is allowed, else reads what is there.
    private mutating func adopt(_ columns: [String: String]) throws(PostgresError) -> MigrationRequest {
        var changes: [String] = []
        for (name, type) in Self.added where columns[name] == nil {
            changes.append("ADD COLUMN IF NOT EXISTS \(name) \(typeName(type))")
        }
        if let type = columns["version"], Self.integers.contains(type) {
            changes.append("ALTER COLUMN version TYPE \(typeName("TEXT")) USING version::\(typeName("TEXT"))")
        }
        guard mayChange, !changes.isEmpty else { return readRows(columns) }
        attempts += 1
        if attempts > 3 { throw refusal("its columns could not be added") }
        let name = try table.quoted()
        pendingChanges = changes.map { "ALTER TABLE \(name) \($0)" }
        stage = .began
        return .run("BEGIN")
    }

    private var pendingChanges: [String] = []

    private mutating func alter(_ rest: ArraySlice<String>) -> MigrationRequest {
        if !pendingChanges.isEmpty {
            let changes = pendingChanges[...]
            pendingChanges = []
            return alter(changes)
        }
        guard let change = rest.first else {
            stage = .adopted
            return .run("COMMIT")
        }
        stage = .altered(rest: rest.dropFirst())
        return .run(change)
    }

    private mutating func create() throws(PostgresError) -> MigrationRequest {
        guard mayChange else {
            exists = false
            return .done
        }
        attempts += 1
        if attempts > 3 { throw refusal("it could not be created") }
        let text = typeName("TEXT")
        var sql = "CREATE TABLE IF NOT EXISTS \(try table.quoted()) (version \(text) PRIMARY KEY, "
        sql += "description \(text) NOT NULL, applied_at \(typeName("TIMESTAMPTZ")) NOT NULL DEFAULT \(now)"
        for (name, type) in Self.added { sql += ", \(name) \(typeName(type))" }
        stage = .created
        return .run(sql + ")")
    }

    /// A type by a name that no other schema can take over.
    private func typeName(_ name: String) -> String {
        guard dialect == .postgreSQL else { return name }
        return switch name {
        case "TEXT": "pg_catalog.text"
        case "TIMESTAMPTZ": "pg_catalog.timestamptz"
        case "BIGINT": "pg_catalog.int8"
        case "INT": "pg_catalog.int4"
        case "UUID": "pg_catalog.uuid"
        default: name
        }
    }

    private var now: String { dialect == .postgreSQL ? "pg_catalog.now()" : "now()" }

    private static func saysItExists(_ error: PostgresError) -> Bool {
        [.uniqueViolation, .duplicateTable, .duplicateObject].contains(error.sqlState)
    }

    private var schema: String { table.schema ?? "public" }

    // MARK: Its rows

    private mutating func readRows(_ columns: [String: String]) -> MigrationRequest {
        let names = Self.required + Self.added.map(\.key).filter { columns[$0] != nil && $0 != "state" }
        stage = .rowsRead(names)
        return .query("SELECT \(unsafeSQL: names.joined(separator: ", ")) FROM \(identifier: table)")
    }

    private func read(_ row: [PostgresValue], _ columns: [String]) throws(PostgresError) -> AppliedMigration {
        guard row.count == columns.count else { throw refusal("the server returned a row of another width") }
        var cells: [String: PostgresValue] = [:]
        for (column, cell) in zip(columns, row) { cells[column] = cell }
        let version: String
        switch cells["version"] {
        case .text(let text, _): version = text
        case .int(let number, _): version = String(number)
        default: version = ""
        }
        guard let number = MigrationVersion(version) else {
            throw refusal("it has a row with the version \"\(version)\", which is not made of digits")
        }
        let appliedAt: PostgresTimestampWithTimeZone
        switch cells["applied_at"] {
        case .timestampWithTimeZone(let time): appliedAt = time
        case .timestamp(let time):
            appliedAt = PostgresTimestampWithTimeZone(microsecondsSince2000: time.microsecondsSince2000)
        default: throw refusal("the row of the version \(version) has no time in applied_at")
        }
        return AppliedMigration(
            number, Self.spaced(cells["description"]?.text ?? ""), appliedAt: appliedAt,
            checksum: cells["checksum"]?.text, duration: cells["execution_ms"]?.int.map { .milliseconds($0) },
            statements: cells["statements"]?.int.map { Int($0) }, undoText: cells["undo_sql"]?.text,
            runToken: cells["run_token"]?.uuid, sequence: cells["sequence"]?.int)
    }

    /// Some of those who wrote such tables before kept the file name's `_`.
    private static func spaced(_ description: String) -> String {
        description.split(separator: "_").joined(separator: " ")
    }
}

extension PostgresValue {
    fileprivate var uuid: PostgresUUID? { if case .uuid(let id) = self { id } else { nil } }
}
