/// A Swift type for the values of one PostgreSQL type that has an exact text.
///
/// A type says how its bytes and its text are read, and how it is written; reading in both formats, arrays, `Codable`
/// (as a string) and the conversion from a `String` come with it.
///
/// ```swift
/// struct Celsius: PostgresScalar {
///     var degrees: Double
///     static var postgresType: PostgresOID { .float8 }
///     init(binary reader: inout WireReader) throws(WireError) { degrees = try reader.readDouble() }
///     init?(utf8: [UInt8]) {
///         guard let degrees = Double(String(decoding: utf8, as: UTF8.self)) else { return nil }
///         self.degrees = degrees
///     }
///     func encode(into writer: inout WireWriter) { writer.write(degrees) }
///     var description: String { degrees.description }
/// }
/// ```
public protocol PostgresScalar: PostgresArrayEncodable, PostgresArrayDecodable, PostgresTextCoded, Hashable {
    /// The PostgreSQL type: what is declared for a parameter, and what is read.
    static var postgresType: PostgresOID { get }

    /// Reads a value in binary; that nothing is left over is checked by the caller.
    ///
    /// - Throws: ``WireError`` for any bytes that are no such value. Never traps.
    init(binary reader: inout WireReader) throws(WireError)

    /// Reads a value's text; nil for text that is none.
    init?(utf8: [UInt8])
}

extension PostgresScalar {
    public static var arrayType: PostgresOID { postgresType.arrayType ?? .unspecified }
    public static var arrayElementType: PostgresOID { postgresType }

    @inlinable
    public var postgresType: PostgresOID { Self.postgresType }

    @inlinable
    public var postgresFormat: PostgresFormat { .binary }

    @inlinable
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == postgresType }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        if format == .binary {
            try self.init(binary: &reader)
            try reader.expectEnd()
        } else {
            guard let value = Self(utf8: reader.readRemainingBytes()) else { throw .invalidValue }
            self = value
        }
    }

    /// Reads a value's text, as the server writes it; nil for text that is none.
    public init?(_ description: String) {
        self.init(utf8: Array(description.utf8))
    }
}
