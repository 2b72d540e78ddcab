/// Arrays of `int4`.
extension Int32: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int4Array }
    public static var arrayElementType: PostgresOID { .int4 }

    public static func encodeArray(_ elements: [Int32], into writer: inout WireWriter) {
        PostgresArray.encodeWords(elements, of: .int4, into: &writer) { $0 }
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Int32] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        return try PostgresArray.decodeWords(of: .int4, from: &reader, type: type, format: format) { (word: Int32) in
            word
        }
    }
}
