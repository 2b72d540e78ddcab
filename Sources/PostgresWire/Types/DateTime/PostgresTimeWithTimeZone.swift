/// A time of day at a distance from UTC, as PostgreSQL's `timetz` holds it.
///
/// ```swift
/// let noon = PostgresTimeWithTimeZone("12:00:00+05:30")
/// print(noon?.secondsFromUTC ?? 0)  // 19800
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/date.c` (`timetz_send`).
public struct PostgresTimeWithTimeZone: Hashable, Sendable {
    /// The time of day where ``secondsFromUTC`` applies.
    public let time: PostgresTime

    /// How many seconds the clock is ahead of UTC: positive in the east, less than 16 hours either way.
    public let secondsFromUTC: Int32

    /// The widest distance from UTC that PostgreSQL knows, in seconds.
    private static let zones: ClosedRange<Int32> = -57_599...57_599

    /// Makes a time; nil if the zone is 16 hours or more from UTC.
    public init?(time: PostgresTime, secondsFromUTC: Int32) {
        guard Self.zones.contains(secondsFromUTC) else { return nil }
        self.time = time
        self.secondsFromUTC = secondsFromUTC
    }

    /// The same moment in UTC as microseconds since midnight there, negative for the day before.
    private var microsecondsInUTC: Int64 {
        time.microsecondsSinceMidnight - Int64(secondsFromUTC) * 1_000_000
    }
}

extension PostgresTimeWithTimeZone: Comparable {
    /// Compares as the server does: by the moment, and of two names of one moment the one further east is the lesser.
    public static func < (left: PostgresTimeWithTimeZone, right: PostgresTimeWithTimeZone) -> Bool {
        (left.microsecondsInUTC, -left.secondsFromUTC) < (right.microsecondsInUTC, -right.secondsFromUTC)
    }
}

extension PostgresTimeWithTimeZone: PostgresScalar {
    public static var postgresType: PostgresOID { .timetz }

    /// The time in ISO style: `12:34:56.789+05:30`.
    public var description: String {
        var text = time.description
        PostgresDateTimeText.append(zone: secondsFromUTC, to: &text)
        return text
    }

    /// Reads ``description``'s format; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let time = text.timeOfDay(), let zone = text.zone(), text.isAtEnd else { return nil }
        self.init(time: time, secondsFromUTC: Int32(zone))
    }

    /// - Throws: ``WireError/invalidValue`` for a time that is not within a day, and a zone beyond 16 hours.
    public init(binary reader: inout WireReader) throws(WireError) {
        let time = try PostgresTime(binary: &reader)
        // What is sent counts to the west.
        let (seconds, overflow) = (0 as Int32).subtractingReportingOverflow(try reader.readInt32())
        guard !overflow, let value = PostgresTimeWithTimeZone(time: time, secondsFromUTC: seconds)
        else { throw .invalidValue }
        self = value
    }

    public func encode(into writer: inout WireWriter) {
        time.encode(into: &writer)
        writer.write(-secondsFromUTC)
    }
}
