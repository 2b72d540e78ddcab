/// Arrays of `int2`.
extension Int16: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int2Array }

    public static func encodeElements(_ elements: [Int16], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Int16] {
        try ArrayCodec.decodeWords(count, of: type, where: .int2, from: &reader) { (word: Int16) in word }
    }
}
