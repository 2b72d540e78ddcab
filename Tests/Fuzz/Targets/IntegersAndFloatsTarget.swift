import PostgresWire

/// `bool`, `"char"`, the integers, `oid` and the floating-point types.
enum IntegersAndFloatsTarget: FuzzTarget {
    static let name = "integers-and-floats"
    static let maximumLength = 64

    private static let types: [PostgresOID] = [
        .int2, .int4, .int8, .oid, .float4, .float8, .bool, .char, .xid, .cid, .text,
    ]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.check(Bool.self, bytes, type, format)
        try Codec.check(Int16.self, bytes, type, format)
        try Codec.check(Int32.self, bytes, type, format)
        try Codec.check(UInt8.self, bytes, type, format)
        try Codec.check(UInt32.self, bytes, type, format)
        try Codec.check(PostgresOID.self, bytes, type, format)
        let narrow = try Codec.check(Int.self, bytes, type, format)
        let wide = try Codec.check(Int64.self, bytes, type, format)
        try require(narrow.map(Int64.init) == wide, "Int reads \(String(describing: narrow)), Int64 another")
        if let wide, format == .text {
            // The other way from digits to a number.
            let number = String(validating: bytes, as: UTF8.self).flatMap { Int64($0) }
            try require(number == wide, "\(bytes) is read as \(wide)")
        }
        try Codec.check(Float.self, bytes, type, format, isSame: { same(Double($0), Double($1)) })
        let double = try Codec.check(Double.self, bytes, type, format, isSame: same)
        guard let double, type == .float8 else { return }
        let text = PostgresValue.float(double).description
        let again = try? Codec.decode(Double.self, Array(text.utf8), .float8, .text)
        try require(again.map { same($0, double) } ?? false, "\(double) is printed as \(text)")
    }

    /// Equal to the sign of zero; every NaN is the same.
    private static func same(_ left: Double, _ right: Double) -> Bool {
        left.isNaN ? right.isNaN : left == right && left.sign == right.sign
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            true, false, UInt8(0), UInt8(200), Int16.min, Int16.max, Int32.min, Int32(-1), Int64.min, Int64.max,
            Int64(10_000),
            PostgresOID(rawValue: .max), Float(0.1), -Float.zero, Float.nan, Float.infinity, Double.pi,
            -Double.infinity,
            Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, 1e15, 1e-5, 9007199254740993.0,
        ]
        let texts = [
            "0", "-0", "1", "-32768", "32767", "-2147483648", "4294967295", "-9223372036854775808",
            "9223372036854775807",
            "9223372036854775808", "+5", " 5", "5 ", "007", "1e5", "1.5", "-1.5e-300", "NaN", "Infinity", "-Infinity",
            "inf",
            "0x10", "1_000", "t", "f", "true", "\\001", "\\377", "\\400", "", "1.7976931348623157e+308", "4.9e-324",
            "1e400",
            ".5", "5.", "-", "e", "1e", "nan", "-nan",
        ]
        return values.map { Codec.seed($0, in: types) }
            + texts.flatMap { text in
                ([.int8, .float8, .float4, .bool, .char] as [PostgresOID]).flatMap {
                    Codec.seeds($0, text: text, in: types)
                }
            }
    }

    static let dictionary: [[UInt8]] =
        [
            "NaN", "Infinity", "-Infinity", "e+", "e-", "1e308", "0x", "9223372036854775807", "-9223372036854775808",
            "\\3",
        ].map {
            [UInt8](text: $0)
        }
        + [[0x7F, 0xF8, 0, 0, 0, 0, 0, 0], [0x7F, 0xF0, 0, 0, 0, 0, 0, 0], [0x80, 0, 0, 0], [0x7F, 0xC0, 0, 0]]
}
