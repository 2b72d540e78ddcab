/// A string of bits, as PostgreSQL's `bit` and `varbit` hold it.
///
/// Sent as `varbit`, which the server takes for `bit` as well, if the length fits.
///
/// ```swift
/// let bits = PostgresBits("0101")
/// print(bits?.count ?? 0, bits?[1] ?? false)  // 4 true
/// ```
///
/// Source: PostgreSQL manual, "Bit String Types"; `src/backend/utils/adt/varbit.c` (`varbit_send`).
public struct PostgresBits: Hashable, Sendable {
    /// The number of bits.
    public let count: Int

    /// The bits, eight to a byte from the most significant on; what the last byte has left over is 0.
    public let bytes: [UInt8]

    /// Makes a string of the first `count` bits of as many bytes as they need; nil for another number of bytes, and if
    /// bits left over in the last byte are set.
    public init?(bytes: [UInt8], count: Int) {
        guard count >= 0, bytes.count == count / 8 + (count % 8 == 0 ? 0 : 1),
            count % 8 == 0 || (bytes.last ?? 0) << UInt8(count % 8) == 0
        else { return nil }
        self.count = count
        self.bytes = bytes
    }

    /// Makes a string of bits, the first one first.
    public init(_ bits: some Sequence<Bool>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(bits.underestimatedCount / 8 + 1)
        var (byte, count) = (0 as UInt8, 0)
        for bit in bits {
            byte = byte << 1 | (bit ? 1 : 0)
            count += 1
            if count % 8 == 0 {
                bytes.append(byte)
                byte = 0
            }
        }
        if count % 8 != 0 { bytes.append(byte << UInt8(8 - count % 8)) }
        self.bytes = bytes
        self.count = count
    }

    /// The bit at a position from 0 on; nil for a position that is not within the string.
    public subscript(position: Int) -> Bool? {
        guard position >= 0, position < count else { return nil }
        return bytes[position / 8] & 0x80 >> UInt8(position % 8) != 0
    }
}

extension PostgresBits: Comparable {
    /// Compares as the server does: bit by bit, and a string before any that begins with it.
    public static func < (left: PostgresBits, right: PostgresBits) -> Bool {
        left.bytes == right.bytes ? left.count < right.count : left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension PostgresBits: PostgresScalar {
    public static var postgresType: PostgresOID { .varbit }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .varbit || type == .bit
    }

    /// The bits as `0` and `1`.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(count)
        for position in 0..<count { text.append(UInt8(ascii: self[position] == true ? "1" : "0")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a text of `0` and `1`; nil if there is anything else in it.
    public init?(utf8: [UInt8]) {
        guard utf8.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }) else { return nil }
        self.init(utf8.lazy.map { $0 == UInt8(ascii: "1") })
    }

    /// - Throws: ``WireError/invalidLength`` for a negative count, ``WireError/truncated`` for one of more bits than there
    ///   are, ``WireError/invalidValue`` if bits left over in the last byte are set.
    public init(binary reader: inout WireReader) throws(WireError) {
        let count = Int(try reader.readInt32())
        guard count >= 0 else { throw .invalidLength }
        let bytes = try reader.readBytes(count / 8 + (count % 8 == 0 ? 0 : 1))
        guard let bits = PostgresBits(bytes: bytes, count: count) else { throw .invalidValue }
        self = bits
    }

    /// More bits than 32 bits count are ``WireError/tooLarge``.
    public func encode(into writer: inout WireWriter) {
        guard let count = Int32(exactly: count) else { return writer.fail(.tooLarge) }
        writer.write(count)
        writer.write(bytes: bytes)
    }
}
