/// How the rows of a COPY are written, with the options that each format has.
///
/// ```swift
/// let lines: CopyFormat = .text
/// let sheet: CopyFormat = .csv(header: true, delimiter: ";")
/// ```
///
/// Characters that separate and quote are single ASCII characters; what does not go together is an error when it is
/// used. The encoding is always UTF-8.
///
/// Source: PostgreSQL manual, "COPY".
public struct CopyFormat: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case binary
        case text
        case csv
    }

    let kind: Kind
    var delimiter: Unicode.Scalar = "\t"
    var null = "\\N"
    var marksDefault: String?
    var header = CopyHeader.none
    var quote: Unicode.Scalar = "\""
    var escape: Unicode.Scalar?
    var forceQuote = CopyColumns.none
    var forceNull = CopyColumns.none
    var forceNotNull = CopyColumns.none

    private init(_ kind: Kind) {
        self.kind = kind
    }

    /// The server's own form of values. Fast and exact; a value must be of just the type of its column.
    ///
    /// CockroachDB takes it, but does not give it.
    public static let binary = CopyFormat(.binary)

    /// Lines of fields with tabs between them, `\N` for NULL, and escapes with backslashes.
    public static let text = CopyFormat(.text)

    /// Lines of fields with commas between them, quoted where needed; NULL is a field without anything, not even quotes.
    public static let csv = csv()

    /// Lines of fields, and escapes with backslashes.
    ///
    /// - Parameters:
    ///   - delimiter: What separates fields.
    ///   - null: What stands for NULL.
    ///   - default: What stands for the column's default in data that goes to the server; from PostgreSQL 16 on.
    ///   - header: What the first line is; from PostgreSQL 15 on.
    public static func text(
        delimiter: Unicode.Scalar = "\t", null: String = "\\N", default: String? = nil, header: CopyHeader = .none
    ) -> CopyFormat {
        var format = CopyFormat(.text)
        format.delimiter = delimiter
        format.null = null
        format.marksDefault = `default`
        format.header = header
        return format
    }

    /// Lines of fields, quoted where needed.
    ///
    /// - Parameters:
    ///   - header: What the first line is.
    ///   - delimiter: What separates fields.
    ///   - null: What stands for NULL where it is not quoted.
    ///   - quote: What stands around fields.
    ///   - escape: What stands before a quote within quotes; nil for the quote itself.
    ///   - forceQuote: The columns whose values the server always quotes.
    ///   - forceNull: The columns where what stands for NULL does so in quotes too.
    ///   - forceNotNull: The columns where nothing stands for NULL.
    ///   - default: What stands for the column's default in data that goes to the server; from PostgreSQL 16 on.
    public static func csv(
        header: CopyHeader = .none, delimiter: Unicode.Scalar = ",", null: String = "", quote: Unicode.Scalar = "\"",
        escape: Unicode.Scalar? = nil, forceQuote: CopyColumns = .none, forceNull: CopyColumns = .none,
        forceNotNull: CopyColumns = .none, default: String? = nil
    ) -> CopyFormat {
        var format = CopyFormat(.csv)
        format.header = header
        format.delimiter = delimiter
        format.null = null
        format.quote = quote
        format.escape = escape
        format.forceQuote = forceQuote
        format.forceNull = forceNull
        format.forceNotNull = forceNotNull
        format.marksDefault = `default`
        return format
    }

    /// Whether rows are in the server's own form.
    public var isBinary: Bool { kind == .binary }

    /// Whether the first line is no row.
    public var hasHeader: Bool { header != .none }
}

/// Some columns, or all of them.
public enum CopyColumns: Hashable, Sendable {
    case none
    /// Every column; as an option for data that goes to the server, from PostgreSQL 17 on.
    case all
    case named([String])
}

extension CopyColumns: ExpressibleByArrayLiteral {
    public init(arrayLiteral names: String...) { self = names.isEmpty ? .none : .named(names) }
}
