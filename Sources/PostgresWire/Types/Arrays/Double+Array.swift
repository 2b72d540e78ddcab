/// Arrays of `float8`.
extension Double: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .float8Array }

    public static func encodeElements(_ elements: [Double], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0.bitPattern }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [Double] {
        try ArrayCodec.decodeWords(count, of: type, where: .float8, from: &reader) { (word: UInt64) in
            Double(bitPattern: word)
        }
    }
}
