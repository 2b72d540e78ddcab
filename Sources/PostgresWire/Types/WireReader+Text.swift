extension WireReader {
    /// Reads everything that is left as a decimal number: an optional `-`, then digits, and nothing else.
    ///
    /// - Throws: ``WireError/invalidValue`` for other text, ``WireError/outOfRange`` for a number that does not fit.
    mutating func readDecimal<Value: FixedWidthInteger>(as type: Value.Type) throws(WireError) -> Value {
        var byte = try readUInt8()
        let isNegative = byte == UInt8(ascii: "-")
        if isNegative { byte = try readUInt8() }
        var value: Value = 0
        while true {
            guard let digit = decimalDigit(byte) else { throw .invalidValue }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            // The sign is applied digit by digit, so that the smallest number needs no wider type.
            let (sum, carried) =
                isNegative
                ? product.subtractingReportingOverflow(Value(digit)) : product.addingReportingOverflow(Value(digit))
            guard !overflow, !carried else { throw .outOfRange }
            value = sum
            if remaining == 0 { return value }
            byte = try readUInt8()
        }
    }

    /// Reads everything that is left as a floating-point number as PostgreSQL prints it.
    ///
    /// - Throws: ``WireError/invalidValue`` for other text, ``WireError/outOfRange`` for a number that only
    ///   infinity or zero would stand for.
    mutating func readFloatingPoint<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        as type: Value.Type
    ) throws(WireError) -> Value {
        let text = try readRemainingString()
        switch text.utf8.count {
        case 3 where text == "NaN": return .nan
        case 8 where text == "Infinity": return .infinity
        case 9 where text == "-Infinity": return -.infinity
        default: break
        }
        let (isNumber, isZero) = decimalFraction(text.utf8)
        guard isNumber, let value = Value(text) else { throw .invalidValue }
        guard value.isFinite, !value.isZero || isZero else { throw .outOfRange }
        return value
    }
}

/// The value of an ASCII digit.
func decimalDigit(_ byte: UInt8) -> UInt8? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? digit : nil
}

/// The value of an ASCII hexadecimal digit.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
    default: nil
    }
}

/// The ASCII character of a hexadecimal digit, in lower case.
func hexadecimalCharacter(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ (digit &- 10)
}

/// Whether the text is `-`, digits with at most one point among them, and an exponent, and whether all digits before
/// the exponent are 0.
private func decimalFraction(_ text: String.UTF8View) -> (isNumber: Bool, isZero: Bool) {
    var rest = text[...]
    var digits = 0
    var isZero = true
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    var hasPoint = false
    while let byte = rest.first, byte != UInt8(ascii: "e") {
        if byte == UInt8(ascii: "."), !hasPoint {
            hasPoint = true
        } else if let digit = decimalDigit(byte) {
            digits += 1
            if digit != 0 { isZero = false }
        } else {
            return (false, false)
        }
        rest.removeFirst()
    }
    guard digits > 0 else { return (false, false) }
    guard !rest.isEmpty else { return (true, isZero) }
    rest.removeFirst()
    // PostgreSQL signs every exponent.
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    return (!rest.isEmpty && rest.allSatisfy { decimalDigit($0) != nil }, isZero)
}

extension WireReader {
    /// Reads what follows a backslash in `bytea`'s escape format: a second one, or three octal digits.
    mutating func readEscapedByte() throws(WireError) -> UInt8 {
        let first = try readUInt8()
        return first == UInt8(ascii: "\\") ? first : try readOctal(after: first)
    }

    /// Reads three octal digits as a byte.
    mutating func readOctal() throws(WireError) -> UInt8 {
        try readOctal(after: try readUInt8())
    }

    private mutating func readOctal(after high: UInt8) throws(WireError) -> UInt8 {
        let (middle, low) = (try readUInt8(), try readUInt8())
        let zero = UInt8(ascii: "0")
        guard (zero...zero + 3).contains(high), (zero...zero + 7).contains(middle), (zero...zero + 7).contains(low)
        else { throw .invalidValue }
        return (high - zero) << 6 | (middle - zero) << 3 | (low - zero)
    }
}
