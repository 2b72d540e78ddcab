import PostgresWire

/// Arrays of every element type that has a decoder of its own for them.
enum ArraysTarget: FuzzTarget {
    static let name = "arrays"
    static let maximumLength = 192

    private static let types: [PostgresOID] = [
        .int2Array, .int4Array, .int8Array, .float4Array, .float8Array, .boolArray, .textArray, .varcharArray,
        .byteaArray,
        .numericArray, .uuidArray, .dateArray, .timestampArray, .timestamptzArray, .jsonbArray, .oidArray, .int2vector,
        .oidvector, .charArray, PostgresOID(rawValue: 16_400),
    ]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.check([Int16].self, bytes, type, format)
        try Codec.check([Int32].self, bytes, type, format)
        try Codec.check([Int64].self, bytes, type, format)
        try Codec.check([Int].self, bytes, type, format)
        try Codec.check([Int32?].self, bytes, type, format)
        try Codec.check([Float].self, bytes, type, format, isSame: { $0.elementsEqual($1, by: same) })
        try Codec.check([Double].self, bytes, type, format, isSame: { $0.elementsEqual($1, by: same) })
        try Codec.check([Bool].self, bytes, type, format)
        try Codec.check([String].self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.check([String?].self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.check([[UInt8]].self, bytes, type, format)
        try Codec.check([PostgresNumeric].self, bytes, type, format)
        try Codec.check([PostgresUUID].self, bytes, type, format)
        try Codec.check([PostgresDate?].self, bytes, type, format)
        try Codec.check([PostgresTimestamp].self, bytes, type, format)
        try Codec.check([PostgresTimestampWithTimeZone].self, bytes, type, format)
        try Codec.check([PostgresJSON].self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.check([PostgresOID].self, bytes, type, format)
        try Codec.check(PostgresArray<Int32?>.self, bytes, type, format)
        try Codec.check(PostgresArray<PostgresUUID>.self, bytes, type, format)
        try Codec.check(PostgresArray<String?>.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn(PostgresArray<Int16?>.self, bytes, .int2Array, format)
        try Codec.checkOwn(PostgresArray<[UInt8]?>.self, bytes, .byteaArray, format)
    }

    private static func same<Number: BinaryFloatingPoint>(_ left: Number, _ right: Number) -> Bool {
        left == right || (left.isNaN && right.isNaN)
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            [] as [Int32], [1, -2, 3] as [Int16], [1, 2] as [Int32], [1, nil, 3] as [Int32?], [1, 2] as [Int64],
            [1.5, .nan] as [Float],
            [1.5, -.infinity] as [Double], [true, false], ["a", "b,c", "\"", "NULL", ""], ["a", nil] as [String?],
            [[1, 2], []] as [[UInt8]], [PostgresNumeric(12345), PostgresNumeric.nan], [PostgresUUID(high: 1, low: 2)],
            [PostgresDate(daysSince2000: 1), nil] as [PostgresDate?], [PostgresTimestamp(microsecondsSince2000: 1)],
            [PostgresTimestampWithTimeZone(microsecondsSince2000: 1)], [PostgresJSON("{}")], [PostgresOID.int4],
        ]
        let texts = [
            "{}", "{1,2,3}", "{NULL,1}", "{\"a\",b,\"c\\\"d\",NULL,\"NULL\"}", "{{1,2},{3,4}}", "{{},{}}",
            "[2:3]={1,2}",
            "[0:1][-1:0]={{1,2},{3,4}}", "{t,f}", "{1.5,NaN}", "{\"\\\\x00ff\"}", "{ 1 , 2 }", "{1,}", "{,1}", "{1",
            "1}", "{\"a}", "{{1},2}",
            "{2024-02-29,infinity}", "{\"2024-02-29 12:00:00\"}", "{{{{{{1}}}}}}", "{{{{{{{1}}}}}}}", "1 2 3",
            "[1:99999999999]={1}",
        ]
        let odd: [[UInt8]] = [
            [
                0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0,
                0, 9,
            ],
            [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1],
            [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 23], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 0, 0, 0, 0, 1],
            [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1, 255, 255, 255, 255],
        ]
        return values.map { Codec.seed($0, in: types) }
            + texts.flatMap { text in
                ([.int4Array, .textArray, .float8Array, PostgresOID(rawValue: 16_400)] as [PostgresOID]).flatMap {
                    Codec.seeds($0, text: text, in: types)
                }
            } + odd.map { Codec.seed(.int4Array, .binary, $0, in: types) }
    }

    static let dictionary: [[UInt8]] =
        ["{", "}", "{}", ",", "NULL", "\"", "\\\"", "\\\\", "[1:2]=", "{{", "}}", "]={"].map { [UInt8](text: $0) }
        + [
            [0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 23], [0, 0, 0, 20], [0, 0, 0, 21], [0, 0, 0, 25], [255, 255, 255, 255],
            [0, 0, 0, 4], [0, 0, 0, 8], [0, 0, 0, 2], [0, 0, 0, 1], [0, 0, 0x02, 0xBD], [0, 0, 0x06, 0xA4],
        ]
}
