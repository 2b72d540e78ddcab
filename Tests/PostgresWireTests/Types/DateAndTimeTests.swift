import PostgresWire
import Testing

@Suite(.ownThread) struct DateAndTimeTests {
    /// What the server sends for a date.
    static let dates: [(text: String, days: Int32)] = [
        ("0044-03-15 BC", -746_117), ("0001-01-01 BC", -730_485), ("0001-01-01", -730_119), ("12024-02-29", 3_661_250),
        ("5874897-12-31", 2_145_031_948), ("4713-01-01 BC", -2_451_507), ("1999-12-31", -1), ("2000-01-01", 0),
        ("2000-03-01", 60), ("2024-02-29", 8825), ("1900-02-28", -36466),
    ]

    @Test(arguments: dates)
    func datesBothWays(_ vector: (text: String, days: Int32)) throws {
        let date = PostgresDate(daysSince2000: vector.days)
        #expect(date.description == vector.text)
        #expect(PostgresDate(vector.text) == date)
        #expect(try decoded(PostgresDate.self, text: vector.text, .date) == date)
        #expect(try decoded(PostgresDate.self, encoded(date), .date) == date)
        let components = try #require(date.components)
        #expect(PostgresDate(year: components.year, month: components.month, day: components.day) == date)
    }

    @Test func dateBytes() throws {
        #expect(try encoded(PostgresDate("2024-02-29")) == hex("00002279"))
        #expect(try decoded(PostgresDate.self, hex("ffda97cd"), .date).description == "4713-01-01 BC")
        #expect(try decoded(PostgresDate.self, hex("7fffffff"), .date) == .infinity)
        #expect(try decoded(PostgresDate.self, hex("80000000"), .date) == .negativeInfinity)
        #expect(try decoded(PostgresDate.self, text: "infinity", .date) == .infinity)
        #expect(PostgresDate.infinity.description == "infinity")
        #expect(PostgresDate.negativeInfinity.description == "-infinity")
        #expect(PostgresDate.infinity.components == nil)
        #expect(try #require(PostgresDate("0001-01-01 BC")?.components).year == 0)
    }

