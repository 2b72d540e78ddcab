/// A type that can be read as the element of an array.
///
/// There is nothing to implement: whether an array's type fits is told by whether its elements' type does.
///
/// ```swift
/// extension UserID: PostgresArrayDecodable {}
/// ```
///
/// Source: PostgreSQL, `src/backend/utils/adt/arrayfuncs.c` (`array_send`, `array_out`).
public protocol PostgresArrayDecodable: PostgresDecodable {
    /// Whether values of the array type `type` in this format can be read as `[Self]`.
    static func canDecodeArray(_ type: PostgresOID, format: PostgresFormat) -> Bool

    /// Reads an array of one dimension, or an empty one.
    ///
    /// - Throws: ``WireError/typeMismatch`` for more dimensions, ``WireError/unexpectedNull`` for a NULL among
    ///   elements that are not optional, ``WireError`` for any bytes that are no such array. Never traps.
    static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Self]
}

extension PostgresArrayDecodable {
    public static func canDecodeArray(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        // These two are arrays in binary, but lists of numbers with blanks between them in text.
        if format == .text, type == .int2vector || type == .oidvector { return false }
        if let elementType = type.elementType { return canDecode(elementType, format: format) }
        // An array of enums, for example: only the value itself names its elements' type.
        return type.isUserDefined && canDecode(type, format: format)
    }

    @inlinable
    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Self] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        switch format {
        case .binary:
            let header = try PostgresArrayHeader(from: &reader)
            return try PostgresArray.decodeElements(header, from: &reader)
        case .text:
            return try PostgresArray.decodeText(from: &reader, type: type)
        }
    }
}
