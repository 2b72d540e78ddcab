import PostgresWire

/// Ranges and multiranges of every bound type, and arrays of them.
enum RangesTarget: FuzzTarget {
    static let name = "ranges"
    static let maximumLength = 192

    private static let types: [PostgresOID] = [
        .int4range, .int8range, .numrange, .daterange, .tsrange, .tstzrange, .int4multirange, .int8multirange,
        .nummultirange, .datemultirange, .tsmultirange, .tstzmultirange, .int4rangeArray, .nummultirangeArray,
    ]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try check(Int32.self, bytes, type, format)
        try check(Int64.self, bytes, type, format)
        try check(PostgresNumeric.self, bytes, type, format)
        try check(PostgresDate.self, bytes, type, format)
        try check(PostgresTimestamp.self, bytes, type, format)
        try check(PostgresTimestampWithTimeZone.self, bytes, type, format)
        try Codec.check([PostgresRange<Int32>?].self, bytes, type, format)
        try Codec.check([PostgresMultirange<PostgresNumeric>].self, bytes, type, format)
        if let range = try? Codec.decode(PostgresRange<Int32>.self, bytes, type, format) {
            if let half = Range(range) {
                try require(ClosedRange(range).map(Range.init) == half, "\(range) is both \(half) and something else")
                try require(range.contains(half.lowerBound) && !range.contains(half.upperBound), "\(range) has no ends")
            }
        }
    }

    private static func check<Bound: PostgresRangeBound>(
        _: Bound.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat
    ) throws {
        try Codec.checkText(PostgresRange<Bound>.self, bytes, type, format)
        try Codec.checkText(PostgresMultirange<Bound>.self, bytes, type, format)
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            PostgresRange<Int32>(1..<5), PostgresRange<Int64>(1...5), PostgresRange<Int64>.empty,
            PostgresRange<PostgresNumeric>(PostgresNumeric(1)...),
            PostgresRange<PostgresDate>(...PostgresDate.infinity), PostgresRange<PostgresTimestamp>.everything,
            PostgresRange(PostgresTimestampWithTimeZone(microsecondsSince2000: 5)...),
            PostgresMultirange<Int32>([.init(1..<5), .init(7...)]), PostgresMultirange<PostgresNumeric>([]),
            PostgresMultirange<PostgresTimestamp>([.init(..<PostgresTimestamp.infinity)]),
            [PostgresRange<Int32>(1..<5), .empty], [PostgresMultirange<PostgresNumeric>([.everything])],
        ]
        let texts: [(PostgresOID, String)] = [
            (.int4range, "[1,5)"), (.int4range, "empty"), (.int8range, "(,)"), (.int8range, "[\"1\",\"\\2\"]"),
            (.numrange, "[NaN,Infinity]"), (.daterange, "[2024-02-29,infinity)"),
            (.tsrange, "[\"2024-02-29 12:00:00\",)"), (.tstzrange, "(\"2024-02-29 12:00:00+00\",infinity]"),
            (.int4multirange, "{[1,5),[7,)}"), (.nummultirange, "{}"), (.int4rangeArray, "{\"[1,5)\",empty,NULL}"),
            (.nummultirangeArray, "{\"{[1,5)}\"}"), (.tsmultirange, "{[\"2024-02-29 12:00:00\",)}"),
        ]
        return values.map { Codec.seed($0, in: types) } + texts.flatMap { Codec.seeds($0.0, text: $0.1, in: types) }
    }

    static let dictionary: [[UInt8]] =
        ["empty", "[", "]", "(", ")", ",", "\"", "\"\"", "\\\\", "{", "}", "infinity", "NaN", "),["].map {
            [UInt8](text: $0)
        } + [[0, 0, 0, 4], [0, 0, 0, 8], [2], [6], [0x18], [1], [0, 0, 0, 1]]
}
