import PostgresWire
import Testing

@Suite(.ownThread) struct IntervalAndTimeTests {
    static let times: [ScalarVector] = [
        ("00:00:00", "0000000000000000"),
        ("24:00:00", "000000141dd76000"),
        ("23:59:59.999999", "000000141dd75fff"),
        ("12:34:56.789", "0000000a8be62608"),
        ("00:00:00.000001", "0000000000000001"),
    ]

    static let zonedTimes: [ScalarVector] = [
        ("00:00:00+15:59:59", "0000000000000000ffff1f01"),
        ("24:00:00-15:59:59", "000000141dd760000000e0ff"),
        ("12:34:56.789+05:30", "0000000a8be62608ffffb2a8"),
        ("12:00:00+00", "0000000a0eebb00000000000"),
        ("01:02:03-00:00:01", "00000000dde878c000000001"),
        ("12:00:00-08", "0000000a0eebb00000007080"),
        ("23:59:59.999999+00:19:32", "000000141dd75ffffffffb6c"),
    ]

    static let intervals: [ScalarVector] = [
        ("00:00:00", "00000000000000000000000000000000"),
        ("1 year", "0000000000000000000000000000000c"),
        ("-1 years", "000000000000000000000000fffffff4"),
        ("1 mon", "00000000000000000000000000000001"),
        ("1 day", "00000000000000000000000100000000"),
        ("-1 days", "0000000000000000ffffffff00000000"),
        ("1 year 2 mons 3 days 04:05:06.7", "000000036c966ee0000000030000000e"),
        ("-1 years -2 mons +3 days -04:05:06.7", "fffffffc9369912000000003fffffff2"),
        ("11 mons", "0000000000000000000000000000000b"),
        ("-3 days +04:05:06", "000000036c8bc080fffffffd00000000"),
        ("25:00:00", "00000014f46b04000000000000000000"),
        ("-00:00:00.000001", "ffffffffffffffff0000000000000000"),
        ("11 mons 31 days", "00000000000000000000001f0000000b"),
        ("-178956970 years -8 mons -2147483648 days -2562047788:00:54.775807", "80000000000000018000000080000000"),
        ("178956970 years 7 mons 2147483647 days 2562047788:00:54.775806", "7ffffffffffffffe7fffffff7fffffff"),
        ("-1 mons +1 day -00:00:01", "fffffffffff0bdc000000001ffffffff"),
        ("2147483647 days", "00000000000000007fffffff00000000"),
        ("2562047788:00:54.775807", "7fffffffffffffff0000000000000000"),
    ]

    /// An interval as it was given to the server, and what that writes in the three styles that are not the default.
    static let styles: [(given: String, written: String)] = [
        ("0", "@ 0"),
        ("1 year 2 mons 3 days 04:05:06.7", "@ 1 year 2 mons 3 days 4 hours 5 mins 6.7 secs"),
        ("-1 year -2 mons +3 days -04:05:06.7", "@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs ago"),
        ("-1 year -2 mons", "@ 1 year 2 mons ago"),
        ("1 day -00:00:01", "@ 1 day -1 sec"),
        ("-3 days -04:05:06", "@ 3 days 4 hours 5 mins 6 secs ago"),
        ("-04:05:06.5", "@ 4 hours 5 mins 6.5 secs ago"),
        ("3 days", "@ 3 days"),
        (
            "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775807",
            "@ 178956970 years 8 mons 2147483648 days 2562047788 hours 54.775807 secs ago"
        ),
        ("infinity", "infinity"),
        ("-1 mon +1 day", "@ 1 mon -1 days ago"),
        ("-0.5 s", "@ 0.5 secs ago"),
        ("1 year 3 days", "@ 1 year 3 days"),
        ("1 min", "@ 1 min"),
        ("0", "0"),
        ("1 year 2 mons 3 days 04:05:06.7", "+1-2 +3 +4:05:06.7"),
        ("-1 year -2 mons +3 days -04:05:06.7", "-1-2 +3 -4:05:06.7"),
        ("-1 year -2 mons", "-1-2"),
        ("1 day -00:00:01", "+0-0 +1 -0:00:01"),
        ("-3 days -04:05:06", "-3 4:05:06"),
        ("-04:05:06.5", "-4:05:06.5"),
        ("3 days", "3 0:00:00"),
        (
            "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775807",
            "-178956970-8 -2147483648 -2562047788:00:54.775807"
        ),
        ("infinity", "infinity"),
        ("-1 mon +1 day", "-0-1 +1 +0:00:00"),
        ("-0.5 s", "-0:00:00.5"),
        ("1 year 3 days", "+1-0 +3 +0:00:00"),
        ("1 min", "0:01:00"),
        ("0", "PT0S"),
        ("1 year 2 mons 3 days 04:05:06.7", "P1Y2M3DT4H5M6.7S"),
        ("-1 year -2 mons +3 days -04:05:06.7", "P-1Y-2M3DT-4H-5M-6.7S"),
        ("-1 year -2 mons", "P-1Y-2M"),
        ("1 day -00:00:01", "P1DT-1S"),
        ("-3 days -04:05:06", "P-3DT-4H-5M-6S"),
        ("-04:05:06.5", "PT-4H-5M-6.5S"),
        ("3 days", "P3D"),
        (
            "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775807",
            "P-178956970Y-8M-2147483648DT-2562047788H-54.775807S"
        ),
        ("infinity", "infinity"),
        ("-1 mon +1 day", "P-1M1D"),
        ("-0.5 s", "PT-0.5S"),
        ("1 year 3 days", "P1Y3D"),
        ("1 min", "PT1M"),
    ]

