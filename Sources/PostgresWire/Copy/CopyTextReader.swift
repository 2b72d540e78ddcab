/// Reads rows out of COPY's text or CSV as the bytes come, in pieces of any size.
///
/// ```swift
/// var reader = try CopyTextReader(.csv(header: true))
/// reader.append(Array("id,name\n1,Ann\n".utf8))
/// reader.finish()
/// while let row = try reader.next() { print(row.count) }  // 2
/// ```
///
/// A line ends with LF or CR LF. In text, a line of `\.` alone is the end. The columns' names, if the format has them in
/// its first line, are passed over.
///
/// Source: PostgreSQL manual, "COPY", "Text Format" and "CSV Format".
public struct CopyTextReader: Sendable {
    private let dialect: CopyDialect
    private var bytes: [UInt8] = []
    /// Where the next row begins.
    private var start = 0
    /// Up to where its end was looked for, and what was found on the way.
    private var position = 0
    private var isQuoted = false
    private var isFinished = false
    /// Whether the line came that ends the data; what follows it is none.
    private var isAtEnd = false
    private var skipsHeader: Bool

    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for options that do not go together, and for the binary format.
    public init(_ format: CopyFormat) throws(PostgresError) {
        guard let dialect = try CopyDialect(format) else {
            throw PostgresError(.invalidArgument, "the binary format has no lines")
        }
        self.dialect = dialect
        skipsHeader = format.hasHeader
    }

    /// Takes more bytes.
    public mutating func append(_ piece: some Sequence<UInt8>) {
        guard !isAtEnd else { return }
        if start > 0 {
            bytes.removeFirst(start)
            position -= start
            start = 0
        }
        bytes.append(contentsOf: piece)
    }

    /// No more bytes will come: what is left is the last row, with or without the end of its line.
    public mutating func finish() {
        isFinished = true
    }

    /// The fields of the next row, nil for NULL; nil if the row is not there whole yet, or at the end.
    ///
    /// - Throws: ``WireError`` for a row that is malformed, after which nothing more should be read.
    public mutating func next() throws(WireError) -> [[UInt8]?]? {
        while let line = try nextLine() {
            if skipsHeader {
                skipsHeader = false
                continue
            }
            return try dialect.fields(of: line)
        }
        return nil
    }

    private mutating func nextLine() throws(WireError) -> ArraySlice<UInt8>? {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == CopyDialect.newline, !isQuoted { return take(upTo: position, next: position + 1) }
            if dialect.isCSV {
                if isQuoted, byte == dialect.escape, dialect.escape != dialect.quote {
                    // The byte after it must be there, or it would be looked at without knowing of the escape.
                    guard position + 1 < bytes.count else { break }
                    if bytes[position + 1] == dialect.quote || bytes[position + 1] == dialect.escape { position += 1 }
                } else if byte == dialect.quote {
                    // A doubled quote ends the quotes and begins them again.
                    isQuoted.toggle()
                }
            } else if byte == CopyDialect.backslash {
                guard position + 1 < bytes.count else { break }
                position += 1
            }
            position += 1
        }
        guard isFinished, start < bytes.count else { return nil }
        guard !isQuoted else { throw .invalidValue }
        return take(upTo: bytes.count, next: bytes.count)
    }

    private mutating func take(upTo end: Int, next: Int) -> ArraySlice<UInt8>? {
        var end = end
        if end > start, bytes[end - 1] == CopyDialect.carriageReturn { end -= 1 }
        let line = bytes[start..<end]
        start = next
        position = next
        guard dialect.isCSV || !line.elementsEqual(Array("\\.".utf8)) else {
            bytes = []
            start = 0
            position = 0
            isAtEnd = true
            return nil
        }
        return line
    }
}
