extension PostgresValue: Hashable {
    public static func == (left: PostgresValue, right: PostgresValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left, _), .int(let right, _)): left == right
        case (.float4(let left), .float4(let right)): left == right || (left.isNaN && right.isNaN)
        case (.float(let left), .float(let right)): left == right || (left.isNaN && right.isNaN)
        case (.text(let left, _), .text(let right, _)): left.utf8.elementsEqual(right.utf8)
        case (.int2vector(let left), .int2vector(let right)): left == right
        case (.oidvector(let left), .oidvector(let right)): left == right
        case (.range(let left, _), .range(let right, _)): left == right
        case (.multirange(let left, _), .multirange(let right, _)): left == right
        case (.unknown(let leftType, let leftFormat, let left), .unknown(let rightType, let rightFormat, let right)):
            leftType == rightType && leftFormat == rightFormat && left == right
        default:
            if let left = left.payload, let right = right.payload { isEqual(left, right) } else { false }
        }
    }

    /// Whether both are equal values of one type: each case that comes here has a type of its own inside.
    private static func isEqual<Left: Hashable, Right: Hashable>(_ left: Left, _ right: Right) -> Bool {
        left == right as? Left
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .float4(let value): hasher.combine(value.isNaN ? .nan : value)
        case .float(let value): hasher.combine(value.isNaN ? .nan : value)
        case .text(let value, _): hasher.combine(Array(value.utf8))
        case .int2vector(let value): hasher.combine(value)
        case .oidvector(let value): hasher.combine(value)
        case .range(let value, _): hasher.combine(value)
        case .multirange(let value, _): hasher.combine(value)
        case .unknown(let type, _, let bytes):
            hasher.combine(type)
            hasher.combine(bytes)
        default: payload?.hash(into: &hasher)
        }
    }
}
