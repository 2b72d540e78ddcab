extension PostgresValue: PostgresArrayDecodable {
    /// The built-in arrays of arrays, as `int2vector[]` is one, go no deeper.
    private static let maximumDepth = 2

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { true }

    public static func decodeNull() throws(WireError) -> PostgresValue { .null }

    /// Reads a value of any type; those without a case of their own become ``unknown(type:format:bytes:)``.
    ///
    /// - Throws: ``WireError`` if the bytes are no value of a type that has a case.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = try Self.decode(from: &reader, type: type, format: format, depth: 0)
    }

    private static func decode(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat, depth: Int
    ) throws(WireError) -> PostgresValue {
        switch type {
        case .bool: return .bool(try Bool(from: &reader, type: type, format: format))
        case .int2, .int4, .int8, .oid: return .int(try Int64(from: &reader, type: type, format: format))
        case .xid, .cid: return .int(Int64(try UInt32(from: &reader, type: type, format: format)))
        case .float4, .float8: return .float(try Double(from: &reader, type: type, format: format))
        case .text, .varchar, .bpchar, .name, .unknown, .char, .xml, .cstring, .refcursor:
            return .text(try String(from: &reader, type: type, format: format))
        case .bytea: return .bytes(try [UInt8](from: &reader, type: type, format: format))
        case .uuid: return .uuid(try PostgresUUID(from: &reader, type: type, format: format))
        case .date: return .date(try PostgresDate(from: &reader, type: type, format: format))
        case .timestamp: return .timestamp(try PostgresTimestamp(from: &reader, type: type, format: format))
        case .timestamptz:
            return .timestampWithTimeZone(
                try PostgresTimestampWithTimeZone(from: &reader, type: type, format: format))
        case .numeric: return .numeric(try PostgresNumeric(from: &reader, type: type, format: format))
        case .json, .jsonb: return .json(try PostgresJSON(from: &reader, type: type, format: format))
        default: break
        }
        guard let elementType = type.elementType, canDecodeArray(type, format: format) else {
            return .unknown(type: type, format: format, bytes: reader.readRemainingBytes())
        }
        // The header of an array names its elements' type, which a peer may choose at will.
        guard depth < maximumDepth else { throw .invalidValue }
        var values: [PostgresValue] = []
        let dimensions: [Int]
        switch format {
        case .binary:
            let header = try PostgresArrayHeader(from: &reader)
            dimensions = header.dimensions
            values.reserveCapacity(header.count)
            for _ in 0..<header.count {
                let length = try reader.readInt32()
                guard length >= -1 else { throw .invalidLength }
                if length == -1 {
                    values.append(.null)
                    continue
                }
                let value = try reader.readNested(Int(length)) { (nested) throws(WireError) -> PostgresValue in
                    try decode(from: &nested, type: header.elementType, format: .binary, depth: depth + 1)
                }
                values.append(value)
            }
        case .text:
            let text = try PostgresArrayText(from: &reader, type: type)
            dimensions = text.dimensions
            values.reserveCapacity(text.elements.count)
            for bytes in text.elements {
                guard let bytes else {
                    values.append(.null)
                    continue
                }
                let value = try WireReader.read(bytes) { (nested) throws(WireError) -> PostgresValue in
                    let value = try decode(from: &nested, type: elementType, format: .text, depth: depth + 1)
                    try nested.expectEnd()
                    return value
                }
                values.append(value)
            }
        }
        return nest(values[...], in: dimensions[...])
    }

    /// Arranges the values of an array in the arrays that its dimensions tell of.
    private static func nest(_ values: ArraySlice<PostgresValue>, in dimensions: ArraySlice<Int>) -> PostgresValue {
        // An array with a dimension of length 0 is empty, however long the others.
        guard !values.isEmpty, dimensions.count > 1, let length = dimensions.first, length > 0 else {
            return .array(Array(values))
        }
        let stride = values.count / length
        var rest = values
        var parts: [PostgresValue] = []
        parts.reserveCapacity(length)
        for _ in 0..<length {
            parts.append(nest(rest.prefix(stride), in: dimensions.dropFirst()))
            rest = rest.dropFirst(stride)
        }
        return .array(parts)
    }
}
