/// Facts one below the other: a label, and what is to say about it.
enum LabelledLines {
    /// One fact.
    struct Row {
        let label: String
        let value: String
        /// How the value looks.
        let style: Terminal.Style?

        init(_ label: String, _ value: String, _ style: Terminal.Style? = nil) {
            self.label = label
            self.value = value
            self.style = style
        }
    }

    /// The lines, with the values below each other; never cut, since values are there to be copied.
    static func lines(_ rows: [(String, String)], for terminal: Terminal, indent: Int = 0) -> [String] {
        lines(rows.map { Row($0.0, $0.1) }, for: terminal, indent: indent)
    }

    /// The lines, with the values below each other; never cut, since values are there to be copied.
    static func lines(_ rows: [Row], for terminal: Terminal, indent: Int = 0) -> [String] {
        let width = rows.reduce(0) { max($0, DisplayWidth.of($1.label)) }
        let margin = String(repeating: " ", count: indent)
        return rows.map { row in
            let padding = String(repeating: " ", count: width - DisplayWidth.of(row.label) + 2)
            let value = terminal.styled(PrintableText.line(row.value), row.style)
            return margin + terminal.styled(row.label, .faint) + padding + value
        }
    }
}
