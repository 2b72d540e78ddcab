/// Arrays of `oid`.
extension UInt32: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .oidArray }

    public static func encodeElements(_ elements: [UInt32], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [UInt32] {
        try ArrayCodec.decodeWords(count, of: type, where: .oid, from: &reader) { (word: UInt32) in word }
    }
}
