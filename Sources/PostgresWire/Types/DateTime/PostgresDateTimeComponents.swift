/// A point in time in the fields of the proleptic Gregorian calendar.
///
/// ```swift
/// let time = PostgresTimestamp(PostgresDateTimeComponents(year: 2024, month: 2, day: 29, hour: 12))
/// ```
public struct PostgresDateTimeComponents: Codable, Hashable, Sendable {
    /// The astronomical year: 0 is 1 BC, -1 is 2 BC.
    public var year: Int
    /// The month, 1 to 12.
    public var month: Int
    /// The day of the month, from 1.
    public var day: Int
    /// The hour, 0 to 23.
    public var hour: Int
    /// The minute, 0 to 59.
    public var minute: Int
    /// The second, 0 to 59; PostgreSQL knows no leap seconds.
    public var second: Int
    /// The fraction of the second, 0 to 999,999.
    public var microsecond: Int

    public init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }
}
