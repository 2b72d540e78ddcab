/// Arrays of `int8`.
extension Int: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int8Array }

    public static func encodeElements(_ elements: [Int], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { Int64($0) }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Int] {
        try ArrayCodec.decodeWords(count, of: type, where: MemoryLayout<Int>.size == 8 ? .int8 : .int4, from: &reader) {
            (word: Int) in word
        }
    }
}
