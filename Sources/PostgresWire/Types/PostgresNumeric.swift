/// An exact decimal number, as PostgreSQL's `numeric` holds it: every digit, the scale, NaN and the infinities.
///
/// Equality, order and hash are by value, as on the server: 1.0 equals 1.00, NaN equals NaN and is greater than
/// everything else. ``description`` shows the scale: `1.00`.
///
/// ```swift
/// let price = PostgresNumeric("19.90")  // optional: nil unless it is a number
/// ```
///
/// Source: PostgreSQL manual, "Arbitrary Precision Numbers"; `src/backend/utils/adt/numeric.c` (`numeric_send`).
public struct PostgresNumeric: Sendable {
    /// What kind of number it is, in the server's order.
    enum Kind: UInt8 {
        case negativeInfinity, negative, positive, infinity, nan
    }

    /// The base of the digits.
    static let base: UInt16 = 10000
    /// The number of base-10000 digits that ``coefficient`` holds.
    static let inlineDigits = 9
    /// The most decimal digits after the point (`NUMERIC_DSCALE_MAX`).
    public static let maximumScale = 16383
    /// The weight of the first digit, in powers of 10000, that is the highest possible (`NUMERIC_WEIGHT_MAX`).
    static let maximumWeight = Int(Int16.max)

    // Half the size of the obvious layout: tables of numbers are copied around a lot.
    private(set) var kind: Kind
    private var storedScale: UInt16
    private var storedWeight: Int16
    private var storedDigitCount: UInt16
    private var high: UInt64
    private var low: UInt64
    /// The digits, if they are more than ``inlineDigits``.
    private(set) var spill: [UInt16]?

    /// The number of decimal digits shown after the point, trailing zeros included.
    public var scale: Int { Int(storedScale) }
    /// The power of 10000 that the first digit counts.
    var weight: Int { Int(storedWeight) }
    /// The number of base-10000 digits, of which neither the first nor the last is 0; none for 0 itself.
    var digitCount: Int { Int(storedDigitCount) }
    /// The digits as one number, if there are no more than ``inlineDigits``.
    var coefficient: UInt128 { UInt128(high) << 64 | UInt128(low) }

    private init(_ kind: Kind) {
        self.kind = kind
        storedScale = 0
        storedWeight = 0
        storedDigitCount = 0
        high = 0
        low = 0
        spill = nil
    }

    /// Not a number.
    public static let nan = PostgresNumeric(.nan)
    /// Greater than every number.
    public static let infinity = PostgresNumeric(.infinity)
    /// Less than every number.
    public static let negativeInfinity = PostgresNumeric(.negativeInfinity)

    /// Makes a number of base-10000 digits that come one by one and may begin and end with zeros.
    struct Builder {
        private var coefficient: UInt128 = 0
        private var spill: [UInt16]?
        private var digitCount = 0
        private var weight: Int
        private let scale: Int
        // Zeros count only when another digit follows them.
        private var pendingZeros = 0
        private var last: UInt16 = 0

        /// `weight` is that of the first digit to come.
        init(weight: Int, scale: Int) {
            self.weight = weight
            self.scale = scale
        }

        /// Takes the next digit; false if it is none.
        mutating func append(_ digit: UInt16) -> Bool {
            guard digit < PostgresNumeric.base else { return false }
            if digit == 0 {
                if digitCount == 0 { weight -= 1 } else { pendingZeros += 1 }
                return true
            }
            for _ in 0..<pendingZeros { push(0) }
            pendingZeros = 0
            push(digit)
            last = digit
            return true
        }

        private mutating func push(_ digit: UInt16) {
            if digitCount < PostgresNumeric.inlineDigits {
                coefficient = coefficient * UInt128(PostgresNumeric.base) + UInt128(digit)
            } else {
                if digitCount == PostgresNumeric.inlineDigits {
                    spill = PostgresNumeric.digits(of: coefficient, count: digitCount)
                    coefficient = 0
                }
                spill?.append(digit)
            }
            digitCount += 1
        }

        /// The number; nil if it has digits that its scale does not show, or is beyond the server's bounds.
        consuming func finish(isNegative: Bool) -> PostgresNumeric? {
            guard (0...PostgresNumeric.maximumScale).contains(scale) else { return nil }
            var number = PostgresNumeric(.positive)
            number.storedScale = UInt16(truncatingIfNeeded: scale)
            guard digitCount > 0 else { return number }
            guard PostgresNumeric.shows(scale, digitCount: digitCount, weight: weight, last: last),
                let count = UInt16(exactly: digitCount), let weight = Int16(exactly: weight)
            else { return nil }
            number.storedWeight = weight
            number.storedDigitCount = count
            number.high = UInt64(truncatingIfNeeded: coefficient >> 64)
            number.low = UInt64(truncatingIfNeeded: coefficient)
            number.spill = spill
            number.kind = isNegative ? .negative : .positive
            return number
        }
    }

    /// Whether so many places after the point show all digits, of which the last is `last`.
    private static func shows(_ scale: Int, digitCount: Int, weight: Int, last: UInt16) -> Bool {
        var needed = (digitCount - weight - 1) * 4
        if needed <= scale { return true }
        var last = last
        while last.isMultiple(of: 10), last != 0 {
            last /= 10
            needed -= 1
        }
        return needed <= scale
    }

    /// Makes a number of at most four base-10000 digits, of which neither the first nor the last is 0: what most columns
    /// hold, without the builder's detours.
    init?(small value: UInt64, digitCount: Int, weight: Int16, scale: UInt16, last: UInt16, isNegative: Bool) {
        guard Int(scale) <= PostgresNumeric.maximumScale,
            PostgresNumeric.shows(Int(scale), digitCount: digitCount, weight: Int(weight), last: last)
        else { return nil }
        kind = isNegative ? .negative : .positive
        storedScale = scale
        storedWeight = weight
        storedDigitCount = UInt16(truncatingIfNeeded: digitCount)
        high = 0
        low = value
        spill = nil
    }

    private static func digits(of coefficient: UInt128, count: Int) -> [UInt16] {
        var rest = coefficient
        var digits: [UInt16] = []
        digits.reserveCapacity(count)
        for _ in 0..<count {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: UInt128(base))
            digits.append(UInt16(truncatingIfNeeded: remainder))
            rest = quotient
        }
        digits.reverse()
        return digits
    }

    /// The base-10000 digits, the most significant first.
    var digits: [UInt16] { spill ?? PostgresNumeric.digits(of: coefficient, count: digitCount) }

    /// Whether it is neither NaN nor an infinity.
    public var isFinite: Bool { kind == .positive || kind == .negative }
    /// Whether it is not a number.
    public var isNaN: Bool { kind == .nan }
    /// Whether it is less than 0; NaN is not.
    public var isNegative: Bool { kind == .negative || kind == .negativeInfinity }
}
