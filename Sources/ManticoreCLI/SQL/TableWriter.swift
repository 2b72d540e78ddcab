import Manticore

/// Results as tables for people; one that is wider than the terminal is turned, a line for each value.
struct TableWriter: ResultWriter {
    private let terminal: Terminal
    private let isExpanded: Bool
    private let print: (String) -> Void
    private var columns: RowColumns?
    private var rows: [[String?]] = []

    /// - Parameters:
    ///   - isExpanded: Whether every result is turned.
    ///   - print: Takes a line.
    init(_ terminal: Terminal, isExpanded: Bool, _ print: @escaping (String) -> Void) {
        self.terminal = terminal
        self.isExpanded = isExpanded
        self.print = print
    }

    mutating func begin(_ columns: RowColumns) {
        self.columns = columns
        rows = []
    }

    mutating func row(_ row: Row) throws(PostgresError) {
        var fields: [String?] = []
        for index in 0..<row.count { fields.append(try ResultText.field(row, index)) }
        rows.append(fields)
    }

    mutating func end(hasRows: Bool, _ tag: CommandTag?) {
        if let columns { show(columns) }
        columns = nil
        rows = []
        if let tag, Self.isTagShown(tag, hasRows: hasRows) { print(tag.description) }
    }

    mutating func finish() {}

    private func show(_ columns: RowColumns) {
        var table = TextTable(
            columns.descriptions.map {
                TextTable.Column(title: PrintableText.line($0.name), isNumeric: ResultText.isNumeric($0.typeOID))
            })
        for row in rows { table.add(row.map(Self.cell)) }
        if isExpanded || terminal.width.map({ table.naturalWidth > $0 }) == true {
            showTurned(columns)
        } else {
            for line in table.lines(for: terminal) { print(line) }
        }
        print(terminal.styled(rows.count == 1 ? "(1 row)" : "(\(rows.count) rows)", .faint))
    }

    private static func cell(_ field: String?) -> TextTable.Cell {
        field.map { TextTable.Cell($0) } ?? TextTable.Cell("NULL", .faint)
    }

    private func showTurned(_ columns: RowColumns) {
        let names = columns.descriptions.map { PrintableText.line($0.name) }
        let width = names.reduce(0) { max($0, DisplayWidth.of($1)) }
        for (number, row) in rows.enumerated() {
            print(terminal.styled("- row \(number + 1) -", .faint))
            for (name, field) in zip(names, row) {
                let padding = String(repeating: " ", count: width - DisplayWidth.of(name))
                let cell = Self.cell(field)
                print(terminal.styled(name, .bold) + padding + "  " + terminal.styled(cell.text, cell.style))
            }
        }
    }
}
