/// Several ranges, as PostgreSQL's multirange types hold them: in order, with gaps between them, none empty.
///
/// What is made here may be in any order; the server sorts and merges what it is sent.
///
/// ```swift
/// let hours = PostgresMultirange([.init(9..<12), .init(13..<17)])
/// print(hours, hours.contains(12))  // {[9,12),[13,17)} false
/// ```
///
/// Source: PostgreSQL manual, "Range Types"; `src/backend/utils/adt/multirangetypes.c` (`multirange_send`).
public struct PostgresMultirange<Bound: Hashable & Sendable>: Hashable, Sendable {
    /// The ranges.
    public var ranges: [PostgresRange<Bound>]

    public init(_ ranges: [PostgresRange<Bound>] = []) {
        self.ranges = ranges
    }
}

extension PostgresMultirange where Bound: Comparable {
    /// Whether the value lies in one of the ranges.
    public func contains(_ value: Bound) -> Bool {
        ranges.contains { $0.contains(value) }
    }
}

extension PostgresMultirange: ExpressibleByArrayLiteral {
    public init(arrayLiteral ranges: PostgresRange<Bound>...) {
        self.init(ranges)
    }
}
