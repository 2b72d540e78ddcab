/// The bytes that give text and CSV their structure.
package struct CopyDialect: Sendable {
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let backslash = UInt8(ascii: "\\")

    let isCSV: Bool
    let delimiter: UInt8
    let quote: UInt8
    let escape: UInt8
    let null: [UInt8]
    /// What stands for the column's default.
    let marksDefault: [UInt8]?
    /// What a field may not be, or it would mean something else.
    private let reserved: [[UInt8]]

    /// nil for the binary format.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` for options that the server would refuse, or understand in two ways.
    package init?(_ format: CopyFormat) throws(PostgresError) {
        guard format.kind != .binary else { return nil }
        isCSV = format.kind == .csv
        delimiter = try Self.byte(format.delimiter, "delimiter")
        quote = try Self.byte(format.quote, "quote")
        escape = try format.escape.map { (scalar) throws(PostgresError) in try Self.byte(scalar, "escape") } ?? quote
        null = try Self.marker(format.null, "null")
        marksDefault = try format.marksDefault.map { (text) throws(PostgresError) in
            try Self.marker(text, "default")
        }
        if isCSV {
            guard delimiter != quote else {
                throw PostgresError(.invalidArgument, "COPY's delimiter and quote must not be the same character")
            }
            for text in [null, marksDefault ?? []] where text.contains(quote) || text.contains(delimiter) {
                throw PostgresError(
                    .invalidArgument, "what stands for NULL or a default in COPY must hold no delimiter and no quote")
            }
        } else {
            let taken = Array("\\.abcdefghijklmnopqrstuvwxyz0123456789".utf8)
            guard !taken.contains(delimiter) else {
                throw PostgresError(
                    .invalidArgument,
                    "COPY's delimiter in text must be no small letter, digit, dot or backslash; "
                        + "it is \"\(format.delimiter)\"")
            }
            guard !null.contains(delimiter), !(marksDefault ?? []).contains(delimiter) else {
                throw PostgresError(
                    .invalidArgument, "what stands for NULL or a default in COPY must hold no delimiter")
            }
        }
        if let marksDefault, marksDefault == null {
            throw PostgresError(.invalidArgument, "NULL and the default are written alike in COPY's options")
        }
        reserved = [null, marksDefault ?? null, Array("\\.".utf8)]
    }

    private static func byte(_ scalar: Unicode.Scalar, _ what: String) throws(PostgresError) -> UInt8 {
        guard scalar.isASCII, scalar.value != 0, scalar != "\n", scalar != "\r" else {
            throw PostgresError(
                .invalidArgument, "COPY's \(what) must be one ASCII character, and not the end of a line")
        }
        return UInt8(truncatingIfNeeded: scalar.value)
    }

    private static func marker(_ text: String, _ what: String) throws(PostgresError) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard !bytes.contains(newline), !bytes.contains(carriageReturn), !bytes.contains(0) else {
            throw PostgresError(.invalidArgument, "COPY's \(what) must not hold the end of a line, or a NUL byte")
        }
        return bytes
    }

    /// Whether a field would be taken for something else if it stood as it is.
    func isReserved(_ field: some RandomAccessCollection<UInt8>) -> Bool {
        reserved.contains { $0.count == field.count && $0.elementsEqual(field) }
    }
}
