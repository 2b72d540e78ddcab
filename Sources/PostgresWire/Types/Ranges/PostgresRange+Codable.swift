/// Written with its ends and the brackets around them, `{"lower": 18, "upper": 65, "bounds": "[)"}`; without an end where
/// it is unbounded, and as `{"bounds": "empty"}`.
extension PostgresRange: Encodable where Bound: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: PostgresRangeKey.self)
        guard case .bounds(let lower, let upper) = self else { return try container.encode("empty", forKey: .bounds) }
        try container.encodeIfPresent(lower.value, forKey: .lower)
        try container.encodeIfPresent(upper.value, forKey: .upper)
        try container.encode((lower.isInclusive ? "[" : "(") + (upper.isInclusive ? "]" : ")"), forKey: .bounds)
    }
}

extension PostgresRange: Decodable where Bound: Decodable {
    /// - Throws: `DecodingError` for brackets that are none, or where one says that an end belongs to the range that is
    ///   not there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: PostgresRangeKey.self)
        let bounds = try container.decode(String.self, forKey: .bounds)
        if bounds == "empty" {
            self = .empty
            return
        }
        func endpoint(_ key: PostgresRangeKey, isInclusive: Bool) throws -> Endpoint {
            guard container.contains(key) else {
                guard !isInclusive else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .bounds, in: container, debugDescription: "there is no end that \(bounds) includes")
                }
                return .unbounded
            }
            let value = try container.decode(Bound.self, forKey: key)
            return isInclusive ? .inclusive(value) : .exclusive(value)
        }
        guard ["[]", "[)", "(]", "()"].contains(bounds) else {
            throw DecodingError.dataCorruptedError(
                forKey: .bounds, in: container, debugDescription: "\(bounds.debugDescription) are no bounds of a range")
        }
        self = .bounds(
            try endpoint(.lower, isInclusive: bounds.utf8.first == UInt8(ascii: "[")),
            try endpoint(.upper, isInclusive: bounds.utf8.last == UInt8(ascii: "]")))
    }
}

private enum PostgresRangeKey: String, CodingKey {
    case lower, upper, bounds
}

/// Written as a list of its ranges.
extension PostgresMultirange: Encodable where Bound: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ranges)
    }
}

extension PostgresMultirange: Decodable where Bound: Decodable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([PostgresRange<Bound>].self))
    }
}
