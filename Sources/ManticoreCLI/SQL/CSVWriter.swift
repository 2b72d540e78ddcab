import Manticore

/// Results as `psql --csv` prints them.
///
/// Source: PostgreSQL, `src/fe_utils/print.c` (`csv_print_field`); RFC 4180.
struct CSVWriter: ResultWriter {
    private var text = ""
    private let print: (String) -> Void

    /// - Parameter print: Takes what is to be printed, a good many lines at a time.
    init(_ print: @escaping (String) -> Void) {
        self.print = print
    }

    private mutating func line(_ fields: some Sequence<String>) {
        var isFirst = true
        for field in fields {
            if !isFirst { text += "," }
            isFirst = false
            text += Self.quoted(field)
        }
        text += "\n"
        if text.utf8.count > 1 << 16 { finish() }
    }

    mutating func begin(_ columns: RowColumns) {
        line(columns.descriptions.map(\.name))
    }

    mutating func row(_ row: Row) throws(PostgresError) {
        // As psql, which prints cells and, after the last of a row, a line end.
        guard row.count > 0 else { return }
        line(try ResultText.fields(row).lazy.map { $0 ?? "" })
    }

    mutating func end(hasRows: Bool, _ tag: CommandTag?) {
        if let tag, Self.isTagShown(tag, hasRows: hasRows) { text += tag.description + "\n" }
    }

    mutating func finish() {
        if !text.isEmpty { print(text) }
        text = ""
    }

    /// A field in quotes if it must be; `\.` by itself would end the data of a COPY.
    static func quoted(_ field: String) -> String {
        let isSpecial = field.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
        }
        guard isSpecial || field == "\\." else { return field }
        var result = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { result += "\"" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }
}
