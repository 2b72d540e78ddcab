/// Proof that every client decoded the same values; `Benchmarks/README.md` defines the sum.
struct Checksum {
    private static let prime: UInt64 = 0x100_0000_01b3

    private(set) var value: UInt64 = 0

    /// Takes in a row, given as the weighted sum of its columns' words.
    mutating func add(row: UInt64) {
        value = value &* Self.prime &+ row
    }

    /// Takes in the sum of what the connection at this place, from 0, decoded while others did so too.
    mutating func add(_ sum: Checksum, ofConnection place: Int) {
        value &+= UInt64(2 * place + 1) &* sum.value
    }

    /// The word of an integer: its 64 bits, with the sign extended.
    static func word(_ integer: some FixedWidthInteger) -> UInt64 {
        UInt64(truncatingIfNeeded: integer)
    }

    static func word(_ double: Double) -> UInt64 { double.bitPattern }

    static func word(_ bool: Bool) -> UInt64 { bool ? 1 : 0 }

    /// The word of a text: that of its UTF-8 bytes.
    static func word(_ text: String) -> UInt64 {
        word(text.utf8Span.span)
    }

    /// The word of bytes: their count, then eight at a time as little-endian numbers, the last filled up with zeros.
    static func word(_ octets: Span<UInt8>) -> UInt64 {
        let bytes = unsafe octets.bytes
        let count = bytes.byteCount
        var sum = UInt64(count)
        var offset = 0
        while count - offset >= 8 {
            let eight = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            sum = sum &* prime &+ UInt64(littleEndian: eight)
            offset += 8
        }
        if offset < count {
            var rest: UInt64 = 0
            var shift: UInt64 = 0
            while offset < count {
                rest |= UInt64(octets[offset]) &<< shift
                shift += 8
                offset += 1
            }
            sum = sum &* prime &+ rest
        }
        return sum
    }

    /// The word of a `bytea`: of a long one, only the ends count, so that the sum does not cost more than the decoding.
    static func word(_ octets: [UInt8]) -> UInt64 {
        guard octets.count > 64 else { return word(octets.span) }
        let bytes = unsafe octets.span.bytes
        var sum = UInt64(octets.count)
        for index in 0..<8 {
            let offset = index < 4 ? 8 * index : octets.count - 64 + 8 * index
            let eight = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            sum = sum &* prime &+ UInt64(littleEndian: eight)
        }
        return sum
    }

    /// The word of an `int4[]`: its length and the weighted sum of its elements.
    static func word(_ integers: [Int32]) -> UInt64 {
        var sum = UInt64(integers.count)
        for index in integers.indices {
            sum &+= UInt64(truncatingIfNeeded: 2 &* index &+ 3) &* word(integers[index])
        }
        return sum
    }

    /// The word of sixteen bytes, given as two big-endian numbers.
    static func word(_ high: UInt64, _ low: UInt64) -> UInt64 {
        (16 &* prime &+ high.byteSwapped) &* prime &+ low.byteSwapped
    }

    /// Sixteen lower-case hexadecimal digits.
    var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
