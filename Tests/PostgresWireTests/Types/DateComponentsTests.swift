import PostgresWire
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite(.ownThread) struct DateComponentsTests {
    @Test func dates() throws {
        let date = try #require(PostgresDate("0044-03-15 BC"))
        let components = try #require(DateComponents(date))
        #expect(components == DateComponents(era: 0, year: 44, month: 3, day: 15))
        #expect(PostgresDate(components) == date)
        #expect(PostgresDate(DateComponents(year: 2024, month: 2, day: 29))?.description == "2024-02-29")
        #expect(PostgresDate(DateComponents(year: 2023, month: 2, day: 29)) == nil)
        #expect(PostgresDate(DateComponents(era: 1, year: 0, month: 1, day: 1)) == nil)
        #expect(PostgresDate(DateComponents(era: 2, year: 1, month: 1, day: 1)) == nil)
        #expect(PostgresDate(DateComponents(year: 2024, month: 2)) == nil)
        #expect(PostgresDate(DateComponents(year: 2024, month: 2, day: 29, hour: 0)) == nil)
        #expect(PostgresDate(DateComponents(year: 2024, month: 2, day: 29, weekday: 5)) == nil)
        #expect(DateComponents(PostgresDate.infinity) == nil)
    }

    @Test func timestamps() throws {
        let time = try #require(PostgresTimestamp("2024-02-29 12:34:56.789"))
        let components = try #require(DateComponents(time))
        #expect(components.nanosecond == 789_000_000 && components.era == 1)
        #expect(PostgresTimestamp(components) == time)
        var zoned = components
        zoned.timeZone = TimeZone(secondsFromGMT: 0)
        #expect(PostgresTimestamp(zoned) == nil)
        #expect(PostgresTimestamp(DateComponents(year: 2024, month: 1, day: 1, nanosecond: 1)) == nil)
        #expect(DateComponents(PostgresTimestamp.negativeInfinity) == nil)
    }

    @Test func times() {
        #expect(DateComponents(.endOfDay as PostgresTime).hour == 24)
        #expect(PostgresTime(DateComponents(.endOfDay as PostgresTime)) == .endOfDay)
        #expect(PostgresTime(DateComponents(hour: 12)) == PostgresTime(hour: 12, minute: 0))
        #expect(PostgresTime(DateComponents(minute: 12)) == nil)
        #expect(PostgresTime(DateComponents(day: 1, hour: 12)) == nil)
    }

    @Test func intervals() throws {
        for text in [
            "00:00:00", "1 year 2 mons -3 days +04:05:06.7", "-2562047788:00:54.775807", "-178956970 years -8 mons",
        ] {
            let interval = try #require(PostgresInterval(text))
            #expect(DateComponents(interval).flatMap { PostgresInterval($0) } == interval, "\(text)")
        }
        #expect(PostgresInterval(DateComponents(year: 1, month: 1, nanosecond: -2000))?.microseconds == -2)
        #expect(PostgresInterval(DateComponents(nanosecond: 1)) == nil)
        // The largest number itself is Foundation's word for none.
        #expect(PostgresInterval(DateComponents(year: .max - 1)) == nil)
        #expect(PostgresInterval(DateComponents(hour: .max - 1)) == nil)
        #expect(PostgresInterval(DateComponents(weekOfYear: 1)) == nil)
        #expect(DateComponents(PostgresInterval.infinity) == nil)
    }

    @Test func instants() {
        let date = Date(timeIntervalSince1970: 1_709_210_096.5)
        #expect(PostgresTimestampWithTimeZone(date)?.description == "2024-02-29 12:34:56.5+00")
        #expect(PostgresTimestampWithTimeZone(date).flatMap { Date($0) } == date)
        #expect(Date(PostgresTimestampWithTimeZone.infinity) == nil)
        #expect(PostgresTimestampWithTimeZone(Date(timeIntervalSinceReferenceDate: .nan)) == nil)
    }
}
