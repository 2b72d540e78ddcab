/// What the server said of a prepared statement.
final class StatementDescription: Sendable {
    /// The name under which the server keeps it; empty for the unnamed one.
    let name: String
    /// The SQL text, for errors.
    let text: String
    let parameterTypes: [PostgresOID]
    /// The columns with the format that is asked for each; nil if it returns no rows.
    let columns: RowColumns?

    init(name: String, text: String, parameterTypes: [PostgresOID], columns: RowColumns?) {
        self.name = name
        self.text = text
        self.parameterTypes = parameterTypes
        self.columns = columns
    }
}
