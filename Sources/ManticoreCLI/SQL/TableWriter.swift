import Manticore

/// Results as tables for people; one that is wider than the terminal is turned, a line for each value.
///
/// The first rows decide how wide the columns are, and whether the table is turned. Those after them are printed as they
/// come, so that a result of any size takes little memory; what is longer than its column then stands out.
struct TableWriter: ResultWriter {
    /// How many rows, and how many bytes of text in them, are looked at before anything is printed.
    static let measuredRows = 1000
    static let measuredBytes = 1 << 20

    private enum Layout {
        case undecided, straight, turned
    }

    private let terminal: Terminal
    private let isExpanded: Bool
    private let print: (String) -> Void
    private var text = ""

    // The result under way.
    private var names: [String]?
    private var nameWidth = 0
    private var layout = Layout.undecided
    private var table = TextTable([])
    private var measured: [[String?]] = []
    private var measuredByteCount = 0
    private var count = 0

    /// - Parameters:
    ///   - isExpanded: Whether every result is turned.
    ///   - print: Takes what is to be printed, a good many lines at a time.
    init(_ terminal: Terminal, isExpanded: Bool, _ print: @escaping (String) -> Void) {
        self.terminal = terminal
        self.isExpanded = isExpanded
        self.print = print
    }

    mutating func begin(_ columns: RowColumns) {
        let names = columns.descriptions.map { PrintableText.line($0.name) }
        self.names = names
        nameWidth = names.reduce(0) { max($0, DisplayWidth.of($1)) }
        layout = isExpanded ? .turned : .undecided
        table = TextTable(
            zip(names, columns.descriptions).map {
                TextTable.Column(title: $0, isNumeric: ResultText.isNumeric($1.typeOID))
            })
        (measured, measuredByteCount, count) = ([], 0, 0)
    }

    mutating func row(_ row: Row) throws(PostgresError) {
        add(try ResultText.fields(row))
    }

    /// Takes the values of a row.
    mutating func add(_ fields: [String?]) {
        switch layout {
        case .undecided:
            measured.append(fields)
            measuredByteCount += fields.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
            if measured.count >= Self.measuredRows || measuredByteCount >= Self.measuredBytes { decide() }
        case .straight:
            count += 1
            table.add(fields.map(Self.cell))
            for text in table.takeLines(for: terminal) { line(text) }
        case .turned:
            count += 1
            turn(fields)
        }
    }

    mutating func end(hasRows: Bool, _ tag: CommandTag?) {
        if names != nil {
            if layout == .undecided { decide() }
            line(terminal.styled(count == 1 ? "(1 row)" : "(\(count) rows)", .faint))
            names = nil
        }
        if let tag, Self.isTagShown(tag, hasRows: hasRows) { line(tag.description) }
        finish()
    }

    mutating func finish() {
        if !text.isEmpty { print(text) }
        text = ""
    }

    private mutating func line(_ line: String) {
        text += line + "\n"
        if text.utf8.count > 1 << 16 { finish() }
    }

    private mutating func decide() {
        for row in measured { table.add(row.map(Self.cell)) }
        let rows = measured
        (measured, measuredByteCount) = ([], 0)
        guard let width = terminal.width, table.naturalWidth > width else {
            layout = .straight
            count += rows.count
            for text in table.takeLines(for: terminal) { line(text) }
            return
        }
        layout = .turned
        table = TextTable([])
        for row in rows { add(row) }
    }

    private mutating func turn(_ fields: [String?]) {
        guard let names else { return }
        line(terminal.styled("- row \(count) -", .faint))
        for (name, field) in zip(names, fields) {
            let padding = String(repeating: " ", count: nameWidth - DisplayWidth.of(name))
            let cell = Self.cell(field)
            line(terminal.styled(name, .bold) + padding + "  " + terminal.styled(cell.text, cell.style))
        }
    }

    private static func cell(_ field: String?) -> TextTable.Cell {
        field.map { TextTable.Cell($0) } ?? TextTable.Cell("NULL", .faint)
    }
}
