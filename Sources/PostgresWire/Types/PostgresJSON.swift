/// JSON as text, from and for `json` and `jsonb`; what it says is not looked at.
///
/// Equal only to the same bytes: `{"a":1}` is not `{"a": 1}`. Sent as `jsonb`.
///
/// ```swift
/// let settings = PostgresJSON(#"{"theme": "dark"}"#)
/// ```
///
/// Source: PostgreSQL manual, "JSON Types"; `src/backend/utils/adt/jsonb.c` (`jsonb_send`).
public struct PostgresJSON: Sendable {
    /// The JSON text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The version that precedes the text of a `jsonb`.
    static let version: UInt8 = 1
}

extension PostgresJSON: Hashable {
    // String's own equality holds for different bytes too.
    public static func == (left: PostgresJSON, right: PostgresJSON) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension PostgresJSON: CustomStringConvertible {
    public var description: String { text }
}

extension PostgresJSON: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .jsonbArray }
    public var postgresType: PostgresOID { .jsonb }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(Self.version)
        writer.write(utf8: text)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .jsonb || type == .json
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        text = try String(from: &reader, type: type, format: format)
    }
}
