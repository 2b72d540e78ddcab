package import PostgresWire

extension Statement {
    /// `DELETE`. An empty condition is an error.
    package static func delete(_ table: Identifier, where: Where) throws(PostgresError) -> SQL {
        try build("delete", table) { (sql) throws(PostgresError) in
            sql.append(text: "DELETE FROM ")
            sql.append(table)
            try append(`where`, verb: "delete", to: &sql)
        }
    }

    /// `DELETE` of the rows whose column `key` has one of `ids`, sent as one array whatever their number.
    package static func batchDelete<ID: PostgresArrayEncodable>(
        _ table: Identifier, _ ids: [ID], key: String
    ) throws(PostgresError) -> SQL {
        try build("batchDelete", table) { (sql) throws(PostgresError) in
            sql.append(text: "DELETE FROM ")
            sql.append(table)
            sql.append(text: " WHERE ")
            sql.append(Identifier(key))
            sql.append(text: " = ANY(")
            sql.append(ids as any PostgresEncodable)
            sql.append(text: ")")
        }
    }
}
