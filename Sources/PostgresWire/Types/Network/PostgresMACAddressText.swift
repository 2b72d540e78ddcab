/// Hardware addresses in hexadecimal.
///
/// Source: PostgreSQL manual, "macaddr" and "macaddr8".
enum PostgresMACAddressText {
    /// The last `count` bytes of a number, the most significant first.
    static func bytes(_ value: UInt64, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64((count - 1 - $0) * 8)) }
    }

    static func describe(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ":")) }
            text.append(hexadecimalCharacter(byte >> 4))
            text.append(hexadecimalCharacter(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads pairs of digits; between any two of them may be a colon, a hyphen or a point, everywhere the same one.
    static func read(_ text: [UInt8]) -> [UInt8]? {
        guard text.count <= 23 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        var separator: UInt8?
        var isAfterSeparator = true
        for byte in text {
            if let digit = hexadecimalDigit(byte) {
                if let first = high { bytes.append(first << 4 | digit) }
                high = high == nil ? digit : nil
                isAfterSeparator = false
            } else {
                guard byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "."),
                    separator == nil || separator == byte, high == nil, !isAfterSeparator
                else { return nil }
                separator = byte
                isAfterSeparator = true
            }
        }
        return high == nil && !isAfterSeparator ? bytes : nil
    }
}
