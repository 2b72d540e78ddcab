/// Sent as a `String` is: as text without a declared type.
extension Substring: PostgresArrayEncodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { .unspecified }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        writer.write(utf8: String(self))
    }
}
