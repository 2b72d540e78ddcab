extension PostgresError: CustomStringConvertible {
    /// What went wrong, over as many lines as it takes, fit to be printed.
    ///
    /// The kind, the SQLSTATE and the message come first; then what the server added, the statement with a caret where
    /// the server gave a position, and the host. Bound values are not in it, except where the server itself quotes
    /// them in its detail. Control characters are escaped, so that what a server sends cannot drive a terminal.
    ///
    /// ```
    /// server error 42703: column "nope" does not exist
    ///   HINT: Perhaps you meant to reference the column "t.note".
    ///   at line 1, column 8:
    ///     SELECT nope FROM t
    ///            ^
    ///   with db.example.com:5432
    /// ```
    public var description: String {
        var lines = DescriptionLines(heading, message)
        if let server {
            // Layers above put their own words round it.
            if !message.contains(server.message) { lines.add("the server said", server.message) }
            lines.add("DETAIL", server.detail)
            lines.add("HINT", server.hint)
            lines.add("concerns", Self.objects(server))
            lines.add("CONTEXT", server.context)
            addStatement(to: &lines, internal: server.internalQuery, position: server.internalPosition)
        }
        if let statement { addStatement(statement, position: server?.position, to: &lines) }
        if let host { lines.add("with " + TerminalText.line(host)) }
        return lines.text
    }

    private var heading: String {
        var first = TerminalText.line(code.description)
        if let server {
            if let sqlState { first += " " + TerminalText.line(sqlState.rawValue) }
            if server.severity != "ERROR" { first += " (" + TerminalText.line(server.severity) + ")" }
        }
        return first
    }

    /// The objects that the server names, most of all the constraint.
    private static func objects(_ server: ServerError) -> String? {
        var objects: [String] = []
        if let constraint = server.constraint { objects.append("constraint \(constraint)") }
        if let table = server.table {
            objects.append("table " + (server.schema.map { $0 + "." } ?? "") + table)
        } else if let schema = server.schema {
            objects.append("schema \(schema)")
        }
        if let column = server.column { objects.append("column \(column)") }
        if let dataType = server.dataType { objects.append("type \(dataType)") }
        return objects.isEmpty ? nil : objects.joined(separator: ", ")
    }

    private func addStatement(to lines: inout DescriptionLines, internal query: String?, position: Int?) {
        guard let query else { return }
        if let position, let excerpt = StatementExcerpt(of: query, position: position) {
            let place = "line \(excerpt.location.line), column \(excerpt.location.column)"
            lines.add("in a query that the server made, at \(place):")
            lines.add(excerpt)
        } else {
            lines.add("in a query that the server made:")
            lines.addFirstLines(of: query)
        }
    }

    private func addStatement(_ statement: String, position: Int?, to lines: inout DescriptionLines) {
        if let position, let excerpt = StatementExcerpt(of: statement, position: position) {
            lines.add("at \(placeText(excerpt.location)):")
            lines.add(excerpt)
        } else {
            let source = statementPlace?.source == nil ? "" : " at \(placeText(SQLLocation(line: 1, column: 1)))"
            lines.add("in the statement\(source):")
            lines.addFirstLines(of: statement)
        }
    }

    /// A place in the statement as one in the text that the statement is from.
    private func placeText(_ location: SQLLocation) -> String {
        let location = statementPlace?.location.offset(by: location) ?? location
        guard let source = statementPlace?.source else { return "line \(location.line), column \(location.column)" }
        return "\(TerminalText.line(source)):\(location)"
    }
}

/// The lines of a description: the first as it is, the others indented below it.
private struct DescriptionLines {
    private(set) var text: String

    init(_ heading: String, _ message: String) {
        text = heading + ": " + TerminalText.lines(message).joined(separator: "\n    ")
    }

    mutating func add(_ line: String) {
        text += "\n  " + line
    }

    mutating func add(_ label: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        add(label + ": " + TerminalText.lines(value).joined(separator: "\n    "))
    }

    mutating func add(_ excerpt: StatementExcerpt) {
        text += "\n    " + excerpt.line + "\n    " + excerpt.caret
    }

    mutating func addFirstLines(of statement: String) {
        // Enough to recognise it by; the white space round it says nothing.
        let lines = TerminalText.lines(statement, limit: 2000)
        let shown = lines.drop { $0.allSatisfy(\.isWhitespace) }.prefix(5)
        for line in shown {
            let start = line.prefix(100)
            text += "\n    " + start + (start.endIndex < line.endIndex ? "..." : "")
        }
        if shown.endIndex < lines.endIndex { text += "\n    ..." }
    }
}
