package import PostgresWire

extension Statement {
    /// `INSERT` of one row, returning it.
    package static func insert(_ table: Identifier, _ values: Values) throws(PostgresError) -> SQL {
        try build("insert", table) { (sql) throws(PostgresError) in
            try check(values)
            insertInto(table, columns: values.keys, &sql)
            if !values.isEmpty { append(row: values.pairs.lazy.map(\.value), to: &sql) }
            sql.append(text: " RETURNING *")
        }
    }

    /// `INSERT` of many rows, returning them: as few statements as 65,535 parameters in each allow.
    ///
    /// Every row must have the keys of the first, in whatever order. No rows, no statement.
    package static func batchInsert(_ table: Identifier, _ rows: [Values]) throws(PostgresError) -> [SQL] {
        guard let first = rows.first else { return [] }
        // DEFAULT VALUES is one row.
        let limit = first.isEmpty ? 1 : max(1, SQL.maximumParameterCount / first.count)
        var statements: [SQL] = []
        var start = 0
        while start < rows.count {
            let end = min(rows.count, start + limit)
            statements.append(
                try build("batchInsert", table) { (sql) throws(PostgresError) in
                    insertInto(table, columns: first.keys, &sql)
                    for index in start..<end {
                        let values = try values(of: rows[index], like: first, row: index, of: rows.count)
                        guard !first.isEmpty else { continue }
                        if index > start { sql.append(text: ", ") }
                        append(row: values, to: &sql)
                    }
                    sql.append(text: " RETURNING *")
                })
            start = end
        }
        return statements
    }

    private static func insertInto(_ table: Identifier, columns: [String], _ sql: inout SQL) {
        sql.append(text: "INSERT INTO ")
        sql.append(table)
        if columns.isEmpty {
            sql.append(text: " DEFAULT VALUES")
        } else {
            sql.append(text: " (")
            append(columns: columns, to: &sql)
            sql.append(text: ") VALUES ")
        }
    }

    private static func append(row: some Sequence<(any PostgresEncodable)?>, to sql: inout SQL) {
        var prefix = "("
        for value in row {
            sql.append(text: prefix)
            sql.append(value)
            prefix = ", "
        }
        sql.append(text: ")")
    }

    // The values in the order of the first row's columns.
    private static func values(
        of row: Values, like first: Values, row number: Int, of count: Int
    ) throws(PostgresError) -> [(any PostgresEncodable)?] {
        do throws(PostgresError) {
            try check(row)
            if row.count == first.count,
                zip(row.pairs, first.pairs).allSatisfy({ $0.key.utf8.elementsEqual($1.key.utf8) })
            {
                return row.pairs.map(\.value)
            }
            var values: [(any PostgresEncodable)?] = []
            for key in first.keys {
                guard let index = row.index(of: key) else {
                    throw problem("the column \"\(key)\" is missing, which the first row has")
                }
                values.append(row.pairs[index].value)
            }
            if let extra = row.keys.first(where: { !first.contains($0) }) {
                throw problem("there is a column \"\(extra)\", which the first row does not have")
            }
            return values
        } catch {
            throw error.with(message: "row \(number) of \(count), counted from 0: \(error.message)")
        }
    }
}
