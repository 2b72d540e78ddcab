/// The values between two bounds, as PostgreSQL's range types hold them.
///
/// Equality is by what is written down: `[1,5]` is not `[1,6)`, though over the integers both hold the same values. The
/// server brings ranges of integers and of dates into the second form.
///
/// ```swift
/// let range: PostgresRange = .init(1..<5)
/// print(range, range.contains(5))  // [1,5) false
/// ```
///
/// Source: PostgreSQL manual, "Range Types"; `src/backend/utils/adt/rangetypes.c` (`range_send`, `range_out`).
public enum PostgresRange<Bound: Hashable & Sendable>: Hashable, Sendable {
    /// No values at all.
    case empty
    /// The values between the lower bound, which comes first, and the upper one.
    case bounds(Endpoint, Endpoint)

    /// One end of a range.
    public enum Endpoint: Hashable, Sendable {
        /// The range goes on without end in this direction.
        case unbounded
        /// The range ends with this value.
        case inclusive(Bound)
        /// The range ends just short of this value.
        case exclusive(Bound)

        /// The value; nil where there is none.
        public var value: Bound? {
            switch self {
            case .unbounded: nil
            case .inclusive(let value), .exclusive(let value): value
            }
        }

        /// Whether the range holds the value itself.
        public var isInclusive: Bool { if case .inclusive = self { true } else { false } }
    }

    /// Whether it is the empty range, as it is written down; a lower bound above the upper one is not looked for.
    public var isEmpty: Bool { self == .empty }

    /// The lower end; nil for the empty range.
    public var lower: Endpoint? { if case .bounds(let lower, _) = self { lower } else { nil } }

    /// The upper end; nil for the empty range.
    public var upper: Endpoint? { if case .bounds(_, let upper) = self { upper } else { nil } }

    /// The range with other bounds, made from these.
    func map<Other>(_ transform: (Bound) throws(WireError) -> Other) throws(WireError) -> PostgresRange<Other> {
        guard case .bounds(let lower, let upper) = self else { return .empty }
        return .bounds(try lower.map(transform), try upper.map(transform))
    }
}

extension PostgresRange.Endpoint {
    func map<Other>(_ transform: (Bound) throws(WireError) -> Other) throws(WireError) -> PostgresRange<Other>.Endpoint
    {
        switch self {
        case .unbounded: .unbounded
        case .inclusive(let value): .inclusive(try transform(value))
        case .exclusive(let value): .exclusive(try transform(value))
        }
    }
}
