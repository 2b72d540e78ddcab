extension SQL.StringInterpolation {
    /// Appends rows as they stand after `VALUES`, a parameter for each value.
    ///
    /// ```swift
    /// let users: [(Int64, String?)] = [(1, "Ann"), (2, nil)]
    /// let insert: SQL = "INSERT INTO users (id, name) VALUES \(values: users)"
    /// // INSERT INTO users (id, name) VALUES ($1, $2), ($3, $4)
    /// ```
    ///
    /// Without rows, or with more than 65,535 values, ``SQL/render()`` throws: `batchInsert` splits what is longer.
    ///
    /// - Parameter rows: Tuples of as many values as there are columns.
    public mutating func appendInterpolation<each Value: PostgresEncodable>(values rows: [(repeat each Value)]) {
        appendRows(rows) { row in
            var values: [any PostgresEncodable] = []
            for value in repeat each row { values.append(value) }
            return values
        }
    }

    /// Appends rows whose values' types are known at run time only, `nil` for NULL.
    ///
    /// With rows of different lengths ``SQL/render()`` throws.
    @_disfavoredOverload
    public mutating func appendInterpolation(values rows: [[(any PostgresEncodable)?]]) {
        appendRows(rows) { row in row.map { $0 ?? SQLNull() } }
    }

    private mutating func appendRows<Row>(_ rows: [Row], _ values: (Row) -> [any PostgresEncodable]) {
        guard !rows.isEmpty else {
            return sql.fail(PostgresError(.invalidArgument, "VALUES needs at least one row, and there is none"))
        }
        var width: Int?
        for (number, row) in rows.enumerated() {
            let values = values(row)
            guard !values.isEmpty, width == nil || values.count == width else {
                return sql.fail(
                    PostgresError(
                        .invalidArgument,
                        "row \(number) of VALUES has \(values.count) values, but the first has \(width ?? 0)"))
            }
            width = values.count
            sql.append(text: number == 0 ? "(" : ", (")
            for (place, value) in values.enumerated() {
                if place > 0 { sql.append(text: ", ") }
                sql.append(value)
            }
            sql.append(text: ")")
        }
    }

    /// Appends a value as a document of type `jsonb`, written by Foundation's `JSONEncoder`.
    ///
    /// ```swift
    /// struct Settings: Codable { var theme: String }
    /// let update: SQL = "UPDATE users SET settings = \(json: Settings(theme: "dark"))"
    /// ```
    ///
    /// A value that cannot be written as JSON makes ``SQL/render()`` throw.
    public mutating func appendInterpolation(json value: some Encodable) {
        do {
            sql.append(PostgresValue.json(try PostgresJSON(encoding: value), type: .jsonb))
        } catch {
            sql.fail(
                PostgresError(.encodingFailed, "a value of type \(type(of: value)) cannot be sent as jsonb: \(error)"))
        }
    }
}
