/// An integer, sent as `int2`, the narrowest that there is; read from any integer that fits.
extension Int8: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int2Array }
    public var postgresType: PostgresOID { .int2 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(Int16(self))
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = try PostgresInteger.decode(Int8.self, from: &reader, type: type, format: format)
    }
}
