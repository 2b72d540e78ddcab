/// `float8`: an IEEE 754 double. Reads `float4` too; not `numeric`, whose digits it could not hold.
extension Double: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .float8 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .float8 || type == .float4
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        if type == .float8, format == .binary, reader.remaining == 8 {
            self = try reader.readDouble()
        } else {
            self = try Double.decode(&reader, type, format)
        }
    }

    @usableFromInline
    static func decode(
        _ reader: inout WireReader, _ type: PostgresOID, _ format: PostgresFormat
    ) throws(WireError) -> Double {
        let value: Double
        switch (type, format) {
        case (.float8, .binary): value = try reader.readDouble()
        case (.float4, .binary): value = Double(try reader.readFloat())
        case (.float8, .text), (.float4, .text): value = try reader.readFloatingPoint(as: Double.self)
        default: throw .typeMismatch
        }
        try reader.expectEnd()
        return value
    }
}
