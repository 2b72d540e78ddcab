extension PostgresValue: Hashable {
    public static func == (left: PostgresValue, right: PostgresValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.float4(let left), .float4(let right)): left == right || (left.isNaN && right.isNaN)
        case (.float(let left), .float(let right)): left == right || (left.isNaN && right.isNaN)
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.unknown(let leftType, let leftFormat, let left), .unknown(let rightType, let rightFormat, let right)):
            leftType == rightType && leftFormat == rightFormat && left == right
        default: left.isEqualPayload(right)
        }
    }

    /// Whether two values of the same case hold equal values that can be compared as they are.
    private func isEqualPayload(_ other: PostgresValue) -> Bool {
        switch (self, other) {
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        case (.uuid(let left), .uuid(let right)): left == right
        case (.date(let left), .date(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.timestampWithTimeZone(let left), .timestampWithTimeZone(let right)): left == right
        case (.time(let left), .time(let right)): left == right
        case (.timeWithTimeZone(let left), .timeWithTimeZone(let right)): left == right
        case (.interval(let left), .interval(let right)): left == right
        case (.inet(let left), .inet(let right)): left == right
        case (.cidr(let left), .cidr(let right)): left == right
        case (.macAddress(let left), .macAddress(let right)): left == right
        case (.macAddress8(let left), .macAddress8(let right)): left == right
        case (.bits(let left), .bits(let right)): left == right
        case (.money(let left), .money(let right)): left == right
        case (.lsn(let left), .lsn(let right)): left == right
        case (.fullTransactionID(let left), .fullTransactionID(let right)): left == right
        case (.tupleID(let left), .tupleID(let right)): left == right
        case (.snapshot(let left), .snapshot(let right)): left == right
        case (.point(let left), .point(let right)): left == right
        case (.line(let left), .line(let right)): left == right
        case (.lineSegment(let left), .lineSegment(let right)): left == right
        case (.box(let left), .box(let right)): left == right
        case (.path(let left), .path(let right)): left == right
        case (.polygon(let left), .polygon(let right)): left == right
        case (.circle(let left), .circle(let right)): left == right
        case (.numeric(let left), .numeric(let right)): left == right
        case (.json(let left), .json(let right)): left == right
        case (.jsonPath(let left), .jsonPath(let right)): left == right
        case (.xml(let left), .xml(let right)): left == right
        case (.tsvector(let left), .tsvector(let right)): left == right
        case (.tsquery(let left), .tsquery(let right)): left == right
        case (.int2vector(let left), .int2vector(let right)): left == right
        case (.oidvector(let left), .oidvector(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.range(let left), .range(let right)): left == right
        case (.multirange(let left), .multirange(let right)): left == right
        case (.record(let left), .record(let right)): left == right
        case (.hstore(let left), .hstore(let right)): left == right
        case (.ltree(let left), .ltree(let right)): left == right
        case (.lquery(let left), .lquery(let right)): left == right
        case (.ltxtquery(let left), .ltxtquery(let right)): left == right
        case (.cube(let left), .cube(let right)): left == right
        case (.vector(let left), .vector(let right)): left == right
        case (.halfVector(let left), .halfVector(let right)): left == right
        case (.sparseVector(let left), .sparseVector(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .float4(let value): hasher.combine(value.isNaN ? .nan : value)
        case .float(let value): hasher.combine(value.isNaN ? .nan : value)
        case .text(let value): hasher.combine(Array(value.utf8))
        case .unknown(let type, _, let bytes):
            hasher.combine(type)
            hasher.combine(bytes)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .uuid(let value): hasher.combine(value)
        case .date(let value): hasher.combine(value)
        case .timestamp(let value): hasher.combine(value)
        case .timestampWithTimeZone(let value): hasher.combine(value)
        case .time(let value): hasher.combine(value)
        case .timeWithTimeZone(let value): hasher.combine(value)
        case .interval(let value): hasher.combine(value)
        case .inet(let value): hasher.combine(value)
        case .cidr(let value): hasher.combine(value)
        case .macAddress(let value): hasher.combine(value)
        case .macAddress8(let value): hasher.combine(value)
        case .bits(let value): hasher.combine(value)
        case .money(let value): hasher.combine(value)
        case .lsn(let value): hasher.combine(value)
        case .fullTransactionID(let value): hasher.combine(value)
        case .tupleID(let value): hasher.combine(value)
        case .snapshot(let value): hasher.combine(value)
        case .point(let value): hasher.combine(value)
        case .line(let value): hasher.combine(value)
        case .lineSegment(let value): hasher.combine(value)
        case .box(let value): hasher.combine(value)
        case .path(let value): hasher.combine(value)
        case .polygon(let value): hasher.combine(value)
        case .circle(let value): hasher.combine(value)
        case .numeric(let value): hasher.combine(value)
        case .json(let value): hasher.combine(value)
        case .jsonPath(let value): hasher.combine(value)
        case .xml(let value): hasher.combine(value)
        case .tsvector(let value): hasher.combine(value)
        case .tsquery(let value): hasher.combine(value)
        case .int2vector(let value): hasher.combine(value)
        case .oidvector(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .range(let value): hasher.combine(value)
        case .multirange(let value): hasher.combine(value)
        case .record(let value): hasher.combine(value)
        case .hstore(let value): hasher.combine(value)
        case .ltree(let value): hasher.combine(value)
        case .lquery(let value): hasher.combine(value)
        case .ltxtquery(let value): hasher.combine(value)
        case .cube(let value): hasher.combine(value)
        case .vector(let value): hasher.combine(value)
        case .halfVector(let value): hasher.combine(value)
        case .sparseVector(let value): hasher.combine(value)
        }
    }
}
