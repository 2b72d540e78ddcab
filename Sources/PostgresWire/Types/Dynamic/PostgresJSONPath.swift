/// A path into JSON, from and for `jsonpath`, as text.
///
/// Equal only to the same bytes; what it says is not looked at.
///
/// ```swift
/// let path = PostgresJSONPath("$.track.segments[*]")
/// ```
///
/// Source: PostgreSQL manual, "jsonpath Type"; `src/backend/utils/adt/jsonpath.c` (`jsonpath_send`).
public struct PostgresJSONPath: Sendable {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The version that precedes the text in binary.
    static let version: UInt8 = 1
}

extension PostgresJSONPath: Hashable {
    // String's own equality holds for different bytes too.
    public static func == (left: PostgresJSONPath, right: PostgresJSONPath) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension PostgresJSONPath: CustomStringConvertible {
    public var description: String { text }
}

extension PostgresJSONPath: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .jsonpathArray }
    public var postgresType: PostgresOID { .jsonpath }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(Self.version)
        writer.write(utf8: text)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .jsonpath
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        if format == .binary {
            guard try reader.readUInt8() == Self.version else { throw .invalidValue }
        }
        text = try reader.readRemainingString()
    }
}
