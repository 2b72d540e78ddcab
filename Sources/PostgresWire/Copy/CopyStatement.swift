/// The text of COPY statements. Names are quoted, options are literals; nothing else gets into them.
///
/// Source: PostgreSQL manual, "COPY".
public enum CopyStatement {
    /// A statement that takes rows from the client.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns that the rows have; nil for all of the table's that are not generated.
    ///   - format: How the rows are written.
    ///   - freezes: Whether rows are written as if they had long been there, which only a table made or truncated in the
    ///     same transaction allows.
    ///   - onError: What is done with rows that cannot be read.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for options that do not go together.
    public static func input(
        into table: Identifier, columns: [String]?, format: CopyFormat, freezes: Bool = false,
        onError: CopyErrorHandling = .stop
    ) throws(PostgresError) -> String {
        var options = try self.options(format)
        if let text = format.marksDefault { options.append("DEFAULT \(literal(text))") }
        try append("FORCE_NULL", format.forceNull, to: &options)
        try append("FORCE_NOT_NULL", format.forceNotNull, to: &options)
        if freezes { options.append("FREEZE") }
        switch onError {
        case .stop: break
        case .ignore: options.append("ON_ERROR ignore")
        case .ignoreUpTo(let count): options += ["ON_ERROR ignore", "REJECT_LIMIT \(count)"]
        }
        return "COPY \(try target(table, columns)) FROM STDIN" + clause(options)
    }

    /// A statement that gives the rows of a table to the client.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for options that do not go together.
    public static func output(
        of table: Identifier, columns: [String]?, format: CopyFormat
    ) throws(PostgresError) -> String {
        "COPY \(try target(table, columns)) TO STDOUT" + clause(try outputOptions(format))
    }

    /// A statement that gives the rows of a query to the client.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if the query has values, and for options that do not go together.
    public static func output(of query: SQL, format: CopyFormat) throws(PostgresError) -> String {
        let rendered = try query.render()
        guard rendered.parameters.isEmpty else {
            throw PostgresError(
                .invalidArgument,
                "COPY takes no parameters, and the query has \(rendered.parameters.count); put the values into a table or "
                    + "a setting that the query reads, or use stream"
            ).with(statement: rendered.text)
        }
        // The query may end with a comment.
        return "COPY (\(rendered.text)\n) TO STDOUT" + clause(try outputOptions(format))
    }

    private static func outputOptions(_ format: CopyFormat) throws(PostgresError) -> [String] {
        var options = try self.options(format)
        guard format.header != .matching else {
            throw PostgresError(.invalidArgument, "a header can be matched where rows come in, not where they go out")
        }
        switch format.forceQuote {
        case .none: break
        case .all: options.append("FORCE_QUOTE *")
        case .named: try append("FORCE_QUOTE", format.forceQuote, to: &options)
        }
        return options
    }

    /// The options of both directions, as far as they are not what they would be anyway.
    private static func options(_ format: CopyFormat) throws(PostgresError) -> [String] {
        // Wrong ones would otherwise show only where rows are written or read here.
        _ = try CopyDialect(format)
        let plain: CopyFormat
        var options: [String] = []
        switch format.kind {
        case .binary: return ["FORMAT binary"]
        case .text: plain = .text
        case .csv:
            plain = .csv
            options.append("FORMAT csv")
        }
        if format.delimiter != plain.delimiter { options.append("DELIMITER \(literal(String(format.delimiter)))") }
        if !format.null.utf8.elementsEqual(plain.null.utf8) { options.append("NULL \(literal(format.null))") }
        switch format.header {
        case .none: break
        case .names: options.append("HEADER")
        case .matching: options.append("HEADER match")
        }
        if format.quote != plain.quote { options.append("QUOTE \(literal(String(format.quote)))") }
        if let escape = format.escape { options.append("ESCAPE \(literal(String(escape)))") }
        return options
    }

    private static func append(
        _ option: String, _ columns: CopyColumns, to options: inout [String]
    ) throws(PostgresError) {
        switch columns {
        case .none: break
        case .all: options.append("\(option) *")
        case .named(let names): options.append("\(option) (\(try list(names)))")
        }
    }

    private static func target(_ table: Identifier, _ columns: [String]?) throws(PostgresError) -> String {
        guard let columns else { return try table.quoted() }
        guard !columns.isEmpty else {
            throw PostgresError(.invalidArgument, "COPY needs at least one column; give none at all for every column")
        }
        return "\(try table.quoted()) (\(try list(columns)))"
    }

    static func list(_ names: [String]) throws(PostgresError) -> String {
        var quoted: [String] = []
        for name in names { quoted.append(try Identifier(name).quoted()) }
        return quoted.joined(separator: ", ")
    }

    private static func clause(_ options: [String]) -> String {
        options.isEmpty ? "" : " WITH (\(options.joined(separator: ", ")))"
    }

    /// A literal that means the same whatever `standard_conforming_strings` says.
    private static func literal(_ text: String) -> String {
        var literal = text.utf8.contains(CopyDialect.backslash) ? "E'" : "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" || scalar == "\\" { literal.unicodeScalars.append(scalar) }
            literal.unicodeScalars.append(scalar)
        }
        return literal + "'"
    }

    /// A query that has the columns into which rows shall go, to learn their types.
    package static func columns(_ columns: [String], of table: Identifier) throws(PostgresError) -> String {
        "SELECT \(try list(columns)) FROM \(try table.quoted())"
    }
}
