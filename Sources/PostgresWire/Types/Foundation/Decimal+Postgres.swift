#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// `numeric`, in Foundation's type, which holds 38 digits and no infinity; ``PostgresNumeric`` holds every `numeric`.
extension Decimal: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .numericArray }
    public var postgresType: PostgresOID { .numeric }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        guard let number = PostgresNumeric(self) else { return writer.fail(.outOfRange) }
        number.encode(into: &writer)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .numeric }

    /// - Throws: ``WireError/outOfRange`` for the infinities, and for numbers that `Decimal` could hold only rounded.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        let number = try PostgresNumeric(from: &reader, type: type, format: format)
        guard let decimal = Decimal(exactly: number) else { throw .outOfRange }
        self = decimal
    }

    /// The number, NaN included; nil if `Decimal` could hold it only rounded, or not at all.
    public init?(exactly number: PostgresNumeric) {
        if number.isNaN {
            self = .nan
            return
        }
        guard number.isFinite else { return nil }
        guard number != 0 else {
            self = 0
            return
        }
        // The decimal digits from the first to the last that is not 0, as one number; 38 may touch eleven groups.
        let digits = number.digits
        guard digits.count <= 11 else { return nil }
        var significand: UInt128 = 0
        var exponent = (number.weight - digits.count + 1) * 4
        for (index, digit) in digits.enumerated() {
            var (digit, scale) = (UInt128(digit), UInt128(PostgresNumeric.base))
            if index == digits.count - 1 {
                while digit.isMultiple(of: 10), scale > 10 {
                    digit /= 10
                    scale /= 10
                    exponent += 1
                }
            }
            let (product, overflow) = significand.multipliedReportingOverflow(by: scale)
            let (sum, carried) = product.addingReportingOverflow(digit)
            guard !overflow, !carried else { return nil }
            significand = sum
        }
        guard significand < Self.limit else { return nil }
        // Foundation makes NaN of what is beyond its eight bits.
        guard Int8(exactly: exponent) != nil else { return nil }
        let high = Decimal(UInt64(truncatingIfNeeded: significand >> 64))
        let low = Decimal(UInt64(truncatingIfNeeded: significand))
        self.init(
            sign: number.isNegative ? .minus : .plus, exponent: exponent,
            significand: high * Self.twoTo64 + low)
    }

    /// The first number of 39 digits.
    private static let limit: UInt128 = 100_000_000_000_000_000_000_000_000_000_000_000_000
    private static let twoTo64 = Decimal(UInt64(1) << 32) * Decimal(UInt64(1) << 32)
}

extension PostgresNumeric {
    /// The number exactly; NaN stays NaN.
    public init?(_ decimal: Decimal) {
        if decimal.isNaN {
            self = .nan
        } else {
            self.init(decimal.description)
        }
    }
}

extension Decimal: PostgresRangeBound {
    public static var rangeType: PostgresOID { .numrange }
    public static var multirangeType: PostgresOID { .nummultirange }
}
