extension PostgresNumeric: PostgresArrayEncodable, PostgresArrayDecodable {
    private enum Sign {
        static let positive: UInt16 = 0x0000
        static let negative: UInt16 = 0x4000
        static let nan: UInt16 = 0xC000
        static let infinity: UInt16 = 0xD000
        static let negativeInfinity: UInt16 = 0xF000
    }

    public static var arrayType: PostgresOID { .numericArray }
    public var postgresType: PostgresOID { .numeric }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        let sign =
            switch kind {
            case .positive: Sign.positive
            case .negative: Sign.negative
            case .nan: Sign.nan
            case .infinity: Sign.infinity
            case .negativeInfinity: Sign.negativeInfinity
            }
        guard let count = UInt16(exactly: digitCount), let weight = Int16(exactly: weight),
            let scale = Int16(exactly: scale)
        else { return writer.fail(.tooLarge) }
        writer.write(count)
        writer.write(weight)
        writer.write(sign)
        // The server sends the infinities with a scale that means nothing, a bit of theirs; so they stay what they were.
        writer.write(kind == .infinity || kind == .negativeInfinity ? 32 : scale)
        for digit in digits { writer.write(digit) }
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .numeric }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .numeric else { throw .typeMismatch }
        guard format == .binary else {
            guard let number = PostgresNumeric(utf8: reader.readRemainingBytes(), allowsExponent: false)
            else { throw .invalidValue }
            self = number
            return
        }
        // The server's own type is signed, but it sends and reads the longest numbers' count without sign.
        let count = Int(try reader.readUInt16())
        let weight = Int(try reader.readInt16())
        let sign = try reader.readUInt16()
        let scale = Int(try reader.readInt16())
        guard reader.remaining == count * MemoryLayout<UInt16>.size else {
            throw reader.remaining < count * MemoryLayout<UInt16>.size ? .truncated : .trailingBytes
        }
        if count <= 4, count > 0, sign == Sign.positive || sign == Sign.negative, let scale = UInt16(exactly: scale) {
            var value: UInt64 = 0
            var (first, last): (UInt16, UInt16) = (0, 0)
            for index in 0..<count {
                last = try reader.readUInt16()
                if index == 0 { first = last }
                guard last < PostgresNumeric.base else { throw .invalidValue }
                value = value * UInt64(PostgresNumeric.base) + UInt64(last)
            }
            if first != 0, last != 0 {
                guard
                    let number = PostgresNumeric(
                        small: value, digitCount: count, weight: Int16(truncatingIfNeeded: weight), scale: scale,
                        last: last, isNegative: sign == Sign.negative)
                else { throw .invalidValue }
                self = number
                return
            }
            // With zeros at the ends it is not in the form that the server sends; the builder brings it there.
            var builder = Builder(weight: weight, scale: Int(scale))
            var divisor: UInt64 = 1
            for _ in 1..<count { divisor *= UInt64(PostgresNumeric.base) }
            for _ in 0..<count {
                _ = builder.append(UInt16(truncatingIfNeeded: value / divisor % UInt64(PostgresNumeric.base)))
                divisor = Swift.max(1, divisor / UInt64(PostgresNumeric.base))
            }
            guard let number = builder.finish(isNegative: sign == Sign.negative) else { throw .invalidValue }
            self = number
            return
        }
        switch sign {
        case Sign.positive, Sign.negative:
            var builder = Builder(weight: weight, scale: scale)
            for _ in 0..<count {
                guard builder.append(try reader.readUInt16()) else { throw .invalidValue }
            }
            guard let number = builder.finish(isNegative: sign == Sign.negative) else { throw .invalidValue }
            self = number
        case Sign.nan where count == 0: self = .nan
        case Sign.infinity where count == 0: self = .infinity
        case Sign.negativeInfinity where count == 0: self = .negativeInfinity
        default: throw .invalidValue
        }
    }
}
