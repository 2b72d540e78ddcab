/// `bool`: one byte, 0 or 1; as text `t` or `f`.
extension Bool: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .bool }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self ? 1 : 0 as UInt8)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .bool }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .bool else { throw .typeMismatch }
        let byte = try reader.readUInt8()
        switch (format, byte) {
        case (.binary, 0), (.text, UInt8(ascii: "f")): self = false
        case (.binary, 1), (.text, UInt8(ascii: "t")): self = true
        default: throw .invalidValue
        }
        try reader.expectEnd()
    }
}
