/// Arrays of `int8`.
extension Int64: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int8Array }
    public static var arrayElementType: PostgresOID { .int8 }

    public static func encodeArray(_ elements: [Int64], into writer: inout WireWriter) {
        PostgresArray.encodeWords(elements, of: .int8, into: &writer) { $0 }
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Int64] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        return try PostgresArray.decodeWords(of: .int8, from: &reader, type: type, format: format) { (word: Int64) in
            word
        }
    }
}
