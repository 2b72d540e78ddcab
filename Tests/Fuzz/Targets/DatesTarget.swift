import PostgresWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `date`, `timestamp` and `timestamptz`, as our own types and as Foundation's.
enum DatesTarget: FuzzTarget {
    static let name = "dates"
    static let maximumLength = 64

    private static let types: [PostgresOID] = [.date, .timestamp, .timestamptz]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkText(PostgresDate.self, bytes, type, format)
        try Codec.checkText(PostgresTimestamp.self, bytes, type, format)
        try Codec.checkText(PostgresTimestampWithTimeZone.self, bytes, type, format)
        // A double holds fewer microseconds than the server does: only what it holds comes back as it was.
        try Codec.check(
            Date.self, bytes, type, format, mayRefuse: [.outOfRange],
            isSame: {
                abs($0.timeIntervalSinceReferenceDate - $1.timeIntervalSinceReferenceDate) <= 1e-6 + abs(
                    $0.timeIntervalSinceReferenceDate) * 1e-15
            })
        try checkComponents(bytes, type, format)
    }

    /// The fields of a day or a time make the same again.
    private static func checkComponents(_ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat) throws {
        switch type {
        case .date:
            guard let date = try? Codec.decode(PostgresDate.self, bytes, type, format) else { return }
            guard let fields = date.components else { return try require(!date.isFinite, "\(date) has no fields") }
            let again = PostgresDate(year: fields.year, month: fields.month, day: fields.day)
            try require(again == date, "\(fields) is \(String(describing: again)), not \(date)")
        case .timestamp:
            guard let time = try? Codec.decode(PostgresTimestamp.self, bytes, type, format) else { return }
            guard let fields = time.components else { return try require(!time.isFinite, "\(time) has no fields") }
            let again = PostgresTimestamp(fields)
            try require(again == time, "\(fields) is \(String(describing: again)), not \(time)")
        default:
            guard let time = try? Codec.decode(PostgresTimestampWithTimeZone.self, bytes, type, format) else { return }
            guard let microseconds = time.microsecondsSince1970 else { return }
            let again = PostgresTimestampWithTimeZone(microsecondsSince1970: microseconds)
            try require(again == time, "\(microseconds) is \(String(describing: again)), not \(time)")
        }
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            PostgresDate(daysSince2000: 0), PostgresDate.infinity, PostgresDate.negativeInfinity,
            PostgresDate(daysSince2000: .max - 1), PostgresDate(daysSince2000: .min + 1),
            PostgresDate(daysSince2000: -730_500),
            PostgresTimestamp(microsecondsSince2000: -1), PostgresTimestamp.infinity,
            PostgresTimestamp.negativeInfinity,
            PostgresTimestamp(microsecondsSince2000: .max - 1), PostgresTimestamp(microsecondsSince2000: .min + 1),
            PostgresTimestampWithTimeZone(microsecondsSince2000: 1), PostgresTimestampWithTimeZone.infinity,
            PostgresTimestampWithTimeZone(microsecondsSince2000: .min + 1), Date(timeIntervalSince1970: 0),
        ]
        let days = [
            "2024-02-29", "2023-02-29", "0044-03-15 BC", "0001-12-31 BC", "infinity", "-infinity", "5874897-12-31",
            "4713-01-01 BC", "0000-01-01", "2024-13-01", "2024-2-9", "", "2024-02-29 AD", "99999999999-01-01",
        ]
        let times =
            days.prefix(8).map { $0.hasPrefix("0") ? $0 : $0 + " 12:34:56.789" } + [
                "2024-02-29 24:00:00", "2024-02-29 23:59:60", "2024-02-29 12:34", "2024-02-29 12:34:56.1234567",
                "294276-12-31 23:59:59.999999", "4713-11-24 00:00:00 BC", "0044-03-15 12:00:00.5 BC",
            ]
        let zones = ["+00", "+05:30", "-08", "+15:59:59", "-00:00:01", "+99", "Z", " UTC"]
        return values.map { Codec.seed($0, in: types) }
            + days.flatMap { Codec.seeds(.date, text: $0, in: types) }
            + times.flatMap { Codec.seeds(.timestamp, text: $0, in: types) }
            + zones.flatMap { Codec.seeds(.timestamptz, text: "2024-02-29 12:34:56.789" + $0, in: types) }
            + Codec.seeds(
                .timestamptz, text: "0044-03-15 12:00:00+00 BC", "infinity", "294277-01-01 00:00:00+00", in: types)
    }

    static let dictionary: [[UInt8]] = [
        "infinity", "-infinity", " BC", "-02-29", "-12-31", " 23:59:59.999999", " 24:00:00", "+00", "+05:30",
        "-15:59:59",
        "294276", "5874897", "4713", "0000", "9999",
    ].map { [UInt8](text: $0) }
}
