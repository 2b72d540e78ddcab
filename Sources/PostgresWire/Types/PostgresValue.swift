/// A value of any type, for where the type is not known when the program is written.
///
/// Equality is by case and value; text and JSON are compared byte by byte, and NaN equals NaN.
///
/// ```swift
/// let values: [PostgresValue] = [1, "two", 3.5, true, nil]
/// ```
public enum PostgresValue: Sendable {
    /// NULL.
    case null
    /// `bool`.
    case bool(Bool)
    /// `int2`, `int4`, `int8`, `oid`, `xid` and `cid`.
    case int(Int64)
    /// `float4` and `float8`.
    case float(Double)
    /// `text`, `varchar`, `bpchar`, `name`, `"char"`, `xml`.
    case text(String)
    /// `bytea`.
    case bytes([UInt8])
    /// `uuid`.
    case uuid(PostgresUUID)
    /// `date`.
    case date(PostgresDate)
    /// `timestamp`.
    case timestamp(PostgresTimestamp)
    /// `timestamptz`.
    case timestampWithTimeZone(PostgresTimestampWithTimeZone)
    /// `numeric`.
    case numeric(PostgresNumeric)
    /// `json` and `jsonb`.
    case json(PostgresJSON)
    /// An array of any of the built-in types; one of several dimensions as arrays of arrays.
    case array([PostgresValue])
    /// A value of any other type, as it came.
    case unknown(type: PostgresOID, format: PostgresFormat, bytes: [UInt8])
}

extension PostgresValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(arrayLiteral elements: PostgresValue...) { self = .array(elements) }
}

extension PostgresValue: Hashable {
    public static func == (left: PostgresValue, right: PostgresValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.float(let left), .float(let right)): left == right || (left.isNaN && right.isNaN)
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.uuid(let left), .uuid(let right)): left == right
        case (.date(let left), .date(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.timestampWithTimeZone(let left), .timestampWithTimeZone(let right)): left == right
        case (.numeric(let left), .numeric(let right)): left == right
        case (.json(let left), .json(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.unknown(let leftType, let leftFormat, let left), .unknown(let rightType, let rightFormat, let right)):
            leftType == rightType && leftFormat == rightFormat && left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .float(let value): hasher.combine(value.isNaN ? .nan : value)
        case .text(let value): hasher.combine(Array(value.utf8))
        case .bytes(let value): hasher.combine(value)
        case .uuid(let value): hasher.combine(value)
        case .date(let value): hasher.combine(value)
        case .timestamp(let value): hasher.combine(value)
        case .timestampWithTimeZone(let value): hasher.combine(value)
        case .numeric(let value): hasher.combine(value)
        case .json(let value): hasher.combine(value)
        case .array(let values): hasher.combine(values)
        case .unknown(let type, _, let bytes):
            hasher.combine(type)
            hasher.combine(bytes)
        }
    }
}
