/// Facts one below the other: a label, and what is to say about it.
enum LabelledLines {
    /// The lines, with the values below each other; never cut, since values are there to be copied.
    static func lines(_ rows: [(String, String)], for terminal: Terminal, indent: Int = 0) -> [String] {
        let width = rows.reduce(0) { max($0, DisplayWidth.of($1.0)) }
        let margin = String(repeating: " ", count: indent)
        return rows.map { label, value in
            let padding = String(repeating: " ", count: width - DisplayWidth.of(label) + 2)
            return margin + terminal.styled(label, .faint) + padding + PrintableText.line(value)
        }
    }
}
