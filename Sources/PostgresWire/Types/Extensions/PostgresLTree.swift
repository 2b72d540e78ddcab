/// A path of labels, from and for the extension ltree.
///
/// Equal only to the same bytes; what it says is not looked at. Sent as text without a declared type: the number of
/// the type differs from database to database, and the server infers it.
///
/// ```swift
/// let path = PostgresLTree("Top.Science.Astronomy")
/// ```
///
/// Source: PostgreSQL manual, "ltree"; `contrib/ltree/ltree_io.c` (`ltree_send`).
public struct PostgresLTree: Sendable {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The version that precedes the text in binary.
    static let version: UInt8 = 1

    /// Makes a path of its labels.
    public init(labels: [String]) {
        text = labels.joined(separator: ".")
    }

    /// The labels, the outermost first.
    public var labels: [String] { text.isEmpty ? [] : text.split(separator: ".").map(String.init) }
}

extension PostgresLTree: Hashable {
    // String's own equality holds for different bytes too.
    public static func == (left: PostgresLTree, right: PostgresLTree) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension PostgresLTree: CustomStringConvertible {
    public var description: String { text }
}

extension PostgresLTree: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { .unspecified }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        writer.write(utf8: text)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type.mayBeUserDefined(in: format)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        if format == .binary {
            guard try reader.readUInt8() == Self.version else { throw .invalidValue }
        }
        text = try reader.readRemainingString()
    }
}
