/// A type whose values can be sent as the elements of an array.
///
/// A type that declares an ``arrayType`` gets the rest: the array goes in binary, and each element is written by
/// its `encode(into:)`, which therefore must write in binary.
///
/// ```swift
/// struct Celsius: PostgresArrayEncodable {
///     var degrees: Double
///     static var arrayType: PostgresOID { .float8Array }
///     static var arrayElementType: PostgresOID { .float8 }
///     var postgresType: PostgresOID { .float8 }
///     var postgresFormat: PostgresFormat { .binary }
///     func encode(into writer: inout WireWriter) { degrees.encode(into: &writer) }
/// }
/// ```
///
/// Source: PostgreSQL, `src/backend/utils/adt/arrayfuncs.c` (`array_send`, `array_out`).
public protocol PostgresArrayEncodable: PostgresEncodable {
    /// The type declared for an array of these.
    static var arrayType: PostgresOID { get }

    /// The type named in the array's header.
    static var arrayElementType: PostgresOID { get }

    /// The format of an array of these, which is also that of its elements.
    static var arrayFormat: PostgresFormat { get }

    /// Writes an array of one dimension, or an empty one, without its length.
    static func encodeArray(_ elements: [Self], into writer: inout WireWriter)

    /// Writes the elements after an array's header: of each the length and the value in binary.
    static func encodeElements(_ elements: [Self], into writer: inout WireWriter)
}

extension PostgresArrayEncodable {
    public static var arrayFormat: PostgresFormat { .binary }
    public static var arrayElementType: PostgresOID { arrayType.elementType ?? .unspecified }

    public static func encodeArray(_ elements: [Self], into writer: inout WireWriter) {
        switch arrayFormat {
        case .binary:
            let hasNull = elements.contains { $0.isNull }
            ArrayHeader.encode(
                count: elements.count, hasNull: hasNull, elementType: arrayElementType, into: &writer)
            encodeElements(elements, into: &writer)
        case .text: ArrayCodec.encodeText(elements, into: &writer)
        }
    }

    public static func encodeElements(_ elements: [Self], into writer: inout WireWriter) {
        ArrayCodec.encodeElements(elements, into: &writer)
    }
}
