/// Arrays of `int4`.
extension Int32: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int4Array }

    public static func encodeElements(_ elements: [Int32], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Int32] {
        try ArrayCodec.decodeWords(count, of: type, where: .int4, from: &reader) { (word: Int32) in word }
    }
}
