/// What the server said of a prepared statement.
final class StatementDescription: Sendable {
    /// The name under which the server keeps it; empty for the unnamed one.
    let name: String
    /// The SQL text, for errors.
    let text: String
    let parameterTypes: [PostgresOID]
    /// The columns with the format that is asked for each; nil if it returns no rows.
    let columns: RowColumns?
    /// Whether it is a COPY, which takes or sends data beside the protocol's rows.
    let isCopy: Bool

    init(name: String, text: String, parameterTypes: [PostgresOID], columns: RowColumns?) {
        self.name = name
        self.text = text
        self.parameterTypes = parameterTypes
        self.columns = columns
        isCopy = columns == nil && StatementDescription.isCopy(text)
    }

    /// Whether a statement is a COPY, by its first word.
    static func isCopy(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var lexer = SQLLexer(bytes)
        while let token = lexer.next() {
            if token.isTrivia { continue }
            return token.kind == .word && bytes[token.range].elementsEqual("copy".utf8) { $0 | 0x20 == $1 }
        }
        return false
    }

    /// Whether a result has the columns that were described.
    func hasColumns(of result: RowColumns) -> Bool {
        guard let columns else { return result.count == 0 }
        return columns.descriptions.elementsEqual(result.descriptions) { $0.typeOID == $1.typeOID }
    }
}
