import PostgresWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `numeric`, as our own type and as Foundation's.
enum NumericTarget: FuzzTarget {
    static let name = "numeric"
    static let maximumLength = 96

    private static let types: [PostgresOID] = [.numeric]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        // What Foundation cannot hold exactly it must refuse, never round.
        let decimal = try Codec.check(Decimal.self, bytes, type, format, isSame: { $0 == $1 || ($0.isNaN && $1.isNaN) })
        guard let number = try Codec.check(PostgresNumeric.self, bytes, type, format) else {
            try require(decimal == nil, "Decimal reads \(bytes), which is no numeric")
            return
        }
        if let decimal, !decimal.isNaN {
            let back = PostgresNumeric(decimal)
            try require(back == number, "\(number) became \(decimal)")
        }
        let whole = Int64(exactly: number)
        if let whole { try require(PostgresNumeric(whole) == number, "\(number) became \(whole)") }
        if let cents = Int64(exactly: number, scale: 2), let whole {
            try require(
                whole.multipliedReportingOverflow(by: 100) == (cents, false), "\(number) became \(cents) hundredths")
        }
        try require((number < number) == false, "\(number) is less than itself")
        // A number may have a hundred thousand places: those cost too much to be printed every time.
        let isShort = format == .text || (number.scale < 64 && (bytes[2] == 0 || bytes[2] == 0xFF))
        guard isShort || input.count % 16 == 0 else { return }
        try Codec.checkText(PostgresNumeric.self, bytes, type, format)
        try require(PostgresNumeric(number.description) == number, "\(number) is not its own description")
        _ = Double(number)
    }

    static var seeds: [[UInt8]] {
        let texts = [
            "0", "0.00", "-0", "1", "10000", "-1", "19.90", "0.0001", "0.00010000",
            "123456789012345678901234567890.1234567",
            "9223372036854775807", "-9223372036854775808", "9223372036854775808", "NaN", "Infinity", "-Infinity", "1e5",
            "+1",
            ".5", "5.", "00012.3400", "99999999999999999999999999999999999999",
            "340282366920938463463374607431768211456",
            "", "-", ".", "1.2.3", "--1", " 1", "1 ",
        ]
        let values = texts.compactMap { PostgresNumeric($0) }.map { Codec.seed($0, in: types) }
        let odd: [[UInt8]] = [
            [0, 1, 0x7F, 0xFF, 0, 0, 0, 0, 0, 1], [0, 1, 0x80, 0, 0, 0, 0x3F, 0xFF, 0, 1],
            [0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5],
            [0, 2, 0, 1, 0, 0, 0, 0, 0, 5, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10], [0, 0, 0, 0, 0xC0, 0, 0, 0],
            [0, 0, 0, 0, 0xD0, 0, 0, 0], [0, 0, 0, 0, 0xF0, 0, 0, 0], [0, 0, 0, 0, 0x40, 0, 0, 2],
            [0, 1, 0, 0, 0, 0, 0xFF, 0xFF, 0, 1],
        ]
        return values + texts.flatMap { Codec.seeds(.numeric, text: $0, in: types) }
            + odd.map { Codec.seed(.numeric, .binary, $0, in: types) }
    }

    static let dictionary: [[UInt8]] =
        ["NaN", "Infinity", "-Infinity", "0000", "9999", ".", "-", "e5"].map { [UInt8](text: $0) }
        + [[0x40, 0], [0xC0, 0], [0xD0, 0], [0xF0, 0], [0x27, 0x0F], [0x27, 0x10], [0x7F, 0xFF], [0x80, 0]]
}
