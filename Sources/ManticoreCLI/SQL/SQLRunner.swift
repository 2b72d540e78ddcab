import Manticore

/// Runs the statements of scripts one after the other and hands their results to a writer.
struct SQLRunner<Writer: ResultWriter> {
    private let connection: Connection
    private var writer: Writer
    /// Where what a COPY brings goes.
    private let emit: ([UInt8]) -> Void
    private var style: SessionStyle?

    init(_ connection: Connection, _ writer: Writer, _ emit: @escaping ([UInt8]) -> Void) {
        self.connection = connection
        self.writer = writer
        self.emit = emit
    }

    /// Runs everything, or as much as goes well.
    ///
    /// - Parameters:
    ///   - parameters: Values of `$1` and so on, of a single statement.
    ///   - isOneTransaction: Whether all statements take effect together or not at all.
    mutating func run(
        _ inputs: [SQLInput], parameters: [String?], isOneTransaction: Bool
    ) async throws(PostgresError) {
        defer { writer.finish() }
        try await adoptStyle()
        if isOneTransaction { try await connection.execute("BEGIN") }
        for input in inputs {
            for statement in input.script.statements {
                do throws(PostgresError) {
                    try await run(statement, parameters)
                } catch {
                    // A statement of many is found by its place.
                    throw error.with(statement: statement.text).with(place: statement.location, of: input.name)
                }
            }
        }
        if isOneTransaction { try await connection.execute("COMMIT") }
    }

    private mutating func run(_ statement: SQLStatement, _ parameters: [String?]) async throws(PostgresError) {
        try await adoptStyle()
        if statement.copiesFromStdin || statement.copiesToStdout {
            guard parameters.isEmpty else {
                throw PostgresError(.invalidArgument, "COPY takes no parameters, so --param has no place here")
            }
            return try await copy(statement)
        }
        let stream = connection.stream(SQL(unsafeSQL: statement.text, parameters: parameters))
        var hasBegun = false
        while let row = try await stream.next() {
            if !hasBegun { writer.begin(stream.columns) }
            hasBegun = true
            try writer.row(row)
        }
        if stream.columns.count > 0, !hasBegun {
            writer.begin(stream.columns)
            hasBegun = true
        }
        writer.end(hasRows: hasBegun, stream.commandTag)
        // Settings that the server does not report may be others after these.
        if Self.changesSettings(statement, stream.commandTag) { unreported = nil }
    }

    /// Runs a COPY with the rows that follow it or standard input, or to standard output, byte for byte.
    private mutating func copy(_ statement: SQLStatement) async throws(PostgresError) {
        let text = SQL(unsafeSQL: statement.text)
        guard statement.copiesFromStdin else {
            let pieces = connection.copyOut(statement: text)
            while let piece = try await pieces.next() {
                // What was printed before comes before it.
                writer.flush()
                emit(piece)
            }
            // The bytes speak for themselves, and may be read by another program.
            return
        }
        do {
            let count = try await connection.copy(text) { writer in
                if let rows = statement.copyDataBytes { return try await writer.write(bytes: rows) }
                while let piece = try await StandardInput.next() { try await writer.write(bytes: piece) }
            }
            writer.end(hasRows: false, CommandTag("COPY \(count)"))
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.cancelled, "the COPY was cancelled: \(error)")
        }
    }

    private var unreported: (byteaOutput: String, extraFloatDigits: String)?

    /// Whether `bytea_output` or `extra_float_digits` may be another afterwards.
    private static func changesSettings(_ statement: SQLStatement, _ tag: CommandTag?) -> Bool {
        switch tag?.command {
        // The end of a transaction takes back what was set in it.
        case "SET", "RESET", "DISCARD ALL", "ROLLBACK", "COMMIT", "DO", "CALL": true
        default: statement.text.contains("set_config")
        }
    }

    /// Has results sent in formats that fit the session's settings.
    private mutating func adoptStyle() async throws(PostgresError) {
        // A question within a transaction would come before `SET TRANSACTION`, take its snapshot, or fail with it: what was
        // set in there is asked for after it, and until then the server writes what these settings touch.
        if unreported == nil, connection.transactionStatus == .idle {
            let row = try await connection.query(SessionStyle.query, as: (String, String).self).first
            unreported = row.map { (byteaOutput: $0.0, extraFloatDigits: $0.1) }
        }
        let style = SessionStyle(
            parameters: connection.parameters, byteaOutput: unreported?.byteaOutput,
            extraFloatDigits: unreported?.extraFloatDigits)
        if style != self.style { connection.resultFormats = style.resultFormats }
        self.style = style
    }
}