    @Test func everyDayOfFourCenturies() throws {
        var (year, month, day) = (1799, 1, 1)
        let first = try #require(PostgresDate(year: year, month: month, day: day)).daysSince2000
        for offset in 0..<Int32(146_097) {
            let date = PostgresDate(daysSince2000: first + offset)
            let components = try #require(date.components)
            guard components == (year, month, day), PostgresDate(year: year, month: month, day: day) == date else {
                Issue.record("day \(date.daysSince2000): \(components), expected \((year, month, day))")
                return
            }
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2199, 1, 1))
    }

    @Test func everyNumberOfDaysIsADate() throws {
        for days in [Int32.min + 1, -1_000_000_000, 1_000_000_000, Int32.max - 1] {
            let date = PostgresDate(daysSince2000: days)
            let components = try #require(date.components)
            #expect(PostgresDate(year: components.year, month: components.month, day: components.day) == date)
            #expect(PostgresDate(date.description) == date)
        }
        #expect(PostgresDate(year: 6_000_001, month: 1, day: 1) == nil)
        #expect(PostgresDate(year: .max, month: 1, day: 1) == nil)
        #expect(PostgresDate(year: .min, month: .min, day: .min) == nil)
    }

    @Test func whatIsNoDate() {
        let wrong = [
            "", "2024", "2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "24-01-01",
            "02024-1-01", "2024-01-1", "2024/01/01", "2024-01-01 ", " 2024-01-01", "2024-01-01 AD", "2024-01-01 bc",
            "0000-01-01", "-2024-01-01", "+2024-01-01", "Infinity", "99999999-01-01", "9999999-01-01", "2024-01-01 BC ",
            "２０２４-01-01", "02/29/2024",
        ]
        for text in wrong {
            #expect(PostgresDate(text) == nil, "\(text)")
            #expect(throws: WireError.invalidValue, "\(text)") { try decoded(PostgresDate.self, text: text, .date) }
        }
    }

    /// What the server sends for a timestamp.
    static let timestamps: [(text: String, bytes: String)] = [
        ("0044-03-15 12:00:00.5 BC", "ff1af9e8fb4e7120"), ("1999-12-31 23:59:59.999999", "ffffffffffffffff"),
        ("294276-12-31 23:59:59.999999", "7fffff5bb3b29fff"), ("4713-01-01 00:00:00 BC", "fd0f7fbdaf17e000"),
        ("2024-02-29 12:34:56.789", "0002b58341728608"), ("2000-01-01 00:00:00", "0000000000000000"),
        ("infinity", "7fffffffffffffff"), ("-infinity", "8000000000000000"),
    ]

    @Test(arguments: timestamps)
    func timestampsBothWays(_ vector: (text: String, bytes: String)) throws {
        let time = try decoded(PostgresTimestamp.self, hex(vector.bytes), .timestamp)
        #expect(time.description == vector.text)
        #expect(try encoded(time) == hex(vector.bytes))
        #expect(try decoded(PostgresTimestamp.self, text: vector.text, .timestamp) == time)
        #expect(time.components.map { PostgresTimestamp($0) } ?? time == time)

        let zoned = try decoded(PostgresTimestampWithTimeZone.self, hex(vector.bytes), .timestamptz)
        let isBC = vector.text.hasSuffix(" BC")
        let text =
            !zoned.isFinite
            ? vector.text : isBC ? vector.text.dropLast(3) + "+00 BC" : vector.text + "+00"
        #expect(zoned.description == text)
        #expect(try encoded(zoned) == hex(vector.bytes))
        #expect(try decoded(PostgresTimestampWithTimeZone.self, text: text, .timestamptz) == zoned)
    }

    @Test func zones() throws {
        let noon = try #require(PostgresTimestampWithTimeZone("2024-02-29 12:00:00+00"))
        for text in [
            "2024-02-29 17:30:00+05:30", "2024-02-29 09:00:00-03", "2024-03-01 00:00:00+12",
            "2024-02-29 12:19:32+00:19:32", "2024-02-29 08:30:00-03:30", "2024-02-29 12:00:00.0+00",
        ] {
            #expect(PostgresTimestampWithTimeZone(text) == noon, "\(text)")
        }
        for text in [
            "2024-02-29 12:00:00", "2024-02-29 12:00:00Z", "2024-02-29 12:00:00+5", "2024-02-29 12:00:00+05:3",
            "2024-02-29 12:00:00+05:60", "2024-02-29T12:00:00+00", "2024-02-29 24:00:00+00", "2024-02-29 12:60:00+00",
            "2024-02-29 12:00:60+00", "2024-02-29 12:00:00.+00", "2024-02-29 12:00:00.1234567+00",
            "2024-02-29 12:00+00", "2024-02-29 12:00:00 UTC", "2024-02-29 12:00:00 BC+00",
        ] {
            #expect(PostgresTimestampWithTimeZone(text) == nil, "\(text)")
        }
        #expect(PostgresTimestamp("2024-02-29 12:00:00+00") == nil)
    }

    @Test func unixTime() throws {
        let epoch = try #require(PostgresTimestampWithTimeZone(microsecondsSince1970: 0))
        #expect(epoch.description == "1970-01-01 00:00:00+00")
        #expect(epoch.microsecondsSince1970 == 0)
        let last = PostgresTimestampWithTimeZone(microsecondsSince2000: .max - 1)
        #expect(last.microsecondsSince1970 == nil)
        #expect(PostgresTimestampWithTimeZone.infinity.microsecondsSince1970 == nil)
        #expect(PostgresTimestampWithTimeZone(microsecondsSince1970: .min) == nil)
    }

    @Test func everyNumberOfMicrosecondsIsATime() throws {
        var generator = SeededGenerator(seed: 3)
        var numbers: [Int64] = [.min + 1, .min + 2, .max - 1, -1, 0, 1, -86_400_000_000, -86_400_000_001]
        for _ in 0..<2000 {
            numbers.append(Int64(bitPattern: generator.next()) >> Int64.random(in: 0...40, using: &generator))
        }
        for number in numbers {
            let time = PostgresTimestamp(microsecondsSince2000: number)
            let components = try #require(time.components)
            #expect(PostgresTimestamp(components) == time)
            #expect(PostgresTimestamp(time.description) == time)
        }
        let beyond = PostgresDateTimeComponents(year: 300_000, month: 1, day: 1)
        #expect(PostgresTimestamp(beyond) == nil)
        let before = PostgresDateTimeComponents(year: -300_000, month: 1, day: 1)
        #expect(PostgresTimestamp(before) == nil)
    }
}
