/// The text form of composite values.
///
/// Source: PostgreSQL manual, "Composite Type Input and Output Syntax".
enum RecordText {
    /// Reads the fields' texts; nil for NULL.
    ///
    /// `()` is one NULL: a row without columns, which looks the same, is the rarer.
    static func decode(from reader: inout WireReader) throws(WireError) -> [[UInt8]?] {
        var scanner = PostgresTextCursor(&reader)
        try scanner.expect(UInt8(ascii: "("))
        var fields: [[UInt8]?] = []
        repeat {
            fields.append(try scanner.readItem(brackets: "()"))
        } while scanner.accept(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: ")"))
        try scanner.expectEnd()
        return fields
    }

    /// Writes a field that is not NULL, in quotes if it needs them.
    static func encode(_ field: [UInt8], into writer: inout WireWriter) {
        let needsQuotes =
            field.isEmpty
            || field.contains { byte in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","):
                    true
                default: isBlank(byte)
                }
            }
        if needsQuotes { writer.write(quoted: field, UInt8(ascii: "\"")) } else { writer.write(bytes: field) }
    }
}