    @Test func times() throws {
        try expectBothWays(PostgresTime.self, Self.times)
        #expect(PostgresTime(hour: 24, minute: 0) == .endOfDay)
        #expect(PostgresTime(hour: 24, minute: 0, microsecond: 1) == nil)
        #expect(PostgresTime(hour: 12, minute: 60) == nil && PostgresTime(hour: -1, minute: 0) == nil)
        #expect(PostgresTime(hour: .max, minute: .max, second: .min, microsecond: .max) == nil)
        #expect(PostgresTime(microsecondsSinceMidnight: -1) == nil)
        #expect(PostgresTime(microsecondsSinceMidnight: 86_400_000_001) == nil)
        let time = try #require(PostgresTime("12:34:56.789"))
        #expect((time.hour, time.minute, time.second, time.microsecond) == (12, 34, 56, 789_000))
        #expect(.midnight < time && time < .endOfDay)
        #expect(throws: WireError.invalidValue) { try decoded(PostgresTime.self, hex("000000141dd76001"), .time) }
        #expect(throws: WireError.invalidValue) { try decoded(PostgresTime.self, hex("ffffffffffffffff"), .time) }
        for text in [
            "", "12:34", "1:02:03", "24:00:01", "12:60:00", "12:00:60", "12:00:00.", "12:00:00.1234567", "-1:00:00",
        ] {
            #expect(PostgresTime(text) == nil, "\(text)")
        }
    }

    @Test func timesWithZones() throws {
        try expectBothWays(PostgresTimeWithTimeZone.self, Self.zonedTimes)
        let time = try #require(PostgresTimeWithTimeZone("12:00:00-08"))
        #expect(time.secondsFromUTC == -28800 && time.time == PostgresTime(hour: 12, minute: 0))
        #expect(PostgresTimeWithTimeZone(time: .midnight, secondsFromUTC: 57_600) == nil)
        #expect(PostgresTimeWithTimeZone(time: .midnight, secondsFromUTC: .min) == nil)
        for text in ["12:00:00", "12:00:00+16", "12:00:00 +01", "12:00:00+5", "12:00:00Z", "12:00:00+01:60"] {
            #expect(PostgresTimeWithTimeZone(text) == nil, "\(text)")
        }
        for bytes in ["0000000000000000 80000000", "0000000000000000 0000e100", "0000000000000000 ffff1f00"] {
            #expect(throws: WireError.invalidValue) { try decoded(PostgresTimeWithTimeZone.self, hex(bytes), .timetz) }
        }
        let sorted = ["12:00:00+02", "11:00:00+01", "10:00:00+00", "10:00:00-01"].compactMap(
            PostgresTimeWithTimeZone.init)
        #expect(sorted.count == 4 && sorted.shuffled().sorted() == sorted)
    }

    @Test func intervals() throws {
        try expectBothWays(PostgresInterval.self, Self.intervals)
        // Read in both forms, but sent as the word.
        for (text, bytes) in [
            ("infinity", "7fffffffffffffff7fffffff7fffffff"), ("-infinity", "80000000000000008000000080000000"),
        ] {
            let interval = try decoded(PostgresInterval.self, hex(bytes), .interval)
            #expect(interval.description == text && PostgresInterval(text) == interval && !interval.isFinite)
            #expect(try decoded(PostgresInterval.self, text: text, .interval) == interval)
            #expect(try encoded(interval) == Array(text.utf8) && interval.postgresFormat == .text)
        }
        #expect(!PostgresInterval.infinity.isFinite && PostgresInterval.infinity.description == "infinity")
        #expect(PostgresInterval(months: 1) != PostgresInterval(days: 30))
    }

