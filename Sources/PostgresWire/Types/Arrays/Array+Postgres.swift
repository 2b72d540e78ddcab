/// A one-dimensional array; of `UInt8`, a `bytea`.
extension Array: PostgresEncodable where Element: PostgresArrayEncodable {
    public var postgresType: PostgresOID { Element.arrayType }
    public var postgresFormat: PostgresFormat { Element.arrayFormat(of: self) }

    public var postgresTypeName: Identifier? { Element.arrayTypeName }

    public var postgresFallbackType: PostgresOID {
        let type = Element.arrayType
        return type == .unspecified ? Element.arrayFallbackType : type
    }

    public func encode(into writer: inout WireWriter) {
        Element.encodeArray(self, into: &writer)
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        Element.canDecodeArray(type, format: format)
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = try Element.decodeArray(from: &reader, type: type, format: format)
    }
}
