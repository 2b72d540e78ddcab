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
        begins(text, "c") && firstWord(text) == "copy"
    }

    /// Whether what the statement returns is settled by another one, so that the server does not notice when its columns
    /// are others than before: `FETCH` and `EXECUTE`.
    static func dependsOnAnother(_ text: String) -> Bool {
        guard begins(text, "f") || begins(text, "e") else { return false }
        let word = firstWord(text)
        return word == "fetch" || word == "execute"
    }

    /// A look at the first letter, which rules out most statements.
    private static func begins(_ text: String, _ letter: Unicode.Scalar) -> Bool {
        guard let first = text.utf8.first(where: { $0 > UInt8(ascii: " ") }) else { return false }
        // A comment may come first.
        return first | 0x20 == UInt8(ascii: letter) || first == UInt8(ascii: "/") || first == UInt8(ascii: "-")
            || first >= 0x80
    }

    private static func firstWord(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        var lexer = SQLLexer(bytes)
        while let token = lexer.next() {
            if token.isTrivia { continue }
            guard token.kind == .word else { return nil }
            return String(validating: bytes[token.range].map { $0 | 0x20 }, as: UTF8.self)
        }
        return nil
    }

    /// Whether a result has the columns that were described.
    func hasColumns(of result: RowColumns) -> Bool {
        guard let columns else { return result.count == 0 }
        return columns.descriptions.elementsEqual(result.descriptions) { $0.typeOID == $1.typeOID }
    }
}
