/// Arrays of `int8`.
extension Int: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int8Array }
    public static var arrayElementType: PostgresOID { .int8 }

    public static func encodeArray(_ elements: [Int], into writer: inout WireWriter) {
        PostgresArray.encodeWords(elements, of: .int8, into: &writer) { Int64($0) }
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [Int] {
        guard canDecodeArray(type, format: format) else { throw .typeMismatch }
        // Where Int has 32 bits, each element must be looked at.
        let bulkType: PostgresOID = MemoryLayout<Int>.size == 8 ? .int8 : .int4
        return try PostgresArray.decodeWords(of: bulkType, from: &reader, type: type, format: format) { (word: Int) in
            word
        }
    }
}
