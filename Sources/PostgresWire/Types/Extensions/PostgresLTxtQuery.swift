/// Words to be found in paths of labels, from and for the type `ltxtquery` of the extension ltree.
///
/// Equal only to the same bytes; what it says is not looked at. Sent as text without a declared type: the number of
/// the type differs from database to database, and the server infers it.
///
/// ```swift
/// let words = PostgresLTxtQuery("Europe & Russia*@ & !Transportation")
/// ```
///
/// Source: PostgreSQL manual, "ltree"; `contrib/ltree/ltxtquery_io.c` (`ltxtq_send`).
public struct PostgresLTxtQuery: Sendable {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The version that precedes the text in binary.
    static let version: UInt8 = 1
}

extension PostgresLTxtQuery: Hashable {
    // String's own equality holds for different bytes too.
    public static func == (left: PostgresLTxtQuery, right: PostgresLTxtQuery) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension PostgresLTxtQuery: CustomStringConvertible {
    public var description: String { text }
}

extension PostgresLTxtQuery: PostgresArrayEncodable, PostgresArrayDecodable {
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
