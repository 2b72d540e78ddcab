/// A value of a type that only some databases have, under a number that differs from one to the next.
///
/// Sent as text without a declared type, so that the server infers it, and read from any type that is not built in. What
/// a type has to say for itself is its text, and how both forms are read.
public protocol PostgresUndeclared: PostgresArrayEncodable, PostgresArrayDecodable, PostgresTextCoded {}

extension PostgresUndeclared {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { .unspecified }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        writer.write(utf8: description)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type.mayBeUserDefined(in: format)
    }

    /// Reads a value's text, as the server prints it; nil for text that is none.
    public init?(_ description: String) {
        guard let value = Self.read(text: description) else { return nil }
        self = value
    }
}
