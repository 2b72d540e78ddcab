/// Arrays of `timestamptz`.
extension PostgresTimestampWithTimeZone {
    public static func encodeElements(_ elements: [PostgresTimestampWithTimeZone], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0.microsecondsSince2000 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [PostgresTimestampWithTimeZone] {
        try ArrayCodec.decodeWords(count, of: type, where: .timestamptz, from: &reader) { (word: Int64) in
            PostgresTimestampWithTimeZone(microsecondsSince2000: word)
        }
    }
}
