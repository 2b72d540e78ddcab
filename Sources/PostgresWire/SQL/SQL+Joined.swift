extension Sequence where Element == SQL {
    /// Joins pieces of SQL, numbering their parameters on.
    ///
    /// ```swift
    /// let conditions: [SQL] = ["age > \(30)", "name <> \("Ann")"]
    /// let query: SQL = "SELECT * FROM users WHERE \(conditions.joined(separator: " AND "))"
    /// // SELECT * FROM users WHERE age > $1 AND name <> $2
    /// ```
    ///
    /// - Parameter separator: What stands between two pieces; it may have parameters too.
    /// - Returns: The pieces in order; empty text if there are none.
    public func joined(separator: SQL = "") -> SQL {
        var joined = SQL()
        var isFirst = true
        for piece in self {
            if !isFirst { joined.append(separator) }
            isFirst = false
            joined.append(piece)
        }
        return joined
    }
}
