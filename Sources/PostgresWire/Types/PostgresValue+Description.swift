extension PostgresValue: CustomStringConvertible {
    /// The value as the server prints it, NULL as `NULL`; an unknown type's binary value that is no text in hex.
    public var description: String {
        switch self {
        case .null: "NULL"
        case .bool(let value): value ? "t" : "f"
        case .int(let value): String(value)
        case .float(let value): PostgresFloatText.describe(value)
        case .text(let value): value
        case .bytes(let value): PostgresBytea.description(value)
        case .uuid(let value): value.description
        case .date(let value): value.description
        case .timestamp(let value): value.description
        case .timestampWithTimeZone(let value): value.description
        case .numeric(let value): value.description
        case .json(let value): value.description
        case .array(let values): Self.describe(values, delimiter: arrayDelimiter)
        case .unknown(_, _, let bytes): Self.describe(bytes)
        }
    }

    private static func describe(_ values: [PostgresValue], delimiter: UInt8) -> String {
        var writer = WireWriter()
        writer.write(UInt8(ascii: "{"))
        for (index, value) in values.enumerated() {
            if index > 0 { writer.write(delimiter) }
            switch value {
            case .null: writer.write(bytes: value.description.utf8)
            case .array(let values): writer.write(bytes: describe(values, delimiter: delimiter).utf8)
            default: PostgresArrayText.encode(Array(value.description.utf8), alwaysQuoted: false, into: &writer)
            }
        }
        writer.write(UInt8(ascii: "}"))
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// An enum's label, for example, is text in both formats.
    private static func describe(_ bytes: [UInt8]) -> String {
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) { return text }
        return PostgresBytea.description(bytes)
    }
}
