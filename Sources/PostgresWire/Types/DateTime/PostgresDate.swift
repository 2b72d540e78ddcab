/// A day, as PostgreSQL's `date` holds it.
///
/// ```swift
/// let leapDay = PostgresDate(year: 2024, month: 2, day: 29)
/// print(leapDay?.description ?? "no such day")  // 2024-02-29
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/date.c` (`date_send`).
public struct PostgresDate: Hashable, Sendable {
    /// The number of days since 2000-01-01; the outermost two numbers are the infinities.
    public let daysSince2000: Int32

    public init(daysSince2000: Int32) {
        self.daysSince2000 = daysSince2000
    }

    /// Later than every other date.
    public static let infinity = PostgresDate(daysSince2000: .max)
    /// Earlier than every other date.
    public static let negativeInfinity = PostgresDate(daysSince2000: .min)

    /// Whether this is a day, and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }

    /// Makes a day of the proleptic Gregorian calendar; nil if there is no such day.
    ///
    /// `year` is astronomical: 0 is 1 BC.
    public init?(year: Int, month: Int, day: Int) {
        guard let day = PostgresCalendar.day(year: year, month: month, day: day), let days = Int32(exactly: day),
            days != .max, days != .min
        else { return nil }
        daysSince2000 = days
    }

    /// The astronomical year (0 is 1 BC), the month and the day; nil for the infinities.
    public var components: (year: Int, month: Int, day: Int)? {
        isFinite ? PostgresCalendar.date(ofDay: Int64(daysSince2000)) : nil
    }
}

extension PostgresDate: Comparable {
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool {
        left.daysSince2000 < right.daysSince2000
    }
}

extension PostgresDate: PostgresScalar {
    public static var postgresType: PostgresOID { .date }

    /// The date in ISO style: `2024-02-29`, `0044-03-15 BC`, `infinity`.
    public var description: String {
        guard let components else { return self == .infinity ? "infinity" : "-infinity" }
        let text = PostgresDateTimeText.describe(
            year: components.year, month: components.month, day: components.day)
        return components.year > 0 ? text : text + " BC"
    }

    /// Reads ``description``'s format; nil for any other text.
    public init?(utf8: [UInt8]) {
        switch PostgresDateTimeText.date(utf8) {
        case .infinity: self = .infinity
        case .negativeInfinity: self = .negativeInfinity
        case .finite(let day):
            guard let days = Int32(exactly: day), days != .max, days != .min else { return nil }
            daysSince2000 = days
        case nil: return nil
        }
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        daysSince2000 = try reader.readInt32()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(daysSince2000)
    }
}
