extension PostgresNumeric {
    /// Makes a whole number, with the scale 0.
    public init(_ value: some FixedWidthInteger) {
        // No integer is so wide that it would be beyond the bounds.
        self = PostgresNumeric(utf8: Array(String(value).utf8), allowsExponent: false) ?? .nan
    }
}

extension Int64 {
    /// The number, if it is whole and fits; trailing zeros after the point are no hindrance.
    public init?(exactly number: PostgresNumeric) {
        guard number.isFinite else { return nil }
        guard number.digitCount > 0 else {
            self = 0
            return
        }
        // 10000 to the fifth is more than 64 bits hold; as many digits are needed before the point, and none after it.
        guard (0..<5).contains(number.weight), number.digitCount <= number.weight + 1 else { return nil }
        var magnitude = number.coefficient
        for _ in number.digitCount..<number.weight + 1 { magnitude *= UInt128(PostgresNumeric.base) }
        guard let value = Int64(exactly: number.isNegative ? -Int128(magnitude) : Int128(magnitude)) else { return nil }
        self = value
    }
}

extension Int64 {
    /// The number in units of its last place: with `scale` 2, 19.9 is 1990 hundredths.
    ///
    /// - Parameters:
    ///   - number: The number.
    ///   - scale: How many places after the point the unit is, 0 or more.
    /// - Returns: nil if the number is no whole multiple of the unit, or does not fit.
    public init?(exactly number: PostgresNumeric, scale: Int) {
        guard number.isFinite, number.digitCount <= PostgresNumeric.inlineDigits, (0...18).contains(scale) else {
            return nil
        }
        var magnitude = number.coefficient
        if magnitude != 0 {
            // The coefficient counts in powers of 10000.
            let places = 4 * (number.weight - number.digitCount + 1) + scale
            guard (-36...18).contains(places) else { return nil }
            for _ in 0..<Swift.max(0, places) {
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                magnitude = product
            }
            for _ in 0..<Swift.max(0, -places) {
                let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
                if remainder != 0 { return nil }
                magnitude = quotient
            }
        }
        guard let value = Int64(exactly: magnitude) else { return nil }
        self = number.isNegative ? -value : value
    }
}

extension Double {
    /// The double nearest to the number; as usual with doubles, an infinity for one that is too large.
    public init(_ number: PostgresNumeric) {
        switch number.kind {
        case .nan: self = .nan
        case .infinity: self = .infinity
        case .negativeInfinity: self = -.infinity
        case .positive, .negative: self = Double(number.description) ?? .nan
        }
    }
}
