/// Arrays of `float4`.
extension Float: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .float4Array }

    public static func encodeElements(_ elements: [Float], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0.bitPattern }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Float] {
        try ArrayCodec.decodeWords(count, of: type, where: .float4, from: &reader) { (word: UInt32) in
            Float(bitPattern: word)
        }
    }
}
