/// A Swift type that can be read from a column.
///
/// Whether a column's type fits is asked once per column, not per value.
///
/// ```swift
/// struct UserID: PostgresDecodable {
///     var value: Int64
///     static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
///         Int64.canDecode(type, format: format)
///     }
///     init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
///         value = try Int64(from: &reader, type: type, format: format)
///     }
/// }
/// ```
public protocol PostgresDecodable: Sendable {
    /// Whether values of this type in this format can be read as `Self`.
    static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool

    /// Reads a value that is not NULL; the reader holds its bytes and no others, and all of them must be read.
    ///
    /// - Throws: ``WireError`` for any bytes that are no such value. Never traps.
    init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError)

    /// What NULL becomes: an error, except for optionals.
    static func decodeNull() throws(WireError) -> Self

    /// Reads a value that is not NULL to where it shall stay: for the loop that reads millions of them, so that a value goes
    /// through no temporary. Not to be implemented elsewhere.
    static func _decode(
        to memory: UnsafeMutableRawPointer, from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError)
}

extension PostgresDecodable {
    @inlinable
    public static func decodeNull() throws(WireError) -> Self { throw .unexpectedNull }

    @inlinable
    public static func _decode(
        to memory: UnsafeMutableRawPointer, from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) {
        unsafe memory.initializeMemory(
            as: Self.self, to: try Self(from: &reader, type: type, format: format))
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    @inlinable
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        Wrapped.canDecode(type, format: format)
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = .some(try Wrapped(from: &reader, type: type, format: format))
    }

    @inlinable
    public static func decodeNull() throws(WireError) -> Wrapped? { nil }
}
