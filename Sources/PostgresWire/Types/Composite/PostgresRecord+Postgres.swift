extension PostgresRecord: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
    public var postgresType: PostgresOID { .unspecified }
    public var postgresFallbackType: PostgresOID { .record }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        var scratch = WireWriter()
        writer.write(UInt8(ascii: "("))
        for (index, field) in fields.enumerated() {
            if index > 0 { writer.write(UInt8(ascii: ",")) }
            if field.value.isNull { continue }
            scratch.rollBack(to: 0)
            field.value.encodeText(into: &scratch)
            if let failure = scratch.failure { writer.fail(failure) }
            RecordText.encode(scratch.bytes, into: &writer)
        }
        writer.write(UInt8(ascii: ")"))
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .record || type.isUserDefined || isCatalogRow(type)
    }

    /// Whether it is the type of the rows of `pg_type`, `pg_attribute`, `pg_proc` or `pg_class`, which are built in.
    static func isCatalogRow(_ type: PostgresOID) -> Bool {
        [71, 75, 81, 83].contains(type.rawValue)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        try self.init(from: &reader, format: format, fieldTypes: [], catalog: nil)
    }

    /// Reads a record; in text, the fields are of `fieldTypes`, as far as there are some.
    init(
        from reader: inout WireReader, format: PostgresFormat, fieldTypes: [PostgresOID], catalog: PostgresTypeCatalog?
    ) throws(WireError) {
        fields = []
        switch format {
        case .binary:
            let count = try reader.readInt32()
            // The least a field takes is its type and its length.
            guard count >= 0 else { throw .invalidLength }
            guard Int(count) <= reader.remaining / 8 else { throw .truncated }
            fields.reserveCapacity(Int(count))
            for _ in 0..<count {
                let type = try reader.readOID()
                let length = try reader.readInt32()
                guard length >= -1 else { throw .invalidLength }
                if length == -1 {
                    fields.append(Field(type: type, value: .null))
                    continue
                }
                let value = try reader.readNested(Int(length)) { (nested) throws(WireError) -> PostgresValue in
                    try PostgresValue.decode(from: &nested, type: type, format: .binary, catalog: catalog)
                }
                fields.append(Field(type: type, value: value))
            }
        case .text:
            let texts = try RecordText.decode(from: &reader)
            var types = fieldTypes[...]
            fields.reserveCapacity(texts.count)
            for text in texts {
                let type = types.popFirst() ?? .unspecified
                guard let text else {
                    fields.append(Field(type: type, value: .null))
                    continue
                }
                let value = try reader.readNested(text) { (nested) throws(WireError) -> PostgresValue in
                    guard type != .unspecified else { return .text(try nested.readRemainingString()) }
                    return try PostgresValue.decode(from: &nested, type: type, format: .text, catalog: catalog)
                }
                fields.append(Field(type: type, value: value))
            }
        }
    }
}
