extension Row {
    /// The values by the columns' names.
    ///
    /// ```swift
    /// let user = try db.selectOne("users", where: ["id": 7])?.dictionary()
    /// ```
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if two columns have the same name, or a value is
    ///   malformed.
    public func dictionary() throws(PostgresError) -> [String: PostgresValue] {
        let cells = try cells()
        var values: [String: PostgresValue] = [:]
        values.reserveCapacity(count)
        for (index, column) in columns.descriptions.enumerated() {
            guard values.updateValue(try cells[index], forKey: column.name) == nil else {
                // Says which two they are; names that differ in bytes and are equal as `String` come here too.
                _ = try columns.index(named: column.name)
                throw PostgresError(
                    .decodingFailed,
                    "two columns are called \"\(column.name)\" in different spellings; read them by number")
            }
        }
        return values
    }
}
