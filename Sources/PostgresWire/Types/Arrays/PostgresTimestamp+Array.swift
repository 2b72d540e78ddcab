/// Arrays of `timestamp`.
extension PostgresTimestamp {
    public static func encodeElements(_ elements: [PostgresTimestamp], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0.microsecondsSince2000 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [PostgresTimestamp] {
        try ArrayCodec.decodeWords(count, of: type, where: .timestamp, from: &reader) { (word: Int64) in
            PostgresTimestamp(microsecondsSince2000: word)
        }
    }
}
