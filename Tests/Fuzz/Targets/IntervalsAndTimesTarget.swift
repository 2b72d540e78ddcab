import PostgresWire

/// `time`, `timetz` and `interval`, the last in all styles.
enum IntervalsAndTimesTarget: FuzzTarget {
    static let name = "intervals-and-times"
    static let maximumLength = 96

    private static let types: [PostgresOID] = [.interval, .time, .timetz]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkText(PostgresTime.self, bytes, type, format)
        try Codec.checkText(PostgresTimeWithTimeZone.self, bytes, type, format)
        try Codec.checkText(PostgresInterval.self, bytes, type, format)
        if let time = try? Codec.decode(PostgresTime.self, bytes, type, format) {
            let again = PostgresTime(
                hour: time.hour, minute: time.minute, second: time.second, microsecond: time.microsecond)
            try require(again == time, "the fields of \(time) make \(String(describing: again))")
        }
        if let interval = try? Codec.decode(PostgresInterval.self, bytes, type, format),
            let duration = Duration(interval)
        {
            try require(PostgresInterval(duration) == interval, "\(interval) lasts \(duration)")
        }
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            PostgresTime.midnight, PostgresTime.endOfDay, PostgresInterval.infinity, PostgresInterval.negativeInfinity,
            PostgresInterval(months: -14, days: 3, microseconds: -4_500_000), PostgresInterval(microseconds: .min),
        ]
        let times = ["00:00:00", "12:34:56.789", "24:00:00", "23:59:59.999999", "12:34", "12:60:00"]
        let intervals = [
            "1 year 2 mons -3 days +04:05:06.7", "-178956970 years -8 mons", "infinity", "-infinity", "00:00:00",
            "@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs ago", "@ 0", "+1-2 -3 +4:05:06.7", "-3 4:05:06", "0",
            "P1Y2M3DT4H5M6.7S", "PT0S", "P-1Y-2M", "2562047788:00:54.775807", "2 weeks", "1 2 3",
            "99999999999999999999",
        ]
        return values.map { Codec.seed($0, in: types) }
            + times.flatMap { Codec.seeds(.time, text: $0, in: types) }
            + ["+00", "-08", "+15:59:59", "+16"].flatMap { Codec.seeds(.timetz, text: "12:34:56" + $0, in: types) }
            + intervals.flatMap { Codec.seeds(.interval, text: $0, in: types) }
    }

    static let dictionary: [[UInt8]] = [
        "infinity", " ago", "@ ", " year", " mons", " days", " hours", " min", " secs", " weeks", "P", "T", "Y", "M",
        "D",
        "H", "S", "W", "04:05:06", ".999999", "+", "-", "1-2", "178956970", "2562047788", "9223372036854775807",
    ].map { [UInt8](text: $0) }
}
