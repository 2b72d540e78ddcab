/// `int2`: two bytes. Reads every integer type whose value fits.
extension Int16: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .int2 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        if type == .int2, format == .binary, reader.remaining == 2 {
            self = try reader.readInt16()
        } else {
            self = try PostgresInteger.decode(Int16.self, from: &reader, type: type, format: format)
        }
    }
}
