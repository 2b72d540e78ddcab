package import PostgresWire

extension Statement {
    /// `SELECT` of some columns, all of them if none are named.
    package static func select(
        _ table: Identifier, columns: [String]? = nil, where: Where = .all, orderBy: OrderBy? = nil,
        limit: Int? = nil, offset: Int? = nil
    ) throws(PostgresError) -> SQL {
        try select("select", table, columns, `where`, orderBy, limit, offset)
    }

    /// `SELECT` of the first row there is.
    package static func selectOne(
        _ table: Identifier, columns: [String]? = nil, where: Where = .all, orderBy: OrderBy? = nil
    ) throws(PostgresError) -> SQL {
        try select("selectOne", table, columns, `where`, orderBy, 1, nil)
    }

    /// `SELECT count(*)`: one row of one `int8`.
    package static func count(_ table: Identifier, where: Where = .all) throws(PostgresError) -> SQL {
        try build("count", table) { (sql) throws(PostgresError) in
            sql.append(text: "SELECT count(*) FROM ")
            sql.append(table)
            try append(`where`, verb: nil, to: &sql)
        }
    }

    /// Asks whether a row matches: one row of one `bool`.
    package static func exists(_ table: Identifier, where: Where) throws(PostgresError) -> SQL {
        try build("exists", table) { (sql) throws(PostgresError) in
            sql.append(text: "SELECT EXISTS (SELECT 1 FROM ")
            sql.append(table)
            try append(`where`, verb: nil, to: &sql)
            sql.append(text: ")")
        }
    }

    private static func select(
        _ operation: String, _ table: Identifier, _ columns: [String]?, _ where: Where, _ orderBy: OrderBy?,
        _ limit: Int?, _ offset: Int?
    ) throws(PostgresError) -> SQL {
        try build(operation, table) { (sql) throws(PostgresError) in
            if let columns {
                if columns.isEmpty { throw problem("there are no columns; leave `columns` out for all of them") }
                sql.append(text: "SELECT ")
                append(columns: columns, to: &sql)
                sql.append(text: " FROM ")
            } else {
                sql.append(text: "SELECT * FROM ")
            }
            sql.append(table)
            try append(`where`, verb: nil, to: &sql)
            var prefix = " ORDER BY "
            for term in orderBy?.terms ?? [] {
                sql.append(text: prefix)
                prefix = ", "
                sql.append(term.column)
                if term.isDescending { sql.append(text: " DESC") }
            }
            // As parameters, so that every page is the same statement.
            if let limit {
                if limit < 0 { throw problem("the limit is \(limit), less than 0") }
                sql.append(text: " LIMIT ")
                sql.append(limit)
            }
            if let offset {
                if offset < 0 { throw problem("the offset is \(offset), less than 0") }
                sql.append(text: " OFFSET ")
                sql.append(offset)
            }
        }
    }
}
