#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// `bytea`, in Foundation's type; `[UInt8]` needs no Foundation.
extension Data: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .byteaArray }
    public var postgresType: PostgresOID { .bytea }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(bytes: self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .bytea }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self.init(try [UInt8](from: &reader, type: type, format: format))
    }
}
