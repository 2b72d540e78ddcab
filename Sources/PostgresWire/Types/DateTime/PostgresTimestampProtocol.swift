/// What ``PostgresTimestamp`` and ``PostgresTimestampWithTimeZone`` have in common: a count of microseconds.
///
/// ```swift
/// func year(of time: some PostgresTimestampProtocol) -> Int? { time.components?.year }
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/timestamp.c`.
public protocol PostgresTimestampProtocol: PostgresScalar, Comparable {
    /// The number of microseconds since 2000-01-01 00:00:00; the outermost two numbers are the infinities.
    var microsecondsSince2000: Int64 { get }

    init(microsecondsSince2000: Int64)
}

extension PostgresTimestampProtocol {
    /// Later than every other time.
    public static var infinity: Self { Self(microsecondsSince2000: .max) }
    /// Earlier than every other time.
    public static var negativeInfinity: Self { Self(microsecondsSince2000: .min) }

    /// Whether this is a time, and not an infinity.
    public var isFinite: Bool { microsecondsSince2000 != .max && microsecondsSince2000 != .min }

    /// Makes a time from its fields, those in UTC for a type with time zone; nil if there is no such time.
    public init?(_ components: PostgresDateTimeComponents) {
        guard let microseconds = PostgresCalendar.microseconds(components) else { return nil }
        self.init(microsecondsSince2000: microseconds)
    }

    /// The fields of the time, those in UTC for a type with time zone; nil for the infinities.
    public var components: PostgresDateTimeComponents? {
        isFinite ? PostgresCalendar.components(ofMicroseconds: microsecondsSince2000) : nil
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.microsecondsSince2000 < right.microsecondsSince2000
    }

    @inlinable
    public init(binary reader: inout WireReader) throws(WireError) {
        self.init(microsecondsSince2000: try reader.readInt64())
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(microsecondsSince2000)
    }

    func describe(zone: String) -> String {
        guard let components else { return self == .infinity ? "infinity" : "-infinity" }
        return PostgresDateTimeText.describe(components, zone: zone)
    }

    init?(utf8: [UInt8], hasZone: Bool) {
        switch PostgresDateTimeText.timestamp(utf8, hasZone: hasZone) {
        case .infinity: self = .infinity
        case .negativeInfinity: self = .negativeInfinity
        case .finite(let microseconds): self.init(microsecondsSince2000: microseconds)
        case nil: return nil
        }
    }
}
