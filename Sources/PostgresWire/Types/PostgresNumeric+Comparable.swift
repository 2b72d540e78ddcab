extension PostgresNumeric: Hashable, Comparable {
    public static func == (left: PostgresNumeric, right: PostgresNumeric) -> Bool {
        left.kind == right.kind && left.weight == right.weight && left.digitCount == right.digitCount
            && left.coefficient == right.coefficient && left.spill == right.spill
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(weight)
        hasher.combine(coefficient)
        hasher.combine(spill)
    }

    public static func < (left: PostgresNumeric, right: PostgresNumeric) -> Bool {
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return switch left.kind {
        case .positive: left.isLessInMagnitude(than: right)
        case .negative: right.isLessInMagnitude(than: left)
        case .nan, .infinity, .negativeInfinity: false
        }
    }

    private func isLessInMagnitude(than other: PostgresNumeric) -> Bool {
        // 0 has no digits, and no weight to compare.
        if digitCount == 0 || other.digitCount == 0 { return digitCount < other.digitCount }
        if weight != other.weight { return weight < other.weight }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
