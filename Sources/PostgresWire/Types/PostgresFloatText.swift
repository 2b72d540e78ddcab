/// Prints doubles as the server does.
///
/// Source: PostgreSQL manual, "Floating-Point Types" (`extra_float_digits`); `src/common/d2s.c`.
enum PostgresFloatText {
    /// The shortest digits that name the number, with an exponent where it is below 1e-4 or from 1e15 on.
    static func describe(_ value: Double) -> String {
        describe(value, magnitude: value.magnitude.description, exponentFrom: 15)
    }

    /// The shortest digits that name the number, with an exponent where it is below 1e-4 or from 1e6 on.
    static func describe(_ value: Float) -> String {
        describe(value, magnitude: value.magnitude.description, exponentFrom: 6)
    }

    private static func describe(
        _ value: some BinaryFloatingPoint, magnitude: String, exponentFrom maximum: Int
    ) -> String {
        if value.isNaN { return "NaN" }
        let sign = value.sign == .minus ? "-" : ""
        if value.isInfinite { return sign + "Infinity" }
        if value.isZero { return sign + "0" }

        // Swift prints the same digits in another layout.
        var digits: [UInt8] = []
        var pointPosition = 0
        var hasPoint = false
        var rest = Array(magnitude.utf8)[...]
        while let byte = rest.popFirst(), byte != UInt8(ascii: "e") {
            if byte == UInt8(ascii: ".") {
                hasPoint = true
            } else {
                if byte != UInt8(ascii: "0") || !digits.isEmpty {
                    digits.append(byte)
                    if !hasPoint { pointPosition += 1 }
                } else if hasPoint {
                    pointPosition -= 1
                }
            }
        }
        pointPosition += Int(String(decoding: rest, as: UTF8.self)) ?? 0
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if let longer = digitsOffTheBorder(value.magnitude, digits, pointPosition - digits.count) {
            (digits, pointPosition) = longer
        }

        let exponent = pointPosition - 1
        let zero = UInt8(ascii: "0")
        let point = UInt8(ascii: ".")
        var text: [UInt8] = Array(sign.utf8)
        if exponent < -4 || exponent >= maximum {
            text.append(contentsOf: digits.prefix(1))
            if digits.count > 1 {
                text.append(point)
                text.append(contentsOf: digits.dropFirst())
            }
            text.append(UInt8(ascii: "e"))
            text.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
            if abs(exponent) < 10 { text.append(zero) }
            text.append(contentsOf: String(abs(exponent)).utf8)
        } else if pointPosition <= 0 {
            text.append(zero)
            text.append(point)
            text.append(contentsOf: repeatElement(zero, count: -pointPosition))
            text.append(contentsOf: digits)
        } else {
            text.append(contentsOf: digits.prefix(pointPosition))
            text.append(contentsOf: repeatElement(zero, count: max(0, pointPosition - digits.count)))
            if digits.count > pointPosition {
                text.append(point)
                text.append(contentsOf: digits.dropFirst(pointPosition))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The shortest digits that are nearer to the number than to any other, where those given lie exactly between it and
    /// a neighbour; nil where they do not.
    ///
    /// Swift takes digits on the border if the number's last bit is 0, for reading them makes an even number of them; the
    /// server never does. Only whole numbers so large that their neighbours are even have such digits, and of those
    /// beyond 2 to the 126th no more than a few.
    ///
    /// - Parameters:
    ///   - digits: The shortest digits, the last of them not 0.
    ///   - exponent: How many zeros follow them before the point.
    private static func digitsOffTheBorder<Value: BinaryFloatingPoint>(
        _ magnitude: Value, _ digits: [UInt8], _ exponent: Int
    ) -> (digits: [UInt8], pointPosition: Int)? {
        guard exponent > 0, magnitude < 8e37, let number = UInt128(exactly: magnitude),
            let above = UInt128(exactly: magnitude.nextUp), let below = UInt128(exactly: magnitude.nextDown)
        else { return nil }
        var unit: UInt128 = 1
        for _ in 0..<exponent { unit *= 10 }
        let shortest = digits.reduce(0 as UInt128) { $0 * 10 + UInt128($1 &- UInt8(ascii: "0")) } * unit
        guard shortest * 2 == number + above || shortest * 2 == number + below else { return nil }
        for zeros in (0..<exponent).reversed() {
            unit /= 10
            let (quotient, remainder) = number.quotientAndRemainder(dividingBy: unit)
            let isUp = remainder * 2 > unit || remainder * 2 == unit && !quotient.isMultiple(of: 2)
            let rounded = isUp ? quotient + 1 : quotient
            let candidate = rounded * unit * 2
            guard candidate > number + below, candidate < number + above else { continue }
            let text = Array(String(rounded).utf8)
            return (text, text.count + zeros)
        }
        return nil
    }
}
