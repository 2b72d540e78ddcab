import Manticore

/// What `manticore config` shows.
struct ConfigReport {
    /// A setting as it is shown.
    struct Row {
        let keyword: String
        let value: String
        let source: String
        let detail: String?
    }

    let rows: [Row]
    let notes: [String]

    init(_ configuration: ConnectionConfiguration) {
        var rows = configuration.settings.map { setting in
            Row(
                keyword: setting.keyword, value: setting.value, source: setting.source.word,
                detail: setting.source.detail)
        }
        if !rows.contains(where: { $0.keyword == "application_name" }) {
            let name = ConnectionOptions.applicationName
            let row = Row(keyword: "application_name", value: name, source: "default", detail: "this command")
            let before = Set(ConnectionKeyword.all.map(\.name).prefix { $0 != row.keyword })
            rows.insert(row, at: rows.prefix { before.contains($0.keyword) }.count)
        }
        self.rows = rows
        notes = configuration.notes
    }

    /// The report for people: what somebody gave stands out, what nobody gave is faint.
    func lines(for terminal: Terminal) -> [String] {
        var table = TextTable([
            .init(title: "keyword", isFlexible: false), .init(title: "value", isWhole: true),
            .init(title: "source", isWhole: true),
        ])
        for row in rows {
            let style: Terminal.Style? = row.source == "default" ? .faint : nil
            let source = [row.source, row.detail].compactMap { $0 }.joined(separator: ": ")
            table.add([.init(row.keyword, style), .init(row.value, style), .init(source, style)])
        }
        return table.lines(for: terminal)
    }

    /// The report for programs.
    var json: JSON {
        .object([
            "settings": .array(
                rows.map { row in
                    .object([
                        "keyword": .string(row.keyword), "value": .string(row.value), "source": .string(row.source),
                        "detail": .optional(row.detail),
                    ])
                }),
            "notes": .array(notes.map { .string($0) }),
        ])
    }
}
