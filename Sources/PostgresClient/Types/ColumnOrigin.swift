/// The column of a table that a column of a result comes from.
public struct ColumnOrigin: Hashable, Sendable {
    /// The schema that the table is in.
    public let schema: String
    /// The table or view.
    public let table: String
    /// The column's name there.
    public let column: String
    /// Whether the table lets it be NULL. In a result it can be NULL all the same, on the far side of an outer join.
    public let isNullable: Bool

    typealias Answer = (PostgresOID, Int16, String, String, String, Bool)

    /// The query for the columns behind those of a result; nil if all are computed.
    static func query(_ columns: RowColumns) throws(PostgresError) -> SQL? {
        let tables = Set(columns.descriptions.map(\.tableOID)).subtracting([.unspecified])
        guard !tables.isEmpty else { return nil }
        return """
            SELECT a.attrelid, a.attnum, n.nspname::pg_catalog.text, c.relname::pg_catalog.text, \
            a.attname::pg_catalog.text, NOT a.attnotnull FROM pg_catalog.pg_attribute a \
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid \
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace \
            WHERE a.attrelid OPERATOR(pg_catalog.=) ANY (\(tables.sorted { $0.rawValue < $1.rawValue })) \
            AND a.attnum OPERATOR(pg_catalog.<>) 0
            """
    }

    /// One for each column of the result.
    static func arrange(_ answers: [Answer], _ columns: RowColumns) -> [ColumnOrigin?] {
        columns.descriptions.map { column in
            answers.first { $0.0 == column.tableOID && $0.1 == column.attributeNumber }.map {
                ColumnOrigin(schema: $0.2, table: $0.3, column: $0.4, isNullable: $0.5)
            }
        }
    }
}
