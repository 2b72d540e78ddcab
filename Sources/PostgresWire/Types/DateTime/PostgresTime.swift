/// A time of day, as PostgreSQL's `time` holds it: from 00:00:00 to 24:00:00, both included.
///
/// ```swift
/// let noon = PostgresTime(hour: 12, minute: 0)
/// print(noon?.description ?? "no such time")  // 12:00:00
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/date.c` (`time_send`).
public struct PostgresTime: Hashable, Sendable {
    /// The number of microseconds since midnight, 0 to 86,400,000,000.
    public let microsecondsSinceMidnight: Int64

    /// Makes a time; nil if the number is not within 0 to 86,400,000,000.
    public init?(microsecondsSinceMidnight: Int64) {
        guard (0...PostgresCalendar.microsecondsPerDay).contains(microsecondsSinceMidnight) else { return nil }
        self.microsecondsSinceMidnight = microsecondsSinceMidnight
    }

    /// Makes a time from its fields; nil if there is no such time.
    ///
    /// - Parameters:
    ///   - hour: 0 to 23, or 24 if all other fields are 0.
    ///   - minute: 0 to 59.
    ///   - second: 0 to 59; PostgreSQL knows no leap seconds.
    ///   - microsecond: The fraction of the second, 0 to 999,999.
    public init?(hour: Int, minute: Int, second: Int = 0, microsecond: Int = 0) {
        guard (0...24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
            (0..<1_000_000).contains(microsecond)
        else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + second)
        self.init(microsecondsSinceMidnight: seconds * 1_000_000 + Int64(microsecond))
    }

    /// 00:00:00, the first time of a day.
    public static let midnight = PostgresTime(unchecked: 0)
    /// 24:00:00, the end of a day.
    public static let endOfDay = PostgresTime(unchecked: PostgresCalendar.microsecondsPerDay)

    private init(unchecked microseconds: Int64) {
        microsecondsSinceMidnight = microseconds
    }

    /// The hour, 0 to 24.
    public var hour: Int { Int(microsecondsSinceMidnight / 3_600_000_000) }
    /// The minute, 0 to 59.
    public var minute: Int { Int(microsecondsSinceMidnight / 60_000_000 % 60) }
    /// The second, 0 to 59.
    public var second: Int { Int(microsecondsSinceMidnight / 1_000_000 % 60) }
    /// The fraction of the second, 0 to 999,999.
    public var microsecond: Int { Int(microsecondsSinceMidnight % 1_000_000) }
}

extension PostgresTime: Comparable {
    public static func < (left: PostgresTime, right: PostgresTime) -> Bool {
        left.microsecondsSinceMidnight < right.microsecondsSinceMidnight
    }
}

extension PostgresTime: PostgresScalar {
    public static var postgresType: PostgresOID { .time }

    /// The time in ISO style: `12:34:56.789`.
    public var description: String {
        var text = ""
        PostgresDateTimeText.append(time: microsecondsSinceMidnight.magnitude, to: &text)
        return text
    }

    /// Reads ``description``'s format; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let time = text.timeOfDay(), text.isAtEnd else { return nil }
        self = time
    }

    /// - Throws: ``WireError/invalidValue`` for a time that is not within a day.
    public init(binary reader: inout WireReader) throws(WireError) {
        guard let time = PostgresTime(microsecondsSinceMidnight: try reader.readInt64()) else { throw .invalidValue }
        self = time
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(microsecondsSinceMidnight)
    }
}
