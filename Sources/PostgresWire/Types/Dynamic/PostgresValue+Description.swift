extension PostgresValue: CustomStringConvertible {
    /// The value as the server prints it, NULL as `NULL`; an unknown type's binary value that is no text in hex.
    public var description: String {
        switch self {
        case .null: "NULL"
        case .bool(let value): value ? "t" : "f"
        case .int(let value): String(value)
        case .float4(let value): PostgresFloatText.describe(value)
        case .float(let value): PostgresFloatText.describe(value)
        case .text(let value): value
        case .bytes(let value): PostgresBytea.description(value)
        case .int2vector(let values): values.map { String($0) }.joined(separator: " ")
        case .oidvector(let values): values.map { String($0.rawValue) }.joined(separator: " ")
        case .unknown(_, _, let bytes): Self.describe(bytes)
        default: describable?.description ?? ""
        }
    }

    /// The payload, where its description is the server's text.
    private var describable: (any CustomStringConvertible)? {
        switch self {
        case .uuid(let value): value
        case .date(let value): value
        case .timestamp(let value): value
        case .timestampWithTimeZone(let value): value
        case .time(let value): value
        case .timeWithTimeZone(let value): value
        case .interval(let value): value
        case .inet(let value): value
        case .cidr(let value): value
        case .macAddress(let value): value
        case .macAddress8(let value): value
        case .bits(let value): value
        case .money(let value): value
        case .lsn(let value): value
        case .fullTransactionID(let value): value
        case .tupleID(let value): value
        case .snapshot(let value): value
        case .point(let value): value
        case .line(let value): value
        case .lineSegment(let value): value
        case .box(let value): value
        case .path(let value): value
        case .polygon(let value): value
        case .circle(let value): value
        case .numeric(let value): value
        case .json(let value): value
        case .jsonPath(let value): value
        case .xml(let value): value
        case .tsvector(let value): value
        case .tsquery(let value): value
        case .array(let value): value
        case .range(let value): value
        case .multirange(let value): value
        case .record(let value): value
        case .hstore(let value): value
        case .ltree(let value): value
        case .lquery(let value): value
        case .ltxtquery(let value): value
        case .cube(let value): value
        case .vector(let value): value
        case .halfVector(let value): value
        case .sparseVector(let value): value
        case .null, .bool, .int, .float4, .float, .text, .bytes, .int2vector, .oidvector, .unknown: nil
        }
    }

    /// An enum's label, for example, is text in both formats.
    static func describe(_ bytes: [UInt8]) -> String {
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) { return text }
        return PostgresBytea.description(bytes)
    }
}
