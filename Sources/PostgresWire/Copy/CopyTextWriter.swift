/// Writes rows as COPY's text or CSV has them.
///
/// ```swift
/// var writer = try CopyTextWriter(.csv)
/// writer.write(row: [Array("1".utf8), nil, Array("a, b".utf8)])
/// print(String(decoding: writer.bytes, as: UTF8.self))  // 1,,"a, b"
/// ```
///
/// Source: PostgreSQL manual, "COPY", "Text Format" and "CSV Format".
public struct CopyTextWriter: Sendable {
    private let dialect: CopyDialect

    /// The rows written so far.
    public private(set) var bytes: [UInt8] = []

    private var isAtStart = true

    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for options that do not go together, and for the binary format.
    public init(_ format: CopyFormat) throws(PostgresError) {
        guard let dialect = try CopyDialect(format) else {
            throw PostgresError(.invalidArgument, "the binary format has no lines")
        }
        self.dialect = dialect
    }

    /// Writes a row; nil is NULL.
    ///
    /// - Returns: The first field that cannot be written: an empty text where that stands for NULL, in the text format.
    @discardableResult
    public mutating func write(row fields: some Sequence<[UInt8]?>) -> Int? {
        let start = bytes.count
        for (index, field) in fields.enumerated() {
            guard write(field: field) else {
                rollBack(to: start)
                return index
            }
        }
        endRow()
        return nil
    }

    /// Forgets everything after the first `count` bytes, which must end with a row.
    package mutating func rollBack(to count: Int) {
        if count >= 0, count < bytes.count { bytes.removeLast(bytes.count - count) }
        isAtStart = true
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        isAtStart = true
    }

    package mutating func endRow() {
        bytes.append(CopyDialect.newline)
        isAtStart = true
    }

    /// Writes the next field of a row; false if it cannot be written.
    package mutating func write(field: [UInt8]?) -> Bool {
        if !isAtStart { bytes.append(dialect.delimiter) }
        isAtStart = false
        guard let field else {
            bytes.append(contentsOf: dialect.null)
            return true
        }
        if dialect.isCSV {
            writeCSV(field)
            return true
        }
        return writeText(field)
    }

    private mutating func writeCSV(_ field: [UInt8]) {
        let needsQuotes =
            dialect.isReserved(field)
            || field.contains { byte in
                byte == dialect.delimiter || byte == dialect.quote || byte == CopyDialect.newline
                    || byte == CopyDialect.carriageReturn
            }
        guard needsQuotes else { return bytes.append(contentsOf: field) }
        bytes.append(dialect.quote)
        for byte in field {
            if byte == dialect.quote || byte == dialect.escape { bytes.append(dialect.escape) }
            bytes.append(byte)
        }
        bytes.append(dialect.quote)
    }

    private mutating func writeText(_ field: [UInt8]) -> Bool {
        let start = bytes.count
        writeEscaped(field[...])
        guard dialect.isReserved(bytes[start...]) else { return true }
        guard let first = field.first else { return false }
        // Markers are looked for before escapes are read: an escape that says the same is no marker.
        bytes.removeLast(bytes.count - start)
        bytes.append(CopyDialect.backslash)
        for shift in [6, 3, 0] as [UInt8] { bytes.append(UInt8(ascii: "0") + (first >> shift & 7)) }
        writeEscaped(field.dropFirst())
        return true
    }

    private mutating func writeEscaped(_ field: ArraySlice<UInt8>) {
        for byte in field {
            switch byte {
            case 0x08: escape(UInt8(ascii: "b"))
            case 0x09: escape(UInt8(ascii: "t"))
            case 0x0A: escape(UInt8(ascii: "n"))
            case 0x0B: escape(UInt8(ascii: "v"))
            case 0x0C: escape(UInt8(ascii: "f"))
            case 0x0D: escape(UInt8(ascii: "r"))
            case CopyDialect.backslash, dialect.delimiter: escape(byte)
            default: bytes.append(byte)
            }
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(CopyDialect.backslash)
        bytes.append(byte)
    }
}
