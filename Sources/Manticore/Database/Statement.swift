import PostgresWire

/// Makes the statements of the facade's operations; nothing here needs a connection.
///
/// Every function throws ``PostgresError`` naming the operation, the table and what is wrong with the arguments.
package enum Statement {
    /// Lets `body` write a statement, and says of which operation and object what it throws is.
    static func build(
        _ operation: String, _ object: Identifier, _ body: (inout SQL) throws(PostgresError) -> Void
    ) throws(PostgresError) -> SQL {
        var sql = SQL()
        do throws(PostgresError) {
            // First, so that a wrong name is reported whatever else is wrong and wherever it is used.
            _ = try object.quoted()
            try body(&sql)
            if let failure = sql.failure { throw failure }
        } catch {
            throw error.with(message: "\(operation) \(shown(object)): \(error.message)")
        }
        return sql
    }

    // The message is for people and for logs: no NUL goes there, and an empty name is seen.
    private static func shown(_ object: Identifier) -> String {
        let text = object.description.split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "\\0")
        return text.isEmpty ? "\"\"" : text
    }

    static func problem(_ message: String) -> PostgresError { PostgresError(.invalidArgument, message) }

    static func check(_ values: Values) throws(PostgresError) {
        if let key = values.duplicateKey { throw problem("the column \"\(key)\" is given twice") }
    }

    /// Names of columns with commas between them.
    static func append(columns: some Sequence<String>, to sql: inout SQL) {
        var isFirst = true
        for column in columns {
            if !isFirst { sql.append(text: ", ") }
            isFirst = false
            sql.append(Identifier(column))
        }
    }

    /// Text of the caller's with something of ours after it, on a new line if the text could comment it out.
    static func append(_ fragment: SQL, before text: String, to sql: inout SQL) {
        sql.append(fragment)
        sql.append(text: text)
    }

    /// ` WHERE …`, nothing for every row.
    ///
    /// - Parameter verb: What is done to the rows, if that must not be every row by accident.
    static func append(_ where: Where, verb: String?, to sql: inout SQL) throws(PostgresError) {
        switch `where`.condition {
        case .all:
            return
        case .equal(let values) where !values.isEmpty:
            try check(values)
            var prefix = " WHERE "
            for (key, value) in values.pairs {
                sql.append(text: prefix)
                prefix = " AND "
                sql.append(Identifier(key))
                if let value, !value.isNull {
                    sql.append(text: " = ")
                    sql.append(value)
                } else {
                    sql.append(text: " IS NULL")
                }
            }
        case .sql(let expression) where !expression.isBlank:
            // In parentheses it stays a condition: what is written after it cannot become part of it, and a comment
            // alone is an error of syntax and not every row.
            sql.append(text: " WHERE (")
            append(expression, before: ")", to: &sql)
        case .equal, .sql:
            guard let verb else { return }
            throw problem("the condition is empty; to \(verb) every row say `where: .all`")
        }
    }
}
