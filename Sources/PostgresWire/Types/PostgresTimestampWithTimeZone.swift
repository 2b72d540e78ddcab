/// An instant, as PostgreSQL's `timestamptz` holds it: without the zone in which it was written.
///
/// ```swift
/// let noon = PostgresTimestampWithTimeZone(PostgresDateTimeComponents(year: 2024, month: 2, day: 29, hour: 12))
/// print(noon?.description ?? "no such time")  // 2024-02-29 12:00:00+00
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/timestamp.c` (`timestamptz_send`).
@frozen
public struct PostgresTimestampWithTimeZone: Hashable, Sendable {
    /// The number of microseconds since 2000-01-01 00:00:00 UTC; the outermost two numbers are the infinities.
    public let microsecondsSince2000: Int64

    @inlinable
    public init(microsecondsSince2000: Int64) {
        self.microsecondsSince2000 = microsecondsSince2000
    }

    /// Later than every other time.
    public static let infinity = PostgresTimestampWithTimeZone(microsecondsSince2000: .max)
    /// Earlier than every other time.
    public static let negativeInfinity = PostgresTimestampWithTimeZone(microsecondsSince2000: .min)

    /// Whether this is a time, and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }

    /// Makes a time from its fields in UTC; nil if there is no such time.
    public init?(_ components: PostgresDateTimeComponents) {
        guard let microseconds = PostgresCalendar.microseconds(components) else { return nil }
        microsecondsSince2000 = microseconds
    }

    /// The fields of the time in UTC; nil for the infinities.
    public var components: PostgresDateTimeComponents? {
        isFinite ? PostgresCalendar.components(ofMicroseconds: microsecondsSince2000) : nil
    }

    /// Makes an instant from the microseconds since 1970-01-01 00:00:00 UTC; nil if it is beyond what can be counted
    /// from 2000.
    public init?(microsecondsSince1970: Int64) {
        let (difference, overflow) = microsecondsSince1970.subtractingReportingOverflow(
            PostgresCalendar.microsecondsFromUnixEpoch)
        guard !overflow, difference != .min else { return nil }
        microsecondsSince2000 = difference
    }

    /// The microseconds since 1970-01-01 00:00:00 UTC; nil for the infinities and for instants so late that 64 bits do
    /// not hold the number.
    public var microsecondsSince1970: Int64? {
        guard isFinite else { return nil }
        let (sum, overflow) = microsecondsSince2000.addingReportingOverflow(PostgresCalendar.microsecondsFromUnixEpoch)
        return overflow ? nil : sum
    }
}

extension PostgresTimestampWithTimeZone: Comparable {
    public static func < (left: PostgresTimestampWithTimeZone, right: PostgresTimestampWithTimeZone) -> Bool {
        left.microsecondsSince2000 < right.microsecondsSince2000
    }
}

extension PostgresTimestampWithTimeZone: LosslessStringConvertible {
    /// The time in ISO style in UTC: `2024-02-29 12:34:56.789+00`, `infinity`.
    public var description: String {
        guard let components else { return self == .infinity ? "infinity" : "-infinity" }
        return PostgresDateTimeText.describe(components, zone: "+00")
    }

    /// Reads ``description``'s format with any zone (`+05:30`); nil for any other text.
    public init?(_ description: String) {
        self.init(utf8: Array(description.utf8))
    }

    init?(utf8: [UInt8]) {
        switch PostgresDateTimeText.timestamp(utf8, hasZone: true) {
        case .infinity: self = .infinity
        case .negativeInfinity: self = .negativeInfinity
        case .finite(let microseconds): microsecondsSince2000 = microseconds
        case nil: return nil
        }
    }
}

extension PostgresTimestampWithTimeZone: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .timestamptzArray }
    public var postgresType: PostgresOID { .timestamptz }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(microsecondsSince2000)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .timestamptz }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .timestamptz else { throw .typeMismatch }
        if format == .binary {
            self.init(microsecondsSince2000: try reader.readInt64())
            try reader.expectEnd()
        } else {
            self = try PostgresTimestampWithTimeZone.decodeText(&reader)
        }
    }

    @usableFromInline
    static func decodeText(_ reader: inout WireReader) throws(WireError) -> PostgresTimestampWithTimeZone {
        guard let time = PostgresTimestampWithTimeZone(utf8: reader.readRemainingBytes()) else {
            throw .invalidValue
        }
        return time
    }
}
