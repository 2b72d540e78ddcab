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

    /// The name of the type to declare for an array of these, if that is one of the user's own; nil for any other.
    static var arrayTypeName: Identifier? { get }

    /// The type to declare for an array of these where the server cannot infer one.
    static var arrayFallbackType: PostgresOID { get }

    /// The type named in the array's header.
    static var arrayElementType: PostgresOID { get }

    /// The format of an array of these, which is also that of its elements.
    static var arrayFormat: PostgresFormat { get }

    /// The format of an array of these elements, for a type of which not every value has a binary form.
    static func arrayFormat(of elements: [Self]) -> PostgresFormat

    /// Writes an array of one dimension, or an empty one, without its length.
    static func encodeArray(_ elements: [Self], into writer: inout WireWriter)

    /// Writes an array of any number of dimensions, without its length.
    static func encodeArray(_ array: PostgresArray<Self>, into writer: inout WireWriter)

    /// Writes the elements after an array's header: of each the length and the value in binary.
    static func encodeElements(_ elements: [Self], into writer: inout WireWriter)
}

extension PostgresArrayEncodable {
    /// Whether a Swift array of these is one value, as bytes are a `bytea`, and not an array.
    static var arraysAreValues: Bool { arrayType.isBuiltIn && arrayType.elementType == nil }

    public static var arrayFormat: PostgresFormat { .binary }
    public static var arrayTypeName: Identifier? { nil }

    public static var arrayFallbackType: PostgresOID {
        let type = arrayType
        return type == .unspecified ? .textArray : type
    }

    public static var arrayElementType: PostgresOID { arrayType.elementType ?? .unspecified }

    public static func arrayFormat(of elements: [Self]) -> PostgresFormat { arrayFormat }

    public static func encodeArray(_ elements: [Self], into writer: inout WireWriter) {
        switch arrayFormat(of: elements) {
        case .binary:
            let hasNull = elements.contains { $0.isNull }
            ArrayHeader.encode(
                count: elements.count, hasNull: hasNull, elementType: arrayElementType, into: &writer)
            encodeElements(elements, into: &writer)
        case .text: ArrayCodec.encodeText(elements, into: &writer)
        }
    }

    public static func encodeArray(_ array: PostgresArray<Self>, into writer: inout WireWriter) {
        ArrayCodec.encode(array, into: &writer)
    }

    public static func encodeElements(_ elements: [Self], into writer: inout WireWriter) {
        ArrayCodec.encodeElements(elements, into: &writer)
    }
}
