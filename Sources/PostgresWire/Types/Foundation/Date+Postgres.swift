#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// `timestamptz`, in Foundation's type, a double.
///
/// The microsecond survives in the years 1729 to 2272 only; ``PostgresTimestampWithTimeZone`` is exact everywhere, and
/// has the infinities.
extension Date: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .timestamptzArray }
    public var postgresType: PostgresOID { .timestamptz }
    public var postgresFormat: PostgresFormat { .binary }

    /// Writes the nearest microsecond; a date too far away for it is ``WireError/outOfRange``.
    public func encode(into writer: inout WireWriter) {
        guard let time = PostgresTimestampWithTimeZone(self) else { return writer.fail(.outOfRange) }
        time.encode(into: &writer)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .timestamptz }

    /// - Throws: ``WireError/outOfRange`` for the infinities.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard let date = Date(try PostgresTimestampWithTimeZone(from: &reader, type: type, format: format))
        else { throw .outOfRange }
        self = date
    }

    /// The double nearest to the instant; nil for the infinities.
    public init?(_ time: PostgresTimestampWithTimeZone) {
        let (microseconds, overflow) = time.microsecondsSince2000.subtractingReportingOverflow(
            Self.microsecondsToReferenceDate)
        guard time.isFinite, !overflow else { return nil }
        self.init(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000)
    }

    /// From 2000-01-01, where PostgreSQL counts from, to 2001-01-01, where Foundation does.
    fileprivate static let microsecondsToReferenceDate: Int64 = 366 * PostgresCalendar.microsecondsPerDay
}

extension PostgresTimestampWithTimeZone {
    /// The microsecond nearest to the date; nil for one too far away.
    public init?(_ date: Date) {
        // In one product the fraction would be rounded twice.
        let whole = date.timeIntervalSinceReferenceDate.rounded(.down)
        let fraction = ((date.timeIntervalSinceReferenceDate - whole) * 1_000_000).rounded()
        // NaN and the infinities are nil here.
        guard let seconds = Int64(exactly: whole), let part = Int64(exactly: fraction) else { return nil }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (microseconds, carried) = product.addingReportingOverflow(part + Date.microsecondsToReferenceDate)
        guard !overflow, !carried, microseconds != .max, microseconds != .min else { return nil }
        self.init(microsecondsSince2000: microseconds)
    }
}

extension Date: PostgresRangeBound {
    public static var rangeType: PostgresOID { .tstzrange }
    public static var multirangeType: PostgresOID { .tstzmultirange }
}
