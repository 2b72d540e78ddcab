public import PostgresWire

/// A connection string taken apart: a `postgresql://` URI or a list of `keyword=value`.
///
/// Only the grammar and the keywords are checked here; ``ConnectionConfiguration`` reads the values. As in libpq the
/// last of several values for one keyword counts. Errors say the reason and the position in bytes from 1, and never
/// quote what could be part of a password. libpq also takes what is not UTF-8; this does not.
///
/// ```swift
/// let string = try ConnectionString("postgresql://app@db.example:26257/bank?sslmode=verify-full")
/// print(string["host"] ?? "")  // db.example
/// ```
///
/// Source: PostgreSQL manual, "Connection Strings".
public struct ConnectionString: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// One setting as it was given.
    struct Entry: Sendable {
        let keyword: ConnectionKeyword
        let value: String
        /// Where the value begins, in bytes from 1.
        let position: Int
    }

    /// Whether the text was a URI and not a list of `keyword=value`.
    public let isURI: Bool
    private(set) var entries: [Entry] = []

    /// Takes a connection string apart.
    ///
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` if the text is malformed or a keyword unknown.
    public init(_ text: String) throws(PostgresError) {
        let bytes = Array(text.utf8)
        if let zero = bytes.firstIndex(of: 0) {
            throw Self.failure("a NUL character is not allowed", at: zero)
        }
        isURI = Self.schemes.contains { bytes.starts(with: $0.utf8) }
        if isURI {
            var parser = ConnectionURIParser(bytes)
            entries = try parser.parse()
        } else {
            if let scheme = Self.otherScheme(of: bytes) {
                throw Self.failure("it begins with \(scheme)://, which is not postgresql:// or postgres://", at: 0)
            }
            var parser = KeywordValueParser(bytes)
            entries = try parser.parse()
        }
    }

    static let schemes = ["postgresql://", "postgres://"]

    // `mysql://…` would else be reported as a missing equals sign.
    private static func otherScheme(of bytes: [UInt8]) -> String? {
        let scheme = bytes.prefix { isASCIILetterOrDigit($0) || $0 == UInt8(ascii: "+") }
        guard !scheme.isEmpty, bytes.dropFirst(scheme.count).starts(with: "://".utf8) else { return nil }
        return String(decoding: scheme, as: UTF8.self)
    }

    /// The value given for a keyword, decoded; empty where it was given empty, `nil` where it was not given.
    ///
    /// What this returns for `password` is the password.
    public subscript(keyword: String) -> String? { entry(for: keyword)?.value }

    func entry(for keyword: String) -> Entry? {
        entries.last { $0.keyword.name.utf8.elementsEqual(keyword.utf8) }
    }

    /// The settings as `keyword='value'`, secrets redacted.
    public var description: String {
        entries.map { entry in
            guard !entry.keyword.isSecret else { return "\(entry.keyword.name)=\(ConnectionSetting.redacted)" }
            var quoted = ""
            for scalar in entry.value.unicodeScalars {
                if scalar == "'" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
                quoted.unicodeScalars.append(scalar)
            }
            return "\(entry.keyword.name)='\(quoted)'"
        }.joined(separator: " ")
    }

    public var debugDescription: String { description }

    // `dump` and the like walk the mirror, not the description.
    public var customMirror: Mirror { Mirror(self, children: ["settings": description]) }

    static func failure(_ reason: String, at offset: Int) -> PostgresError {
        PostgresError(
            .invalidConfiguration, "the connection string is malformed at position \(offset + 1): \(reason)")
    }

    /// The keyword of old `requiressl`, which libpq still takes for an `sslmode`; any other as it is.
    static func translated(_ keyword: String, _ value: String) -> (keyword: String, value: String) {
        guard keyword.utf8.elementsEqual("requiressl".utf8) else { return (keyword, value) }
        return ("sslmode", value.utf8.first == UInt8(ascii: "1") ? "require" : "prefer")
    }

    // Whoever forgets to encode a password writes a string whose pieces pass for names: show a name only
    // where no secret can have come before it, and nothing but what a misspelt keyword looks like.
    static func unknownKeyword(_ name: String, at offset: Int, mayShow: Bool) -> PostgresError {
        let isPlain =
            (1...40).contains(name.utf8.count)
            && name.utf8.allSatisfy { isASCIILetterOrDigit($0) || $0 == UInt8(ascii: "_") }
        return failure(mayShow && isPlain ? "unknown keyword \(name)" : "unknown keyword", at: offset)
    }

    private static func isASCIILetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
