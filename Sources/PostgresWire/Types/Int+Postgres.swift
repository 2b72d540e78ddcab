/// `int8`: eight bytes. Reads every integer type whose value fits.
extension Int: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .int8 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(Int64(self))
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        if MemoryLayout<Int>.size == 8, type == .int8, format == .binary, reader.remaining == 8 {
            self = Int(truncatingIfNeeded: try reader.readInt64())
        } else {
            self = try PostgresInteger.decode(Int.self, from: &reader, type: type, format: format)
        }
    }
}
