extension PostgresValue {
    /// What is inside, for all that is done with every case alike; nil where that is not its type's own doing.
    var payload: (any PostgresEncodable & Hashable & CustomStringConvertible)? {
        switch self {
        case .null, .unknown, .int2vector, .oidvector, .range, .multirange: nil
        case .bool(let value): value
        case .int(let value, _): value
        case .float4(let value): value
        case .float(let value): value
        case .text(let value, _): value
        case .bytes(let value): value
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
        case .bits(let value, _): value
        case .money(let value): value
        case .lsn(let value): value
        case .fullTransactionID(let value): value
        case .tupleID(let value): value
        case .snapshot(let value, _): value
        case .point(let value): value
        case .line(let value): value
        case .lineSegment(let value): value
        case .box(let value): value
        case .path(let value): value
        case .polygon(let value): value
        case .circle(let value): value
        case .numeric(let value): value
        case .json(let value, _): value
        case .jsonPath(let value): value
        case .xml(let value): value
        case .tsvector(let value): value
        case .tsquery(let value): value
        case .array(let value, _): value
        case .record(let value, _): value
        case .hstore(let value): value
        case .ltree(let value): value
        case .lquery(let value): value
        case .ltxtquery(let value): value
        case .cube(let value): value
        case .vector(let value): value
        case .halfVector(let value): value
        case .sparseVector(let value): value
        case .geometry(let value): value
        }
    }

    /// `true` or `false`; nil for any other value.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The number of an ``int(_:type:)``; nil for any other value.
    public var int: Int64? { if case .int(let value, _) = self { value } else { nil } }

    /// The number of a ``float(_:)`` or a ``float4(_:)``; nil for any other value.
    public var double: Double? {
        switch self {
        case .float(let value): value
        case .float4(let value): Double(value)
        default: nil
        }
    }

    /// The text of a ``text(_:type:)``; nil for any other value.
    public var text: String? { if case .text(let value, _) = self { value } else { nil } }

    /// The bytes of a ``bytes(_:)``; nil for any other value.
    public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }

    /// The array of an ``array(_:type:)``; nil for any other value.
    public var array: PostgresArray<PostgresValue>? { if case .array(let value, _) = self { value } else { nil } }
}
