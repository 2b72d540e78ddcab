/// `bytea`: an array of bytes is one value.
extension UInt8: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .bytea }
    public static var arrayElementType: PostgresOID { .char }

    public static func encodeArray(_ elements: [UInt8], into writer: inout WireWriter) {
        writer.write(bytes: elements)
    }

    public static func canDecodeArray(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .bytea }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [UInt8] {
        guard type == .bytea else { throw .typeMismatch }
        return try PostgresBytea.decode(from: &reader, format: format)
    }
}
