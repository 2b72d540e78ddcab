public import PostgresWire

/// Which rows a call is about.
///
/// ```swift
/// try db.select("users", where: ["active": true, "deleted_at": nil])  // "active" = $1 AND "deleted_at" IS NULL
/// try db.select("users", where: .sql("age > \(30) OR vip"))
/// try db.delete("sessions", where: .all)
/// ```
///
/// In a dictionary the keys are names of columns, all of which must have the value given; `nil` asks for NULL.
/// A condition without any column is every row to `select` and `count`, and an error to `update` and `delete`,
/// where ``all`` must be said.
public struct Where: Sendable {
    enum Condition: Sendable {
        case all
        case equal(Values)
        case sql(SQL)
    }

    let condition: Condition

    /// Every row.
    public static let all = Where(condition: .all)

    /// The rows for which an expression is true.
    public static func sql(_ expression: SQL) -> Where { Where(condition: .sql(expression)) }

    private init(condition: Condition) { self.condition = condition }

    /// The rows in which every column has the value given.
    public init(_ values: Values) { condition = .equal(values) }
}

extension Where: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, (any PostgresEncodable)?)...) {
        condition = .equal(Values(elements))
    }
}

extension Where: CustomStringConvertible {
    /// The columns' names or the expression's text, without the values.
    public var description: String {
        switch condition {
        case .all: "all"
        case .equal(let values): values.description
        case .sql(let sql): sql.description
        }
    }
}
