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
    /// - Throws: ``WireError/typeMismatch`` for more dimensions, ``WireError/nullElement`` for a NULL among
    ///   elements that are not optional, ``WireError`` for any bytes that are no such array. Never traps.
    static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Self]

    /// Reads the elements after an array's header: `count` times a length and the value in binary.
    ///
    /// - Throws: As ``decodeArray(from:type:format:)`` does.
    static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Self]
}

extension PostgresArrayDecodable {
    /// Whether a Swift array of these is one value, as bytes are a `bytea`, and not an array.
    static var arraysAreReadAsValues: Bool { canDecodeArray(.bytea, format: .binary) }

    public static func canDecodeArray(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        ArrayCodec.canDecode(Self.self, type, format: format)
    }

    @inlinable
    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Self] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        switch format {
        case .binary:
            let header = try ArrayHeader(from: &reader)
            try header.expectOneDimension()
            return try decodeElements(header.count, of: header.elementType(in: type), from: &reader)
        case .text:
            let (elements, dimensions) = try ArrayCodec.decodeText(from: &reader, type: type) as ([Self], _)
            guard dimensions.count <= 1 else { throw .typeMismatch }
            return elements
        }
    }

    @inlinable
    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Self] {
        try ArrayCodec.decodeElements(count, of: type, from: &reader)
    }
}
