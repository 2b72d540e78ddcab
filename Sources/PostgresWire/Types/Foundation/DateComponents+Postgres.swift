#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

// The fields as they are, without a calendar of Foundation's, which would count days before 1582 otherwise.

extension DateComponents {
    /// The era (1, or 0 for BC), the year in it, the month and the day; nil for the infinities.
    public init?(_ date: PostgresDate) {
        guard let fields = date.components else { return nil }
        self.init(
            era: fields.year > 0 ? 1 : 0, year: fields.year > 0 ? fields.year : 1 - fields.year, month: fields.month,
            day: fields.day)
    }

    /// The era (1, or 0 for BC), the year in it, and the fields down to the nanosecond; nil for the infinities.
    public init?(_ time: PostgresTimestamp) {
        guard let fields = time.components else { return nil }
        self.init(
            era: fields.year > 0 ? 1 : 0, year: fields.year > 0 ? fields.year : 1 - fields.year, month: fields.month,
            day: fields.day, hour: fields.hour, minute: fields.minute, second: fields.second,
            nanosecond: fields.microsecond * 1000)
    }

    /// The hour, 24 at a day's end, and the fields down to the nanosecond.
    public init(_ time: PostgresTime) {
        self.init(hour: time.hour, minute: time.minute, second: time.second, nanosecond: time.microsecond * 1000)
    }

    /// The months, the days, and the rest as hours, minutes, seconds and nanoseconds; nil for the infinities.
    public init?(_ interval: PostgresInterval) {
        guard interval.isFinite else { return nil }
        let seconds = interval.microseconds / 1_000_000
        self.init(
            month: Int(interval.months), day: Int(interval.days), hour: Int(seconds / 3600),
            minute: Int(seconds / 60 % 60), second: Int(seconds % 60),
            nanosecond: Int(interval.microseconds % 1_000_000) * 1000)
    }

    /// Whether no field is set that is not one of these: all that PostgreSQL's types have.
    private func hasOnly(date: Bool, time: Bool) -> Bool {
        let others = [
            dayOfYear, weekday, weekdayOrdinal, quarter, weekOfMonth, weekOfYear, yearForWeekOfYear, date ? nil : era,
            date ? nil : year, date ? nil : month, date ? nil : day, time ? nil : hour, time ? nil : minute,
            time ? nil : second, time ? nil : nanosecond,
        ]
        return others.allSatisfy { $0 == nil } && calendar == nil && timeZone == nil
    }

    /// The astronomical year; nil if there is none, or it is none of its era.
    fileprivate var astronomicalYear: Int? {
        guard let year else { return nil }
        switch era {
        case nil: return year
        case 1: return year > 0 ? year : nil
        case 0: return year > 0 ? 1 - year : nil
        default: return nil
        }
    }

    fileprivate var isDate: Bool { hasOnly(date: true, time: false) }
    fileprivate var isTimestamp: Bool { hasOnly(date: true, time: true) }
    fileprivate var isTime: Bool { hasOnly(date: false, time: true) }

    /// The nanosecond as microseconds; nil if there is a rest.
    fileprivate var microsecond: Int? {
        let (microsecond, rest) = (nanosecond ?? 0).quotientAndRemainder(dividingBy: 1000)
        return rest == 0 ? microsecond : nil
    }
}

extension PostgresDate {
    /// The day; nil unless year, month and day are set, nothing but the era beside them, and there is such a day.
    ///
    /// Without an era the year is astronomical: 0 is 1 BC.
    public init?(_ components: DateComponents) {
        guard components.isDate, let year = components.astronomicalYear, let month = components.month,
            let day = components.day
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

extension PostgresTimestamp {
    /// The time; nil unless year, month and day are set, nothing but era and time of day beside them, and there is such a
    /// time with a whole number of microseconds.
    ///
    /// Without an era the year is astronomical: 0 is 1 BC.
    public init?(_ components: DateComponents) {
        guard components.isTimestamp, let year = components.astronomicalYear, let month = components.month,
            let day = components.day, let microsecond = components.microsecond
        else { return nil }
        self.init(
            PostgresDateTimeComponents(
                year: year, month: month, day: day, hour: components.hour ?? 0, minute: components.minute ?? 0,
                second: components.second ?? 0, microsecond: microsecond))
    }
}

extension PostgresTime {
    /// The time; nil unless the hour is set, nothing but minute, second and nanosecond beside it, and there is such a
    /// time with a whole number of microseconds.
    public init?(_ components: DateComponents) {
        guard components.isTime, let hour = components.hour, let microsecond = components.microsecond
        else { return nil }
        self.init(
            hour: hour, minute: components.minute ?? 0, second: components.second ?? 0, microsecond: microsecond)
    }
}

extension PostgresInterval {
    /// The span; nil if fields are set that no interval has, or if it does not fit, or is no whole number of
    /// microseconds.
    public init?(_ components: DateComponents) {
        guard components.isTimestamp, components.era == nil, let microsecond = components.microsecond
        else { return nil }
        let months = Int128(components.year ?? 0) * 12 + Int128(components.month ?? 0)
        let seconds =
            Int128(components.hour ?? 0) * 3600 + Int128(components.minute ?? 0) * 60 + Int128(components.second ?? 0)
        guard let months = Int32(exactly: months), let days = Int32(exactly: components.day ?? 0),
            let microseconds = Int64(exactly: seconds * 1_000_000 + Int128(microsecond))
        else { return nil }
        self.init(months: months, days: days, microseconds: microseconds)
    }
}
