/// A table of text: aligned columns, as wide as what is in them and no wider than the terminal.
struct TextTable {
    /// A column's heading and the side that its cells lean to.
    struct Column {
        let title: String
        var isNumeric = false
        /// Whether the column may be cut when the table is too wide.
        var isFlexible = true
        /// Whether what is too long goes on in further lines, in place of being cut.
        var isWhole = false
    }

    /// A cell's text and, on a terminal, its look.
    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        let style: Terminal.Style?

        init(_ text: String, _ style: Terminal.Style? = nil) {
            self.text = PrintableText.line(text)
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    let columns: [Column]
    private(set) var rows: [[Cell]] = []
    /// The widths by which the headings were laid out, for the rows that come later.
    private var settledWidths: [Int]?

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that are missing stay empty.
    mutating func add(_ cells: [Cell]) {
        rows.append(Array((cells + columns.map { _ in Cell("") }).prefix(columns.count)))
    }

    /// The lines of the table: the headings, a rule, the rows.
    ///
    /// - Parameter indent: the spaces before each line, which count against the terminal's width.
    func lines(for terminal: Terminal, indent: Int = 0) -> [String] {
        let titles = columns.map { Cell($0.title, .bold) }
        let widths = fitted(terminal.width.map { $0 - indent })
        let margin = String(repeating: " ", count: indent)
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: Self.gap)
        var lines = [line(titles, widths, terminal), terminal.styled(rule, .faint)]
        for row in rows { lines += self.lines(of: row, widths).map { line($0, widths, terminal) } }
        return lines.map { margin + $0 }
    }

    /// The lines of what was added since the last call, which is then forgotten: the first time with the headings, later
    /// in the same widths, with cells that are longer than their column uncut.
    mutating func takeLines(for terminal: Terminal) -> [String] {
        defer { rows = [] }
        guard let settledWidths else {
            settledWidths = fitted(terminal.width)
            return lines(for: terminal)
        }
        return rows.map { line($0, settledWidths, terminal, isCut: false) }
    }

    private static let gap = "  "

    /// A row as one line, or as several where a cell that must be whole is too wide.
    private func lines(of row: [Cell], _ widths: [Int]) -> [[Cell]] {
        var pieces = row.enumerated().map { index, cell in
            columns[index].isWhole ? DisplayWidth.pieces(cell.text, of: widths[index]) : [cell.text]
        }
        let count = pieces.map(\.count).max() ?? 1
        for index in pieces.indices { pieces[index] += (pieces[index].count..<count).map { _ in "" } }
        return (0..<count).map { line in row.indices.map { Cell(pieces[$0][line], row[$0].style) } }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ terminal: Terminal, isCut: Bool = true) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let text = isCut ? DisplayWidth.truncate(cell.text, to: widths[index]) : cell.text
            let padding = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(text)))
            let shown = terminal.styled(text, cell.style)
            if columns[index].isNumeric {
                line += padding + shown
            } else {
                // No spaces at the ends of lines.
                line += index == cells.count - 1 ? shown : shown + padding
            }
            if index < cells.count - 1 { line += Self.gap }
        }
        while line.utf8.last == 0x20 { line.removeLast() }
        return line
    }

    /// The width that the table would have if nothing were cut.
    var naturalWidth: Int { fitted(nil).reduce(Self.gap.utf8.count * max(0, columns.count - 1), +) }

    /// The widths of the columns; the widest that may give way do so until the table fits.
    private func fitted(_ available: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, DisplayWidth.of($1[index].text)) }
        }
        guard let available else { return widths }
        let gaps = Self.gap.utf8.count * max(0, columns.count - 1)
        var excess = widths.reduce(gaps, +) - available
        for isLastResort in [false, true] {
            let candidates = widths.indices.filter { columns[$0].isFlexible || isLastResort }
            while excess > 0, let widest = candidates.max(by: { widths[$0] < widths[$1] }), widths[widest] > 4 {
                widths[widest] -= 1
                excess -= 1
            }
        }
        return widths
    }
}
