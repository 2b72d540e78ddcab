/// A value that is a text in some language of the server's, and equal to the same bytes only.
///
/// What the text says is not looked at. A type names its text and its PostgreSQL types; equality by bytes (that of
/// `String` holds for different bytes too), reading in both formats, sending as text and `Codable` (as a string) come
/// with it.
///
/// ```swift
/// struct Formula: PostgresExactText {
///     var text: String
///     init(_ text: String) { self.text = text }
/// }
/// ```
public protocol PostgresExactText: PostgresArrayEncodable, PostgresArrayDecodable, PostgresTextCoded, Hashable {
    /// The text.
    var text: String { get }

    init(_ text: String)

    /// Whether the text of a value of this type is preceded by a version in binary, which is always 1.
    static func isVersioned(_ type: PostgresOID) -> Bool
}

extension PostgresExactText {
    public static func isVersioned(_ type: PostgresOID) -> Bool { false }

    public static func == (left: Self, right: Self) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }

    public var description: String { text }

    /// What is read is the type that is declared, or if none is, any that is not built in.
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        arrayType.elementType.map { $0 == type } ?? type.mayBeUserDefined(in: format)
    }

    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { Self.arrayType.elementType ?? .unspecified }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        writer.write(utf8: text)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        if format == .binary, Self.isVersioned(type) {
            guard try reader.readUInt8() == 1 else { throw .invalidValue }
        }
        self.init(try reader.readRemainingString())
    }
}
