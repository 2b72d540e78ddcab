import PostgresWire

/// A value of any type as the server sent it.
struct RawCell: PostgresDecodable {
    let type: PostgresOID
    let format: PostgresFormat
    /// nil for NULL.
    let bytes: [UInt8]?

    static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { true }

    static func decodeNull() -> RawCell { RawCell(type: .unspecified, format: .binary, bytes: nil) }

    private init(type: PostgresOID, format: PostgresFormat, bytes: [UInt8]?) {
        self.type = type
        self.format = format
        self.bytes = bytes
    }

    init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self.init(type: type, format: format, bytes: reader.readRemainingBytes())
    }

    /// The value, of which every byte is read.
    func value(_ catalog: PostgresTypeCatalog) throws(WireError) -> PostgresValue {
        guard let bytes else { return .null }
        return try WireReader.read(bytes) { (reader) throws(WireError) in
            let value = try PostgresValue(from: &reader, type: type, format: format, resolving: catalog)
            try reader.expectEnd()
            return value
        }
    }

    /// What a Swift type makes of the value when it reads and writes it; nil if it writes another type.
    func recoded<Value: PostgresEncodable & PostgresDecodable>(
        as _: Value.Type
    ) throws(WireError) -> (bytes: [UInt8], format: PostgresFormat)? {
        guard let bytes, Value.canDecode(type, format: format) else { return nil }
        let value = try WireReader.read(bytes) { (reader) throws(WireError) in
            let value = try Value(from: &reader, type: type, format: format)
            try reader.expectEnd()
            return value
        }
        guard value.postgresFormat == .text || value.postgresType == type else { return nil }
        var writer = WireWriter()
        value.encode(into: &writer)
        if let failure = writer.failure { throw failure }
        return (writer.bytes, value.postgresFormat)
    }
}
