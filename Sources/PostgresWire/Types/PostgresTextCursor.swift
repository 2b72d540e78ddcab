/// Walks through the bytes of a value's text.
struct PostgresTextCursor {
    /// What has not been read yet.
    var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The byte to be read next; nil at the end.
    var next: UInt8? { rest.first }

    /// Passes over the byte if it is the next one.
    mutating func accept(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// Passes over the text if it comes next.
    mutating func accept(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest.removeFirst(text.utf8.count)
        return true
    }

    /// Passes over the text if it is all that is left.
    mutating func acceptLast(_ text: String) -> Bool {
        guard rest.elementsEqual(text.utf8) else { return false }
        rest = []
        return true
    }

    mutating func skipBlanks() {
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
    }

    /// Passes over the byte and the blanks around it.
    mutating func acceptBetweenBlanks(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard accept(byte) else { return false }
        skipBlanks()
        return true
    }

    /// Reads bytes for as long as they satisfy the condition.
    mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = rest.prefix(while: condition)
        rest = rest.dropFirst(taken.count)
        return taken
    }

    /// Reads as many digits as there are, up to the upper bound of `lengths`; nil if there are fewer than the lower.
    mutating func number(_ lengths: ClosedRange<Int>) -> Int? {
        var value = 0
        var length = 0
        while length < lengths.upperBound, let byte = rest.first, let digit = decimalDigit(byte) {
            value = value * 10 + Int(digit)
            length += 1
            rest.removeFirst()
        }
        return lengths.contains(length) ? value : nil
    }

    /// Reads one or more digits; nil if there is none, or if their number does not fit.
    mutating func number<Value: FixedWidthInteger>(as type: Value.Type) -> Value? {
        let digits = take { decimalDigit($0) != nil }
        return WireReader.read(Array(digits)) { reader in try? reader.readDecimal(as: type) }
    }

    /// Reads one or more hexadecimal digits; nil if there is none, or if their number does not fit 32 bits.
    mutating func hexadecimal() -> UInt32? {
        var value: UInt32 = 0
        let digits = take { hexadecimalDigit($0) != nil }
        guard (1...8).contains(digits.count) else { return nil }
        for byte in digits { value = value << 4 | UInt32(hexadecimalDigit(byte) ?? 0) }
        return value
    }

    /// Reads a floating-point number as the server writes it, up to a blank, a comma or a bracket.
    mutating func double() -> Double? {
        let text = take { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return WireReader.read(Array(text)) { reader in try? reader.readFloatingPoint(as: Double.self) }
    }
}
