/// Arrays of `float8`.
extension Double: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .float8Array }
    public static var arrayElementType: PostgresOID { .float8 }

    public static func encodeArray(_ elements: [Double], into writer: inout WireWriter) {
        PostgresArray.encodeWords(elements, of: .float8, into: &writer) { $0.bitPattern }
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Double] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        return try PostgresArray.decodeWords(of: .float8, from: &reader, type: type, format: format) { (word: UInt64) in
            Double(bitPattern: word)
        }
    }
}
