extension PostgresNumeric: LosslessStringConvertible {
    /// The number as the server prints it: all digits, ``scale`` of them after the point, without exponent.
    public var description: String {
        switch kind {
        case .nan: return "NaN"
        case .infinity: return "Infinity"
        case .negativeInfinity: return "-Infinity"
        case .positive, .negative: break
        }
        var text: [UInt8] = []
        text.reserveCapacity(max(0, weight + 1) * 4 + scale + 3)
        if kind == .negative { text.append(UInt8(ascii: "-")) }
        var digits = digits[...]
        if digitCount == 0 || weight < 0 {
            text.append(UInt8(ascii: "0"))
        } else {
            text.append(contentsOf: String(digits.popFirst() ?? 0).utf8)
            for _ in 0..<weight { Self.append(digits.popFirst() ?? 0, to: &text) }
        }
        guard scale > 0 else { return String(decoding: text, as: UTF8.self) }
        text.append(UInt8(ascii: "."))
        let end = text.count + scale
        var position = -1
        while text.count < end {
            // Between the point and the first digit of a small number there are zeros only.
            Self.append(position > weight ? 0 : digits.popFirst() ?? 0, to: &text)
            position -= 1
        }
        text.removeLast(text.count - end)
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ digit: UInt16, to text: inout [UInt8]) {
        for divisor: UInt16 in [1000, 100, 10, 1] {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit / divisor % 10))
        }
    }

    /// Reads a number: an optional sign, digits with an optional point, an optional exponent; or `NaN`, `Infinity` or
    /// `-Infinity`. Nil for any other text, and for numbers beyond the server's bounds (131072 digits before the point,
    /// 16383 after it).
    ///
    /// The scale is the number of digits after the point, less the exponent: `1.50` has the scale 2, `1e-3` 3.
    public init?(_ description: String) {
        self.init(utf8: Array(description.utf8), allowsExponent: true)
    }

    /// Reads a number; `allowsExponent` is also about a plus sign: the server prints neither.
    init?(utf8: [UInt8], allowsExponent: Bool) {
        if utf8.elementsEqual("NaN".utf8) {
            self = .nan
            return
        }
        if utf8.elementsEqual("Infinity".utf8) {
            self = .infinity
            return
        }
        if utf8.elementsEqual("-Infinity".utf8) {
            self = .negativeInfinity
            return
        }
        var rest = utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || (allowsExponent && rest.first == UInt8(ascii: "+")) { rest.removeFirst() }

        // The decimal digits from the first that is not 0, and how many stand before the point.
        var decimals: [UInt8] = []
        var pointPosition = 0
        var fractionLength = 0
        var hasDigits = false
        var hasPoint = false
        while let byte = rest.first {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if let digit = decimalDigit(byte) {
                hasDigits = true
                if hasPoint { fractionLength += 1 }
                if digit != 0 || !decimals.isEmpty {
                    decimals.append(digit)
                    if !hasPoint { pointPosition += 1 }
                } else if hasPoint {
                    pointPosition -= 1
                }
            } else {
                break
            }
            rest.removeFirst()
        }
        guard hasDigits else { return nil }
        var exponent = 0
        if allowsExponent, let byte = rest.first, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            rest.removeFirst()
            guard let number = Self.exponent(&rest) else { return nil }
            exponent = number
        }
        guard rest.isEmpty else { return nil }
        pointPosition += exponent
        let scale = max(0, fractionLength - exponent)

        let weight = Int((Int64(pointPosition) - 1).flooredDivision(by: 4))
        var number = Builder(weight: weight, scale: scale)
        // The group that the first digit falls into may begin with zeros, and the last end with some.
        var groupLength = (weight + 1) * 4 - pointPosition
        var group: UInt16 = 0
        for decimal in decimals {
            group = group * 10 + UInt16(decimal)
            groupLength += 1
            if groupLength == 4 {
                guard number.append(group) else { return nil }
                (group, groupLength) = (0, 0)
            }
        }
        if groupLength > 0 {
            for _ in groupLength..<4 { group *= 10 }
            guard number.append(group) else { return nil }
        }
        guard let number = number.finish(isNegative: isNegative) else { return nil }
        self = number
    }

    /// Reads the number after the `e`; nil if there is none, or one that no number within bounds can have.
    private static func exponent(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        var exponent = 0
        while let byte = rest.popFirst() {
            guard let digit = decimalDigit(byte), exponent < 1_000_000 else { return nil }
            exponent = exponent * 10 + Int(digit)
        }
        return isNegative ? -exponent : exponent
    }
}

// Not by a string literal: one that is no number could only trap, or become another value in silence.
extension PostgresNumeric: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) {
        self.init(value)
    }
}
