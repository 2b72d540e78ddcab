/// Hands out an input's bytes; once they are used up, zeros and nothing.
struct InputReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The number of bytes not handed out yet.
    var remaining: Int { bytes.count - offset }

    /// The next byte, 0 at the end.
    mutating func byte() -> UInt8 {
        guard offset < bytes.count else { return 0 }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// The next `count` bytes, or as many as there are.
    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, offset + max(0, count))
        defer { offset = end }
        return Array(bytes[offset..<end])
    }

    /// As many bytes as the next one says, or as there are.
    mutating func counted() -> [UInt8] { take(Int(byte())) }

    /// Everything that is left.
    mutating func rest() -> [UInt8] { take(remaining) }
}

extension [UInt8] {
    /// A text's UTF-8.
    init(text: String) { self = Array(text.utf8) }

    /// The bytes after their number, as ``InputReader/counted()`` reads them.
    var counted: [UInt8] { [UInt8(clamping: count)] + prefix(255) }

    /// Whether a number made of all the bytes divides by `divisor`: for a check that costs too much to be made on every
    /// input, and must be made on the same ones every time.
    func isSampled(oneIn divisor: UInt64) -> Bool {
        // FNV-1a.
        let hash = reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return (hash >> 32) % divisor == 0
    }
}
