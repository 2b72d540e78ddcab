/// Arrays of `date`.
extension PostgresDate {
    public static func encodeElements(_ elements: [PostgresDate], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { $0.daysSince2000 }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [PostgresDate] {
        try ArrayCodec.decodeWords(count, of: type, where: .date, from: &reader) { (word: Int32) in
            PostgresDate(daysSince2000: word)
        }
    }
}
