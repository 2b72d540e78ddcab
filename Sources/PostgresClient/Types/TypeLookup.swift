/// The queries by which types are looked up, and how their answers are read.
enum TypeLookup {
    /// The number of the type that a name means in this session, NULL if there is none.
    ///
    /// `to_regtype` complains of nothing, so that a transaction goes on after it.
    static func number(of name: Identifier) throws(PostgresError) -> RenderedSQL {
        let name = try name.quoted()
        return try ("SELECT pg_catalog.to_regtype(\(name))::pg_catalog.oid" as SQL).render()
    }

    /// One row for each type.
    static func types(_ types: [PostgresOID], isCockroachDB: Bool) throws(PostgresError) -> RenderedSQL {
        // CockroachDB has no ranges.
        let ranges: (columns: SQL, joins: SQL) =
            isCockroachDB
            ? ("NULL::pg_catalog.oid, NULL::pg_catalog.oid", "")
            : (
                "r.rngsubtype, m.rngtypid",
                """
                LEFT JOIN pg_catalog.pg_range r ON r.rngtypid OPERATOR(pg_catalog.=) t.oid \
                LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid OPERATOR(pg_catalog.=) t.oid
                """
            )
        let sql: SQL = """
            SELECT t.oid, n.nspname::pg_catalog.text, t.typname::pg_catalog.text, t.typtype::pg_catalog.text, \
            t.typcategory::pg_catalog.text, t.typelem, t.typbasetype, t.typrelid, \(ranges.columns) \
            FROM pg_catalog.pg_type t \
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace \(ranges.joins) \
            WHERE t.oid OPERATOR(pg_catalog.=) ANY (\(types))
            """
        return try sql.render()
    }

    /// The columns of the relations behind composite types, in order.
    static func fields(_ relations: [PostgresOID]) throws(PostgresError) -> RenderedSQL {
        let sql: SQL = """
            SELECT a.attrelid, a.attname::pg_catalog.text, a.atttypid FROM pg_catalog.pg_attribute a \
            WHERE a.attrelid OPERATOR(pg_catalog.=) ANY (\(relations)) AND a.attnum OPERATOR(pg_catalog.>) 0 \
            AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
            """
        return try sql.render()
    }

    /// A type as its row tells of it; the fields of a composite type come from elsewhere.
    struct Found {
        let type: PostgresOID
        let relation: PostgresOID
        var entry: PostgresTypeCatalog.Entry

        init(_ row: Row) throws(PostgresError) {
            let (type, schema, name, sort, category, element, base, relation, subtype, range) = try row.decode(
                (
                    PostgresOID, String, String, String, String, PostgresOID, PostgresOID, PostgresOID, PostgresOID?,
                    PostgresOID?
                ).self)
            self.type = type
            self.relation = relation
            let kind: PostgresTypeCatalog.Kind =
                switch sort {
                case "e": .enumeration
                case "d": .domain(of: base)
                case "c": .composite([])
                case "r": subtype.map { .range(of: $0) } ?? .base
                case "m": range.map { .multirange(of: $0) } ?? .base
                default: category == "A" && element != .unspecified ? .array(of: element) : .base
                }
            entry = PostgresTypeCatalog.Entry(schema: schema, name: name, kind: kind)
        }
    }

    /// Puts the fields into the composite types.
    static func complete(_ found: [Found], with fields: Rows) throws(PostgresError) -> [Found] {
        var columns: [PostgresOID: [PostgresTypeCatalog.Field]] = [:]
        for (relation, name, type) in try fields.decode((PostgresOID, String, PostgresOID).self) {
            columns[relation, default: []].append(PostgresTypeCatalog.Field(name: name, type: type))
        }
        return found.map { found in
            var found = found
            if case .composite = found.entry.kind { found.entry.kind = .composite(columns[found.relation] ?? []) }
            return found
        }
    }

    /// The types that others are made of.
    static func parts(of entry: PostgresTypeCatalog.Entry) -> [PostgresOID] {
        switch entry.kind {
        case .base, .enumeration: []
        case .domain(let type), .range(let type), .multirange(let type), .array(let type): [type]
        case .composite(let fields): fields.map(\.type)
        }
    }

    /// How many rounds a look-up goes on to the parts of parts: types of the server's own need none, and no honest type
    /// is nested deeper than values may be.
    static let maximumDepth = 64
}
