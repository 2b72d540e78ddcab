/// `oid`: four unsigned bytes.
///
/// In binary the types that stand for an OID (`regclass`, `regtype` …) are read too; in text they are names.
extension PostgresOID: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .oid }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(rawValue)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        switch type {
        case .oid: true
        case .regproc, .regprocedure, .regoper, .regoperator, .regclass, .regtype, .regconfig, .regdictionary,
            .regnamespace, .regrole, .regcollation:
            format == .binary
        default: false
        }
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        let number = try PostgresInteger.decode(UInt32.self, from: &reader, type: .oid, format: format)
        self.init(rawValue: number)
    }
}
