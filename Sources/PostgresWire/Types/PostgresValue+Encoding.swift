extension PostgresValue: PostgresArrayEncodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }

    public static func encodeArray(_ elements: [PostgresValue], into writer: inout WireWriter) {
        PostgresValue.array(elements).encode(into: &writer)
    }

    /// The value's own type, so that a value can be sent by it; nil for NULL and arrays.
    private var encodable: (any PostgresEncodable)? {
        switch self {
        case .null, .array, .unknown: nil
        case .bool(let value): value
        case .int(let value): value
        case .float(let value): value
        case .text(let value): value
        case .bytes(let value): value
        case .uuid(let value): value
        case .date(let value): value
        case .timestamp(let value): value
        case .timestampWithTimeZone(let value): value
        case .numeric(let value): value
        case .json(let value): value
        }
    }

    /// The type to declare; for an array that of its elements' if all have the same, otherwise the server infers it.
    public var postgresType: PostgresOID {
        switch self {
        case .null: .unspecified
        case .unknown(let type, _, _): type
        case .array: commonElementType?.arrayType ?? .unspecified
        default: encodable?.postgresType ?? .unspecified
        }
    }

    public var postgresFallbackType: PostgresOID {
        let type = postgresType
        guard type == .unspecified else { return type }
        return if case .array = self { .textArray } else { .text }
    }

    public var postgresFormat: PostgresFormat {
        switch self {
        case .null, .array: .text
        case .unknown(_, let format, _): format
        default: encodable?.postgresFormat ?? .text
        }
    }

    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The one type of all elements that are not NULL, in all dimensions.
    private var commonElementType: PostgresOID? {
        guard case .array(let values) = self else { return postgresType }
        var common: PostgresOID?
        for value in values where !value.isNull {
            guard let type = value.commonElementType, common == nil || common == type else { return nil }
            common = type
        }
        return common
    }

    /// Writes the value; an array as text, since its elements may be of several types.
    public func encode(into writer: inout WireWriter) {
        switch self {
        case .null: break
        case .unknown(_, _, let bytes): writer.write(bytes: bytes)
        case .array(let values): Self.encodeText(values, delimiter: arrayDelimiter, into: &writer)
        default: encodable?.encode(into: &writer)
        }
    }

    /// What stands between the elements of an array of values like this one's.
    var arrayDelimiter: UInt8 { PostgresArrayText.delimiter(of: commonElementType ?? .unspecified) }

    private static func encodeText(_ values: [PostgresValue], delimiter: UInt8, into writer: inout WireWriter) {
        writer.write(UInt8(ascii: "{"))
        for (index, value) in values.enumerated() {
            if index > 0 { writer.write(delimiter) }
            switch value {
            case .null: writer.write(utf8: "NULL")
            case .array(let values): encodeText(values, delimiter: delimiter, into: &writer)
            case .unknown(_, .text, let bytes): PostgresArrayText.encode(bytes, alwaysQuoted: false, into: &writer)
            case .unknown(_, .binary, _): writer.fail(.typeMismatch)
            default:
                let text = Array(value.description.utf8)
                if text.contains(0) { writer.fail(.embeddedNUL) }
                PostgresArrayText.encode(text, alwaysQuoted: false, into: &writer)
            }
        }
        writer.write(UInt8(ascii: "}"))
    }
}
