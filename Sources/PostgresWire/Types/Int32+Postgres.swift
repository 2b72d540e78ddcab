/// `int4`: four bytes. Reads every integer type whose value fits.
extension Int32: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .int4 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        if type == .int4, format == .binary, reader.remaining == 4 {
            self = try reader.readInt32()
        } else {
            self = try PostgresInteger.decode(Int32.self, from: &reader, type: type, format: format)
        }
    }
}
