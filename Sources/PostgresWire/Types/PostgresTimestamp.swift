/// A date and time of day without a time zone, as PostgreSQL's `timestamp` holds it.
///
/// ```swift
/// let noon = PostgresTimestamp(PostgresDateTimeComponents(year: 2024, month: 2, day: 29, hour: 12))
/// print(noon?.description ?? "no such time")  // 2024-02-29 12:00:00
/// ```
///
/// Source: PostgreSQL manual, "Date/Time Types"; `src/backend/utils/adt/timestamp.c` (`timestamp_send`).
@frozen
public struct PostgresTimestamp: Hashable, Sendable {
    /// The number of microseconds since 2000-01-01 00:00:00; the outermost two numbers are the infinities.
    public let microsecondsSince2000: Int64

    @inlinable
    public init(microsecondsSince2000: Int64) {
        self.microsecondsSince2000 = microsecondsSince2000
    }

    /// Later than every other time.
    public static let infinity = PostgresTimestamp(microsecondsSince2000: .max)
    /// Earlier than every other time.
    public static let negativeInfinity = PostgresTimestamp(microsecondsSince2000: .min)

    /// Whether this is a time, and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .negativeInfinity }

    /// Makes a time from its fields; nil if there is no such time.
    public init?(_ components: PostgresDateTimeComponents) {
        guard let microseconds = PostgresCalendar.microseconds(components) else { return nil }
        microsecondsSince2000 = microseconds
    }

    /// The fields of the time; nil for the infinities.
    public var components: PostgresDateTimeComponents? {
        isFinite ? PostgresCalendar.components(ofMicroseconds: microsecondsSince2000) : nil
    }
}

extension PostgresTimestamp: Comparable {
    public static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
        left.microsecondsSince2000 < right.microsecondsSince2000
    }
}

extension PostgresTimestamp: LosslessStringConvertible {
    /// The time in ISO style: `2024-02-29 12:34:56.789`, `infinity`.
    public var description: String {
        guard let components else { return self == .infinity ? "infinity" : "-infinity" }
        return PostgresDateTimeText.describe(components, zone: "")
    }

    /// Reads ``description``'s format; nil for any other text.
    public init?(_ description: String) {
        self.init(utf8: Array(description.utf8))
    }

    init?(utf8: [UInt8]) {
        switch PostgresDateTimeText.timestamp(utf8, hasZone: false) {
        case .infinity: self = .infinity
        case .negativeInfinity: self = .negativeInfinity
        case .finite(let microseconds): microsecondsSince2000 = microseconds
        case nil: return nil
        }
    }
}

extension PostgresTimestamp: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .timestampArray }
    public var postgresType: PostgresOID { .timestamp }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(microsecondsSince2000)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .timestamp }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .timestamp else { throw .typeMismatch }
        switch format {
        case .binary:
            self.init(microsecondsSince2000: try reader.readInt64())
            try reader.expectEnd()
        case .text:
            guard let time = PostgresTimestamp(utf8: reader.readRemainingBytes()) else { throw .invalidValue }
            self = time
        }
    }
}
