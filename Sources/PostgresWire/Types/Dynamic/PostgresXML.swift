/// XML as text, from and for `xml`, in UTF-8 whatever its declaration says.
///
/// Equal only to the same bytes; what it says is not looked at.
///
/// ```swift
/// let document = PostgresXML("<note>hello</note>")
/// ```
///
/// Source: PostgreSQL manual, "XML Type".
public struct PostgresXML: Sendable {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresXML: Hashable {
    // String's own equality holds for different bytes too.
    public static func == (left: PostgresXML, right: PostgresXML) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension PostgresXML: CustomStringConvertible {
    public var description: String { text }
}

extension PostgresXML: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .xmlArray }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { .xml }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        writer.write(utf8: text)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .xml
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        text = try reader.readRemainingString()
    }
}
