/// A universally unique identifier, as two words.
///
/// ```swift
/// let id = PostgresUUID("6f1b2a1e-3f66-4b1c-9a60-0c2c5d1e8f00")
/// ```
///
/// Source: PostgreSQL manual, "UUID Type"; RFC 9562, section 4.
@frozen
public struct PostgresUUID: Hashable, Sendable {
    /// The first eight bytes, the first of them the most significant.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Makes a random identifier (version 4) from a generator of random numbers.
    public static func random(using generator: inout some RandomNumberGenerator) -> PostgresUUID {
        let high = generator.next() as UInt64
        let low = generator.next() as UInt64
        // The version in the 13th digit, the variant in the top bits of the 17th.
        return PostgresUUID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// Makes a random identifier (version 4) from the system's generator.
    public static func random() -> PostgresUUID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }
}

extension PostgresUUID: Comparable {
    /// Compares as the server does, byte by byte.
    public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension PostgresUUID: LosslessStringConvertible {
    /// The identifier as 32 hexadecimal digits in lower case, in groups of 8, 4, 4, 4 and 12.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            text.append(hexadecimalCharacter(UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads ``description``'s format, digits in either case; nil for any other text.
    public init?(_ description: String) {
        self.init(utf8: description.utf8)
    }

    init?(utf8: some Collection<UInt8>) {
        guard utf8.count == 36 else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for (position, byte) in utf8.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexadecimalDigit(byte) else { return nil }
            if position < 18 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
        }
        self.init(high: high, low: low)
    }
}

extension PostgresUUID: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .uuidArray }
    public var postgresType: PostgresOID { .uuid }
    public var postgresFormat: PostgresFormat { .binary }

    public func encode(into writer: inout WireWriter) {
        writer.write(high)
        writer.write(low)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .uuid }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .uuid else { throw .typeMismatch }
        if format == .binary {
            self.init(high: try reader.readUInt64(), low: try reader.readUInt64())
            try reader.expectEnd()
        } else {
            self = try PostgresUUID.decodeText(&reader)
        }
    }

    @usableFromInline
    static func decodeText(_ reader: inout WireReader) throws(WireError) -> PostgresUUID {
        guard let id = PostgresUUID(utf8: reader.readRemainingBytes()) else { throw .invalidValue }
        return id
    }
}
