/// A span of time, as PostgreSQL's `interval` holds it: months, days and microseconds apart from each other.
///
/// A month has no fixed number of days, nor a day of hours, so none of the three is ever turned into another. Two
/// intervals are equal in Swift if all three numbers are; the server's `=` takes 30 days for a month and 24 hours for a
/// day, so that more are equal to it.
///
/// ```swift
/// let interval = PostgresInterval(months: 14, days: 3, microseconds: 4_500_000)
/// print(interval)  // 1 year 2 mons 3 days 00:00:04.5
/// ```
///
/// Source: PostgreSQL manual, "Interval Input"; `src/backend/utils/adt/timestamp.c` (`interval_send`).
public struct PostgresInterval: Hashable, Sendable {
    /// The months, twelve for each year.
    public let months: Int32
    /// The days.
    public let days: Int32
    /// The hours, minutes and seconds, in microseconds.
    public let microseconds: Int64

    public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }

    /// Longer than every other interval; known to PostgreSQL from version 17 on.
    public static let infinity = PostgresInterval(months: .max, days: .max, microseconds: .max)
    /// Shorter than every other interval; known to PostgreSQL from version 17 on.
    public static let negativeInfinity = PostgresInterval(months: .min, days: .min, microseconds: .min)

    /// Whether this is a span, and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }
}

extension PostgresInterval {
    /// Makes an interval without months and days; nil if the duration is no whole number of microseconds, or too long.
    public init?(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (microseconds, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000)
        let total = Int128(seconds) * 1_000_000 + Int128(microseconds)
        guard rest == 0, let total = Int64(exactly: total) else { return nil }
        self.init(microseconds: total)
    }
}

extension Duration {
    /// The interval's hours, minutes and seconds; nil if it has months or days, whose length is not fixed.
    public init?(_ interval: PostgresInterval) {
        guard interval.months == 0, interval.days == 0 else { return nil }
        self = .microseconds(interval.microseconds)
    }
}

extension PostgresInterval: PostgresScalar {
    public static var postgresType: PostgresOID { .interval }

    // In binary a server before PostgreSQL 17 takes an infinity for a very long time; the word is an error to it.
    public var postgresFormat: PostgresFormat { isFinite ? .binary : .text }

    public static func arrayFormat(of elements: [PostgresInterval]) -> PostgresFormat {
        elements.allSatisfy(\.isFinite) ? .binary : .text
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        microseconds = try reader.readInt64()
        days = try reader.readInt32()
        months = try reader.readInt32()
    }

    public func encode(into writer: inout WireWriter) {
        guard isFinite else { return writer.write(utf8: description) }
        writer.write(microseconds)
        writer.write(days)
        writer.write(months)
    }

    /// The interval in the style `postgres`: `1 year 2 mons -3 days +04:05:06.7`, `infinity`.
    public var description: String {
        guard isFinite else { return self == .infinity ? "infinity" : "-infinity" }
        var text = ""
        var isAfterNegative = false
        for (count, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] where count != 0 {
            if !text.isEmpty { text.append(" ") }
            // A sign holds for what follows too, until the next one.
            if isAfterNegative, count > 0 { text.append("+") }
            text.append("\(count) \(unit)\(count == 1 ? "" : "s")")
            isAfterNegative = count < 0
        }
        guard microseconds != 0 || text.isEmpty else { return text }
        if !text.isEmpty { text.append(" ") }
        text.append(microseconds < 0 ? "-" : isAfterNegative ? "+" : "")
        PostgresDateTimeText.append(time: microseconds.magnitude, to: &text)
        return text
    }

    /// Reads an interval in any of the four styles in which the server writes it; nil for any other text.
    ///
    /// That is `1 year 2 mons -3 days +04:05:06.7` (`postgres`), `@ 1 year 2 mons ago` (`postgres_verbose`),
    /// `+1-2 -3 +4:05:06.7` (`sql_standard`) and `P1Y2M-3DT4H5M6.7S` (`iso_8601`). Units may be written out in full, in
    /// any order, each of them once; only seconds have a fraction, of at most six digits.
    public init?(utf8: [UInt8]) {
        switch PostgresDateTimeText.infinity(utf8) as PostgresDateTimeText.Value<Never>? {
        case .infinity: self = .infinity
        case .negativeInfinity: self = .negativeInfinity
        case nil:
            guard let interval = PostgresIntervalText.read(utf8) else { return nil }
            self = interval
        }
    }
}
