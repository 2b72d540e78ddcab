/// Arrays of `int8`.
extension Int64: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int8Array }

    public static func encodeElements(_ elements: [Int64], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Int64] {
        try ArrayCodec.decodeWords(count, of: type, where: .int8, from: &reader) { (word: Int64) in word }
    }
}
