/// `"char"`: one byte. An array of bytes is one `bytea`, not an array of `"char"`.
extension UInt8: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .char }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .char }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .char else { throw .typeMismatch }
        switch (format, reader.remaining) {
        case (.text, 0):
            // The byte 0 is printed as nothing.
            self = 0
        case (.text, 4):
            // From PostgreSQL 16 on, a byte with the high bit set is printed in octal.
            guard try reader.readUInt8() == UInt8(ascii: "\\") else { throw .invalidValue }
            self = try reader.readOctal()
        default:
            self = try reader.readUInt8()
            try reader.expectEnd()
        }
    }
}
