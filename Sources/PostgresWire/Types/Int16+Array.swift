/// Arrays of `int2`.
extension Int16: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int2Array }
    public static var arrayElementType: PostgresOID { .int2 }

    public static func encodeArray(_ elements: [Int16], into writer: inout WireWriter) {
        PostgresArray.encodeWords(elements, of: .int2, into: &writer) { $0 }
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Int16] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        return try PostgresArray.decodeWords(of: .int2, from: &reader, type: type, format: format) { (word: Int16) in
            word
        }
    }
}
