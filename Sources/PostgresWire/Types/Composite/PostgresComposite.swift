/// A Swift type that stands for a composite type of PostgreSQL, field by field in the order of its columns.
///
/// Sent as text without a declared type, so that the server infers the composite type; read in both formats, by
/// position, with the type of each field checked.
///
/// ```swift
/// // CREATE TYPE address AS (street text, number int4, country text);
/// struct Address: PostgresComposite {
///     var street: String
///     var number: Int32
///     var country: String?
///
///     init(fields: inout PostgresCompositeDecoder) throws(WireError) {
///         street = try fields.decode("street")
///         number = try fields.decode("number")
///         country = try fields.decode("country")
///     }
///
///     func encode(fields: inout PostgresCompositeEncoder) {
///         fields.encode("street", street)
///         fields.encode("number", number)
///         fields.encode("country", country)
///     }
/// }
/// ```
///
/// Source: PostgreSQL manual, "Composite Types".
public protocol PostgresComposite: PostgresArrayEncodable, PostgresArrayDecodable {
    /// Reads the fields in their order, all of them.
    ///
    /// - Throws: What ``PostgresCompositeDecoder/decode(_:as:)`` does.
    init(fields: inout PostgresCompositeDecoder) throws(WireError)

    /// Writes the fields in their order, all of them.
    func encode(fields: inout PostgresCompositeEncoder)
}

extension PostgresComposite {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { .unspecified }
    public var postgresFallbackType: PostgresOID { .record }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        var fields = PostgresCompositeEncoder()
        encode(fields: &fields)
        fields.finish(into: &writer)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .record || type.mayBeUserDefined(in: format)
    }

    /// - Throws: ``WireError/field(_:_:)`` for a field that is missing or cannot be read, ``WireError/trailingBytes`` if
    ///   there are more fields than `Self` has.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        var fields = try PostgresCompositeDecoder(from: &reader, format: format)
        self = try Self(fields: &fields)
        try fields.finish()
    }
}

extension PostgresOID {
    /// Whether values of this type may be of one of the user's own: within texts, types are not told.
    func mayBeUserDefined(in format: PostgresFormat) -> Bool {
        isUserDefined || (format == .text && self == .unspecified)
    }
}
