extension PostgresRange where Bound: Comparable {
    /// Whether the value lies between the bounds.
    public func contains(_ value: Bound) -> Bool {
        guard case .bounds(let lower, let upper) = self else { return false }
        let isAbove =
            switch lower {
            case .unbounded: true
            case .inclusive(let bound): bound <= value
            case .exclusive(let bound): bound < value
            }
        let isBelow =
            switch upper {
            case .unbounded: true
            case .inclusive(let bound): value <= bound
            case .exclusive(let bound): value < bound
            }
        return isAbove && isBelow
    }

    /// `1..<5` is `[1,5)`, and `1..<1` is empty.
    public init(_ range: Range<Bound>) {
        self = range.isEmpty ? .empty : .bounds(.inclusive(range.lowerBound), .exclusive(range.upperBound))
    }

    /// `1...5` is `[1,5]`.
    public init(_ range: ClosedRange<Bound>) {
        self = .bounds(.inclusive(range.lowerBound), .inclusive(range.upperBound))
    }

    /// `1...` is `[1,)`.
    public init(_ range: PartialRangeFrom<Bound>) {
        self = .bounds(.inclusive(range.lowerBound), .unbounded)
    }

    /// `..<5` is `(,5)`.
    public init(_ range: PartialRangeUpTo<Bound>) {
        self = .bounds(.unbounded, .exclusive(range.upperBound))
    }

    /// `...5` is `(,5]`.
    public init(_ range: PartialRangeThrough<Bound>) {
        self = .bounds(.unbounded, .inclusive(range.upperBound))
    }

    /// Every value: `(,)`.
    public static var everything: PostgresRange { .bounds(.unbounded, .unbounded) }
}

extension Range where Bound: Hashable & Sendable {
    /// The same values, if the range has an inclusive lower and an exclusive upper bound, in this order; nil otherwise.
    public init?(exactly range: PostgresRange<Bound>) {
        guard case .bounds(.inclusive(let lower), .exclusive(let upper)) = range, lower <= upper else { return nil }
        self = lower..<upper
    }
}

extension Range where Bound: FixedWidthInteger & Sendable {
    /// The same integers, if there are any and they have a first and a last one; nil otherwise.
    public init?(_ range: PostgresRange<Bound>) {
        guard case .bounds(let lower, let upper) = range, let first = lower.value, let last = upper.value else {
            return nil
        }
        let (start, startOverflow) = first.addingReportingOverflow(lower.isInclusive ? 0 : 1)
        let (end, endOverflow) = last.addingReportingOverflow(upper.isInclusive ? 1 : 0)
        guard !startOverflow, !endOverflow, start < end else { return nil }
        self = start..<end
    }
}

extension ClosedRange where Bound: Hashable & Sendable {
    /// The same values, if both bounds are inclusive and in order; nil otherwise.
    public init?(exactly range: PostgresRange<Bound>) {
        guard case .bounds(.inclusive(let lower), .inclusive(let upper)) = range, lower <= upper else { return nil }
        self = lower...upper
    }
}

extension ClosedRange where Bound: FixedWidthInteger & Sendable {
    /// The same integers, if there are any and they have a first and a last one; nil otherwise.
    public init?(_ range: PostgresRange<Bound>) {
        guard case .bounds(let lower, let upper) = range, let first = lower.value, let last = upper.value else {
            return nil
        }
        let (start, startOverflow) = first.addingReportingOverflow(lower.isInclusive ? 0 : 1)
        let (end, endOverflow) = last.subtractingReportingOverflow(upper.isInclusive ? 0 : 1)
        guard !startOverflow, !endOverflow, start <= end else { return nil }
        self = start...end
    }
}
