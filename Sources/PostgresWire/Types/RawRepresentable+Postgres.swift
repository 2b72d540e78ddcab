/// Enums and other types with a raw value are sent and read as it.
///
/// ```swift
/// enum Mood: String, PostgresEncodable, PostgresDecodable { case happy, sad }
/// ```
///
/// With a `String` as raw value, that serves both an enum of PostgreSQL and a column of `text`.
extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    public var postgresType: PostgresOID { rawValue.postgresType }
    public var postgresFallbackType: PostgresOID { rawValue.postgresFallbackType }
    public var postgresFormat: PostgresFormat { rawValue.postgresFormat }
    public var isNull: Bool { rawValue.isNull }

    public func encode(into writer: inout WireWriter) {
        rawValue.encode(into: &writer)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        RawValue.canDecode(type, format: format)
    }

    /// - Throws: ``WireError/invalidValue`` for a raw value that `Self` does not have.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        let rawValue = try RawValue(from: &reader, type: type, format: format)
        guard let value = Self(rawValue: rawValue) else { throw .invalidValue }
        self = value
    }
}

extension PostgresArrayEncodable where Self: RawRepresentable, RawValue: PostgresArrayEncodable {
    public static var arrayType: PostgresOID { RawValue.arrayType }
    public static var arrayElementType: PostgresOID { RawValue.arrayElementType }
    public static var arrayFormat: PostgresFormat { RawValue.arrayFormat }

    public static func encodeArray(_ elements: [Self], into writer: inout WireWriter) {
        RawValue.encodeArray(elements.map(\.rawValue), into: &writer)
    }
}
