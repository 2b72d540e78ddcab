import Manticore

/// The keywords of connection strings as a table in Markdown, for the guide.
enum KeywordTable {
    /// The lines of the table.
    static var lines: [String] {
        ["| keyword | variable | default | meaning |", "|---|---|---|---|"]
            + ConnectionKeyword.all.map { keyword in
                let cells = [
                    code(keyword.name), keyword.environmentVariable.map(code) ?? "",
                    keyword.defaultValue.map(code) ?? "", keyword.meaning + limits(keyword),
                ]
                return "| " + cells.joined(separator: " | ") + " |"
            }
    }

    private static func code(_ text: String) -> String { "`\(text)`" }

    private static func limits(_ keyword: ConnectionKeyword) -> String {
        switch keyword.support {
        case .supported: ""
        case .values(let values, let reason): ". Only \(values.map(code).joined(separator: ", ")): \(reason)"
        case .unsupported(let reason): ". Not supported: \(reason)"
        }
    }
}
