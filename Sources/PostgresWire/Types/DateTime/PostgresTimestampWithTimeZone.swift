/// An instant, as PostgreSQL's `timestamptz` holds it: without the zone in which it was written.
///
/// ```swift
/// let noon = PostgresTimestampWithTimeZone(PostgresDateTimeComponents(year: 2024, month: 2, day: 29, hour: 12))
/// print(noon?.description ?? "no such time")  // 2024-02-29 12:00:00+00
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/timestamp.c` (`timestamptz_send`).
@frozen
public struct PostgresTimestampWithTimeZone: PostgresTimestampProtocol {
    /// The number of microseconds since 2000-01-01 00:00:00 UTC; the outermost two numbers are the infinities.
    public let microsecondsSince2000: Int64

    @inlinable
    public init(microsecondsSince2000: Int64) {
        self.microsecondsSince2000 = microsecondsSince2000
    }

    @inlinable
    public static var postgresType: PostgresOID { .timestamptz }

    /// The time in ISO style in UTC: `2024-02-29 12:34:56.789+00`, `infinity`.
    public var description: String { describe(zone: "+00") }

    /// Reads ``description``'s format with any zone (`+05:30`); nil for any other text.
    public init?(utf8: [UInt8]) {
        self.init(utf8: utf8, hasZone: true)
    }

    /// Makes an instant from the microseconds since 1970-01-01 00:00:00 UTC; nil if it is beyond what can be counted
    /// from 2000.
    public init?(microsecondsSince1970: Int64) {
        let (difference, overflow) = microsecondsSince1970.subtractingReportingOverflow(
            PostgresCalendar.microsecondsFromUnixEpoch)
        guard !overflow, difference != .min else { return nil }
        microsecondsSince2000 = difference
    }

    /// The microseconds since 1970-01-01 00:00:00 UTC; nil for the infinities and for instants so late that 64 bits do
    /// not hold the number.
    public var microsecondsSince1970: Int64? {
        guard isFinite else { return nil }
        let (sum, overflow) = microsecondsSince2000.addingReportingOverflow(PostgresCalendar.microsecondsFromUnixEpoch)
        return overflow ? nil : sum
    }
}
