extension PostgresValue: CustomStringConvertible {
    /// The value as the server prints it, NULL as `NULL`; an unknown type's binary value that is no text in hex.
    public var description: String {
        switch self {
        case .null: "NULL"
        case .bool(let value): value ? "t" : "f"
        case .float4(let value): PostgresFloatText.describe(value)
        case .float(let value): PostgresFloatText.describe(value)
        case .bytes(let value): PostgresBytea.description(value)
        case .int2vector(let values): values.map { String($0) }.joined(separator: " ")
        case .oidvector(let values): values.map { String($0.rawValue) }.joined(separator: " ")
        case .range(let value, _): value.description
        case .multirange(let value, _): value.description
        case .array(let value, let type): value.description(as: type.elementType)
        case .unknown(_, _, let bytes): Self.describe(bytes)
        default: payload?.description ?? ""
        }
    }

    /// An enum's label, for example, is text in both formats.
    static func describe(_ bytes: [UInt8]) -> String {
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) { return text }
        return PostgresBytea.description(bytes)
    }
}
