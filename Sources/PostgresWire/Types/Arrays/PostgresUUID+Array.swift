/// Arrays of `uuid`.
extension PostgresUUID {
    public static func encodeElements(_ elements: [PostgresUUID], into writer: inout WireWriter) {
        ArrayCodec.encodeWords(elements, into: &writer) { UInt128($0.high) << 64 | UInt128($0.low) }
    }

    public static func decodeElements(
        _ count: Int, of type: PostgresOID, from reader: inout WireReader
    ) throws(WireError) -> [PostgresUUID] {
        try ArrayCodec.decodeWords(count, of: type, where: .uuid, from: &reader) { (word: UInt128) in
            PostgresUUID(high: UInt64(truncatingIfNeeded: word >> 64), low: UInt64(truncatingIfNeeded: word))
        }
    }
}
