package import PostgresWire

extension Statement {
    /// `UPDATE`, returning the changed rows. An empty condition is an error.
    package static func update(
        _ table: Identifier, _ values: Values, where: Where
    ) throws(PostgresError) -> SQL {
        try build("update", table) { (sql) throws(PostgresError) in
            try appendUpdate(table, values, `where`, &sql)
        }
    }

    /// One `UPDATE` per row, each finding its row by the value of the column `key`, returning the changed rows.
    ///
    /// Every row must have a value for `key`, which is not changed, and at least one other.
    package static func batchUpdate(
        _ table: Identifier, _ rows: [Values], key: String
    ) throws(PostgresError) -> [SQL] {
        var statements: [SQL] = []
        statements.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            statements.append(
                try build("batchUpdate", table) { (sql) throws(PostgresError) in
                    do throws(PostgresError) {
                        try check(row)
                        guard let value = row[key], !value.isNull else {
                            throw problem("there is no value for \"\(key)\", by which the row is found")
                        }
                        var changes = row
                        changes.remove(key)
                        var condition = Values()
                        condition[key] = value
                        try appendUpdate(table, changes, Where(condition), &sql)
                    } catch {
                        throw error.with(
                            message: "row \(index) of \(rows.count), counted from 0: \(error.message)")
                    }
                })
        }
        return statements
    }

    private static func appendUpdate(
        _ table: Identifier, _ values: Values, _ where: Where, _ sql: inout SQL
    ) throws(PostgresError) {
        try check(values)
        if values.isEmpty { throw problem("there is nothing to set") }
        sql.append(text: "UPDATE ")
        sql.append(table)
        var prefix = " SET "
        for (key, value) in values.pairs {
            sql.append(text: prefix)
            prefix = ", "
            sql.append(Identifier(key))
            sql.append(text: " = ")
            sql.append(value)
        }
        try append(`where`, verb: "update", to: &sql)
        sql.append(text: " RETURNING *")
    }
}
