/// The proleptic Gregorian calendar, as PostgreSQL counts in it.
///
/// Days count from 2000-01-01; years are astronomical, so that 0 is 1 BC and -1 is 2 BC.
///
/// Source: PostgreSQL manual, "Date/Time Support"; the arithmetic is that of 400-year cycles of 146097 days.
enum PostgresCalendar {
    static let microsecondsPerDay: Int64 = 86_400_000_000
    /// From 1970-01-01 to 2000-01-01.
    static let daysFromUnixEpoch: Int64 = 10957
    static let microsecondsFromUnixEpoch: Int64 = daysFromUnixEpoch * microsecondsPerDay
    /// Beyond what 32 bits of days or 64 of microseconds can count, and far from any overflow.
    static let years = -6_000_000...6_000_000

    private static let daysPerCycle: Int64 = 146_097
    /// From 0000-03-01, where a cycle starts, to 2000-01-01.
    private static let daysFromCycleStart: Int64 = 730_425

    /// The date of a day; any 32-bit count, and any day that a timestamp can fall on, is within bounds.
    static func date(ofDay day: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = day + daysFromCycleStart
        let cycle = shifted.flooredDivision(by: daysPerCycle)
        let dayOfCycle = shifted - cycle * daysPerCycle
        // Leap days come every 1461 days, not every 36524, but every 146097.
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        // Counted from March, so that February's length matters to nothing after it.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfMonth))
    }

    /// The day of a date, nil if there is no such date.
    static func day(year: Int, month: Int, day: Int) -> Int64? {
        guard years.contains(year), (1...12).contains(month), day >= 1, day <= daysIn(month: month, of: year)
        else { return nil }
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let cycle = shiftedYear.flooredDivision(by: 400)
        let yearOfCycle = shiftedYear - cycle * 400
        let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * daysPerCycle + dayOfCycle - daysFromCycleStart
    }

    static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Microseconds from 2000-01-01 00:00:00, nil if there is no such time or 64 bits do not hold it.
    static func microseconds(_ components: PostgresDateTimeComponents) -> Int64? {
        guard let day = day(year: components.year, month: components.month, day: components.day),
            (0..<24).contains(components.hour), (0..<60).contains(components.minute),
            (0..<60).contains(components.second), (0..<1_000_000).contains(components.microsecond)
        else { return nil }
        let seconds = components.hour * 3600 + components.minute * 60 + components.second
        let time = Int64(seconds) * 1_000_000 + Int64(components.microsecond)
        // Before 2000 the day and its time have opposite signs; counted back from the day's end they have the same, and
        // then nothing overflows that fits in the end.
        let (days, overflow) = (day < 0 ? day + 1 : day).multipliedReportingOverflow(by: microsecondsPerDay)
        guard !overflow else { return nil }
        let (sum, carried) = days.addingReportingOverflow(day < 0 ? time - microsecondsPerDay : time)
        // The outermost numbers stand for the infinities.
        guard !carried, sum != .max, sum != .min else { return nil }
        return sum
    }

    static func components(ofMicroseconds microseconds: Int64) -> PostgresDateTimeComponents {
        let day = microseconds.flooredDivision(by: microsecondsPerDay)
        let time = Int(microseconds &- day &* microsecondsPerDay)
        let date = date(ofDay: day)
        return PostgresDateTimeComponents(
            year: date.year, month: date.month, day: date.day,
            hour: time / 3_600_000_000, minute: time / 60_000_000 % 60, second: time / 1_000_000 % 60,
            microsecond: time % 1_000_000)
    }
}

extension Int64 {
    /// The quotient rounded down; `divisor` is positive.
    func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
