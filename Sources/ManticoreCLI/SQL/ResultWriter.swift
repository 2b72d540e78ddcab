import Manticore

/// Takes the results of statements, one after the other, and prints them.
protocol ResultWriter {
    /// A result with these columns begins; a statement without a result has none of this.
    mutating func begin(_ columns: RowColumns)
    mutating func row(_ row: Row) throws(PostgresError)
    /// The statement has ended.
    ///
    /// - Parameters:
    ///   - hasRows: Whether it had a result, even one without rows.
    ///   - tag: What the server says it did.
    mutating func end(hasRows: Bool, _ tag: CommandTag?)
    /// Something else is about to be written to the same place.
    mutating func flush()
    /// All of them have ended, or one has failed.
    mutating func finish()
}

extension ResultWriter {
    mutating func flush() { finish() }

    /// Whether a tag says what the rows do not: psql prints that of an `INSERT ... RETURNING`, too.
    static func isTagShown(_ tag: CommandTag, hasRows: Bool) -> Bool {
        !hasRows || ["INSERT", "UPDATE", "DELETE", "MERGE"].contains { tag.description.hasPrefix($0) }
    }
}
