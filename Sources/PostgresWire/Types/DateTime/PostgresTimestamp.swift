/// A date and time of day without a time zone, as PostgreSQL's `timestamp` holds it.
///
/// ```swift
/// let noon = PostgresTimestamp(PostgresDateTimeComponents(year: 2024, month: 2, day: 29, hour: 12))
/// print(noon?.description ?? "no such time")  // 2024-02-29 12:00:00
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/timestamp.c` (`timestamp_send`).
@frozen
public struct PostgresTimestamp: PostgresTimestampProtocol {
    /// The number of microseconds since 2000-01-01 00:00:00; the outermost two numbers are the infinities.
    public let microsecondsSince2000: Int64

    @inlinable
    public init(microsecondsSince2000: Int64) {
        self.microsecondsSince2000 = microsecondsSince2000
    }

    @inlinable
    public static var postgresType: PostgresOID { .timestamp }

    /// The time in ISO style: `2024-02-29 12:34:56.789`, `infinity`.
    public var description: String { describe(zone: "") }

    /// Reads ``description``'s format; nil for any other text.
    public init?(utf8: [UInt8]) {
        self.init(utf8: utf8, hasZone: false)
    }
}
