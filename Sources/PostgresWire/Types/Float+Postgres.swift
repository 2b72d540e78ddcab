/// `float4`: an IEEE 754 single. `float8` is not read, since digits could be lost.
extension Float: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .float4 }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .float4
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .float4 else { throw .typeMismatch }
        switch format {
        case .binary:
            self = try reader.readFloat()
            try reader.expectEnd()
        case .text:
            self = try reader.readFloatingPoint(as: Float.self)
        }
    }
}
