/// The words of a statement, inside and outside of parentheses, for telling commands apart.
struct SQLStatementShape {
    /// The words outside of parentheses in capitals; anything that is not a word stands as an empty string.
    private(set) var outer: [String] = []
    // The same for what is in parentheses, where options are; separators stand as themselves.
    private var inner: [String] = []

    init(_ statement: SQLStatement) {
        var depth = 0
        for token in statement.significantTokens {
            switch token.kind {
            case .openParenthesis:
                depth += 1
                inner.append("(")
            case .closeParenthesis:
                depth = max(0, depth - 1)
                inner.append(")")
            case .comma where depth > 0:
                inner.append(",")
            case .string where depth > 0:
                // An option's value may be quoted: create_slot = 'false'.
                let text = statement.source[token.range].dropFirst().dropLast()
                inner.append(String(decoding: text.lazy.map(\.asciiUppercased), as: UTF8.self))
            case .operator where depth > 0:
                break
            case .number where depth > 0:
                inner.append(String(decoding: statement.source[token.range], as: UTF8.self))
            default:
                let word = statement.word(token) ?? ""
                if depth > 0 { inner.append(word) } else { outer.append(word) }
            }
        }
    }

    /// Whether the two words follow each other outside of parentheses.
    func contains(_ first: String, _ second: String) -> Bool {
        zip(outer, outer.dropFirst()).contains { $0 == first && $1 == second }
    }

    /// Whether the option is given, without a value or with one that means yes.
    func isOn(_ option: String) -> Bool {
        value(of: option).map { !SQLStatementShape.no.contains($0) } ?? false
    }

    /// Whether the option is given with a value that means no.
    func isOff(_ option: String) -> Bool {
        value(of: option).map(SQLStatementShape.no.contains) ?? false
    }

    private static let no: Set<String> = ["FALSE", "OFF", "0"]

    /// What follows the option's name: a value, or the separator if it has none.
    private func value(of option: String) -> String? {
        zip(zip(inner, inner.dropFirst()), inner.dropFirst(2)).first { pair, _ in
            (pair.0 == "(" || pair.0 == ",") && pair.1 == option
        }?.1
    }
}
