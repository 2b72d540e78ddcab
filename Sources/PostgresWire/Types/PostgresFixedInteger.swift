/// An integer type that is one of PostgreSQL's: sent as that, and read from any integer that fits.
public protocol PostgresFixedInteger: FixedWidthInteger, BitwiseCopyable, PostgresEncodable, PostgresDecodable {
    /// The type of the same width.
    static var postgresType: PostgresOID { get }
}

extension PostgresFixedInteger {
    public var postgresType: PostgresOID { Self.postgresType }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.append(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        if type == Self.postgresType, format == .binary, reader.remaining == MemoryLayout<Self>.size {
            self = try reader.load(Self.self)
        } else {
            self = try PostgresInteger.decode(Self.self, from: &reader, type: type, format: format)
        }
    }
}
