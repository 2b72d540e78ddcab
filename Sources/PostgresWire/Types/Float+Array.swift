/// Arrays of `float4`.
extension Float: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .float4Array }
    public static var arrayElementType: PostgresOID { .float4 }

    public static func encodeArray(_ elements: [Float], into writer: inout WireWriter) {
        PostgresArray.encodeWords(elements, of: .float4, into: &writer) { $0.bitPattern }
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Float] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        return try PostgresArray.decodeWords(of: .float4, from: &reader, type: type, format: format) { (word: UInt32) in
            Float(bitPattern: word)
        }
    }
}
