/// An integer, sent as `int4`, which holds every value; read from any integer that fits.
extension UInt16: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .int4Array }
    public var postgresType: PostgresOID { .int4 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(Int32(self))
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = try PostgresInteger.decode(UInt16.self, from: &reader, type: type, format: format)
    }
}