    @Test(arguments: styles)
    func otherStyles(_ vector: (given: String, written: String)) throws {
        let interval = try #require(PostgresInterval(vector.written), "\(vector.written)")
        // The server takes shorter units.
        let given = vector.given.replacing(" s", with: " sec")
        #expect(interval == PostgresInterval(given), "\(vector.written) is \(interval)")
        #expect(try decoded(PostgresInterval.self, text: vector.written, .interval) == interval)
    }

    @Test func whatIsNoInterval() {
        let wrong = [
            "", " ", "@", "@ ", "P", "PT", "P1", "P1H", "PT1D", "P1Y2Y", "P1.5Y", "PT1.1234567S", "1", "-",
            "1 fortnight",
            "1 day 1 day", "1.5 days", "ago", "1 day ago ago", "1 day ago 2 hours", "1:2", "1:60:00", "01:00:60",
            "1-12",
            "1-2-3", "1-2 1 year", "2147483648 days", "178956970 years 8 mons", "2562047788:00:54.775808",
            "99999999999999999999 days", "9223372036854775807 years", "9223372036854775807 hours", "infinity ago",
            "Infinity", "1 day 04:05:06x", "--1 day", "1 day-", "1 2 3", "-P1Y", "p1y", "P1Y ", "1\tday", "1 Day", "\0",
        ]
        for text in wrong {
            #expect(PostgresInterval(text) == nil, "\(text)")
            #expect(throws: WireError.invalidValue, "\(text)") {
                try decoded(PostgresInterval.self, text: text, .interval)
            }
        }
        let written = [
            "1 hour 30 minutes": PostgresInterval(microseconds: 5_400_000_000), "2 weeks": PostgresInterval(days: 14),
            "1 month 1 second": PostgresInterval(months: 1, microseconds: 1_000_000), "P2W": PostgresInterval(days: 14),
            "04:05": PostgresInterval(microseconds: 14_700_000_000),
            "1.5 secs": PostgresInterval(microseconds: 1_500_000),
            "-0.000001 sec": PostgresInterval(microseconds: -1),
            "-3 days 04:00:00": PostgresInterval(
                days: -3, microseconds: 14_400_000_000),
        ]
        for (text, interval) in written { #expect(PostgresInterval(text) == interval, "\(text)") }
    }

    @Test func durations() throws {
        #expect(PostgresInterval(.seconds(90))?.description == "00:01:30")
        #expect(PostgresInterval(.microseconds(Int64.min))?.microseconds == .min)
        #expect(PostgresInterval(.nanoseconds(1)) == nil)
        #expect(PostgresInterval(.seconds(Int64.max)) == nil)
        #expect(Duration(PostgresInterval(microseconds: -1_500_000)) == .milliseconds(-1500))
        #expect(Duration(PostgresInterval(microseconds: .min)) == .microseconds(Int64.min))
        #expect(Duration(PostgresInterval(days: 1)) == nil && Duration(.infinity as PostgresInterval) == nil)
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func randomValues(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var times: [PostgresTime] = []
        var zoned: [PostgresTimeWithTimeZone] = []
        var intervals: [PostgresInterval] = []
        var timestamps: [PostgresTimestamp] = []
        for _ in 0..<300 {
            let time = try #require(
                PostgresTime(microsecondsSinceMidnight: .random(in: 0...86_400_000_000, using: &generator)))
            times.append(time)
            let zone = Int32.random(in: -57_599...57_599, using: &generator)
            zoned.append(try #require(PostgresTimeWithTimeZone(time: time, secondsFromUTC: zone)))
            // Each number now small, now of full width.
            func bits() -> Int64 { Int64(bitPattern: generator.next()) >> Int64.random(in: 0...63, using: &generator) }
            intervals.append(
                PostgresInterval(
                    months: Int32(truncatingIfNeeded: bits()), days: Int32(truncatingIfNeeded: bits()),
                    microseconds: bits()))
            timestamps.append(PostgresTimestamp(microsecondsSince2000: bits()))
        }
        try expectRoundTrip(times)
        try expectRoundTrip(zoned)
        try expectRoundTrip(intervals)
        try expectRoundTrip(timestamps)
        try expectRoundTrip(
            timestamps.map { PostgresTimestampWithTimeZone(microsecondsSince2000: $0.microsecondsSince2000) })
    }
}
