/// Prints doubles as the server does.
///
/// Source: PostgreSQL manual, "Floating-Point Types" (`extra_float_digits`); `src/common/d2s.c`.
enum PostgresFloatText {
    /// The shortest digits that name the number, with an exponent where it is below 1e-4 or from 1e15 on.
    ///
    /// The server spends one digit more on the rare number whose shortest digits lie exactly between two doubles.
    static func describe(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        let sign = value.sign == .minus ? "-" : ""
        if value.isInfinite { return sign + "Infinity" }
        if value.isZero { return sign + "0" }

        // Swift prints the same digits in another layout.
        var digits: [UInt8] = []
        var pointPosition = 0
        var hasPoint = false
        var rest = Array(value.magnitude.description.utf8)[...]
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

        let exponent = pointPosition - 1
        let zero = UInt8(ascii: "0")
        let point = UInt8(ascii: ".")
        var text: [UInt8] = Array(sign.utf8)
        if exponent < -4 || exponent >= 15 {
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
}
