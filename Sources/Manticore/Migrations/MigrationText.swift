package import PostgresWire

/// What a migration file says: its forward and its undo statements, each with its place in the file.
package struct MigrationText: Sendable {
    /// The statements that apply the migration.
    package let forward: [SQLStatement]
    /// The statements that take it back; nil if there is no `-- @UNDO` or nothing follows it.
    package let undo: [SQLStatement]?
    /// The text after the line `-- @UNDO`, to be kept in the database; nil if ``undo`` is.
    package let undoText: String?
    /// The line of the marker, from 1; nil if there is none.
    package let markerLine: Int?

    /// Reads a file's bytes.
    ///
    /// The marker counts only as a line of its own outside of quotes, comments and bodies.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8, with or without a byte order mark, with any line ends.
    ///   - path: the file, for messages.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` naming file and line if the
    ///   text cannot be cut into statements, has two markers, or holds a statement that cannot run in a migration.
    package init(_ bytes: [UInt8], path: String) throws(PostgresError) {
        try Self.checkCharacters(bytes, path)
        let whole = try Self.script(bytes, 0..<bytes.count, path)
        try Self.checkDirectives(whole, path)
        let markers = whole.directives.filter { $0.name == "UNDO" }
        if markers.count > 1 {
            let lines = markers.map { String($0.line) }.joined(separator: " and ")
            throw Self.refusal(
                path, markers[1].line, "a second line -- @UNDO (lines \(lines)): a migration has one undo part")
        }
        guard let marker = markers.first else {
            try self.init(forward: whole.statements, undo: nil, undoText: nil, whole, path)
            return
        }
        // Cut again in two parts, since a last statement without a semicolon ends at the marker.
        let forward = try Self.script(bytes, 0..<marker.range.lowerBound, path)
        let undo = try Self.script(bytes, marker.range.upperBound..<bytes.count, path)
        let undoText = String(decoding: bytes[marker.range.upperBound...].drop { $0.isLineBreak }, as: UTF8.self)
        try self.init(
            forward: forward.statements, undo: undo.statements.isEmpty ? nil : undo.statements,
            undoText: undo.statements.isEmpty ? nil : undoText, whole, path)
    }

    /// Reads undo SQL that was kept in the database.
    package init(undo text: String, path: String) throws(PostgresError) {
        let script = try Self.script(Array(text.utf8), 0..<text.utf8.count, path)
        try self.init(
            forward: [], undo: script.statements.isEmpty ? nil : script.statements, undoText: text, script, path)
    }

    private init(
        forward: [SQLStatement], undo: [SQLStatement]?, undoText: String?, _ script: SQLScript, _ path: String
    ) throws(PostgresError) {
        self.forward = forward
        self.undo = undo
        self.undoText = undoText
        markerLine = script.directives.first { $0.name == "UNDO" }?.line
        // pg_dump puts these two round its output to keep psql from running what the dump might hold.
        let harmless = ["\\restrict", "\\unrestrict"]
        if let command = script.metaCommands.first(where: { !harmless.contains($0.name) }) {
            throw Self.refusal(path, command.line, "\(command.name) is a command to psql, not SQL; remove it")
        }
        for statement in forward + (undo ?? []) { try Self.check(statement, path) }
    }

    private static func script(
        _ bytes: [UInt8], _ range: Range<Int>, _ path: String
    ) throws(PostgresError) -> SQLScript {
        do throws(SQLSyntaxError) {
            return try SQLScript(bytes, range: range)
        } catch {
            throw PostgresError(.migrationFile, "\(path):\(error.location): \(error.message)")
        }
    }

    private static func check(_ statement: SQLStatement, _ path: String) throws(PostgresError) {
        if statement.transactionControl != nil {
            let command = statement.leadingKeywords(2).joined(separator: " ")
            throw refusal(
                path, statement.line,
                "\(command) controls the transaction, and every migration runs in one of its own; remove it")
        }
        if let command = statement.reasonAgainstTransaction() {
            throw refusal(
                path, statement.line,
                "\(command) cannot run in a transaction, in which every migration runs; run it by itself")
        }
        if statement.copiesFromStdin {
            throw refusal(
                path, statement.line, "COPY ... FROM STDIN is not supported yet in a migration; use INSERT",
                .unsupported)
        }
    }

    private static func checkDirectives(_ script: SQLScript, _ path: String) throws(PostgresError) {
        for directive in script.directives {
            if directive.name == "UNDO", !directive.argument.isEmpty {
                throw refusal(path, directive.line, "the marker -- @UNDO stands alone on its line")
            }
            if directive.name == "NO-TRANSACTION" {
                throw refusal(
                    path, directive.line,
                    "-- @NO-TRANSACTION is not supported yet: every migration runs in a "
                        + "transaction", .unsupported)
            }
        }
    }

    private static func checkCharacters(_ bytes: [UInt8], _ path: String) throws(PostgresError) {
        if let nul = bytes.firstIndex(of: 0) {
            throw PostgresError(.migrationFile, "\(path):\(SQLLocation(of: nul, in: bytes)): this is a NUL byte")
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let place = SQLLocation(of: error.byteOffsets.lowerBound, in: bytes)
            throw PostgresError(.migrationFile, "\(path):\(place): this is not valid UTF-8; save the file as UTF-8")
        }
    }

    private static func refusal(
        _ path: String, _ line: Int, _ reason: String, _ code: PostgresError.Code = .migrationFile
    ) -> PostgresError {
        PostgresError(code, "\(path):\(line): \(reason)")
    }
}

extension MigrationText {
    /// SHA-256 of a file's text, in hexadecimal, the same whatever its line ends and with or without a byte order mark.
    package static func checksum(_ bytes: [UInt8]) throws(PostgresError) -> String {
        var normal: [UInt8] = []
        normal.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0) {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { normal.append(0x0A) }
            if !byte.isLineBreak { normal.append(byte) }
            previous = byte
        }
        let digits = Array("0123456789abcdef".utf8)
        let hash = try Digests.sha256(normal)
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isLineBreak: Bool { self == 0x0A || self == 0x0D }
}
