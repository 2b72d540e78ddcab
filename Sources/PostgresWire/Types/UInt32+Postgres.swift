/// `oid`: four unsigned bytes. Reads every integer type whose value fits, and `xid` and `cid`.
extension UInt32: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .oid }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        switch type {
        case .xid, .cid: true
        default: PostgresInteger.canDecode(type)
        }
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        switch type {
        case .xid, .cid:
            self = try PostgresInteger.decode(UInt32.self, from: &reader, type: .oid, format: format)
        default:
            self = try PostgresInteger.decode(UInt32.self, from: &reader, type: type, format: format)
        }
    }
}
