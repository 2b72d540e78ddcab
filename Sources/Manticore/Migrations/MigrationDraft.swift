package import PostgresWire

/// A migration that is about to be written to a file.
package struct MigrationDraft: Sendable {
    /// The description in the file's name: words of `a` to `z`, digits and `_`.
    package let slug: String
    /// The text of the file.
    package let text: String

    // A name of 255 bytes is what file systems take.
    private static let longestSlug = 200

    /// Checks a migration and lays it out.
    ///
    /// - Parameters:
    ///   - description: what it does, in words; what is no ASCII letter or digit separates words.
    ///   - forward: the SQL that applies it; may be empty, for a file to be filled in.
    ///   - undo: the SQL that takes it back; nil for a migration that cannot be.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/invalidArgument`` if nothing is left of the
    ///   description, with ``PostgresError/Code-swift.struct/migrationFile`` if the SQL could not be run from the file.
    package init(_ description: String, forward: String, undo: String?) throws(PostgresError) {
        slug = Self.slug(description)
        guard !slug.isEmpty else {
            throw PostgresError(
                .invalidArgument,
                "the description \"\(description)\" has no letter or digit from which a file name could be made")
        }
        let forwardCount = try Self.check(forward, "the forward SQL")
        let undoCount = try Self.check(undo ?? "", "the undo SQL")
        var text = "-- Forward migration\n" + Self.trimmed(forward)
        if let undo { text += "\n-- @UNDO\n\n-- Undo migration\n" + Self.trimmed(undo) }
        self.text = text
        // What is read back from the file must be what was given.
        let written = try MigrationText(Array(text.utf8), path: "the migration")
        guard written.forward.count == forwardCount, (written.undo?.count ?? 0) == undoCount else {
            throw PostgresError(.migrationFile, "the forward SQL and the undo SQL run into each other")
        }
    }

    /// How many statements there are, all of them fit for a migration.
    private static func check(_ sql: String, _ name: String) throws(PostgresError) -> Int {
        let parsed = try MigrationText(Array(sql.utf8), path: name)
        // In the file, a marker in the text would end the part.
        if let line = parsed.markerLine {
            throw PostgresError(
                .migrationFile, "\(name):\(line): a line -- @UNDO, which would end this part; remove the line")
        }
        return parsed.forward.count
    }

    /// The text without a byte order mark and without blank lines at its ends, and with a line end if it is not empty.
    private static func trimmed(_ sql: String) -> String {
        var bytes = Array(sql.utf8)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        // The first line keeps its indentation, which the others may share.
        if let first = bytes.firstIndex(where: { !isSpace($0) }),
            let lineEnd = bytes[..<first].lastIndex(where: { $0 == 0x0A || $0 == 0x0D })
        {
            bytes = bytes[(lineEnd + 1)...]
        }
        return bytes.isEmpty ? "" : String(decoding: bytes, as: UTF8.self) + "\n"
    }

    private static func slug(_ description: String) -> String {
        var slug: [UInt8] = []
        for byte in description.utf8 {
            switch byte {
            case 0x30...0x39, 0x61...0x7A: slug.append(byte)
            case 0x41...0x5A: slug.append(byte | 0x20)
            default: if let last = slug.last, last != UInt8(ascii: "_") { slug.append(UInt8(ascii: "_")) }
            }
            if slug.count == longestSlug { break }
        }
        while slug.last == UInt8(ascii: "_") { slug.removeLast() }
        return String(decoding: slug, as: UTF8.self)
    }
}
