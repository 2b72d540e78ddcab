/// Arrays of `oid`.
extension PostgresOID: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .oidArray }

    public static func encodeElements(_ elements: [PostgresOID], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0.rawValue }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [PostgresOID] {
        try ArrayCodec.decodeWords(count, of: type, where: .oid, from: &reader) { (word: UInt32) in
            PostgresOID(rawValue: word)
        }
    }
}
