/// An address of the internet protocol, version 4 or 6.
///
/// ```swift
/// let address = PostgresIPAddress("2001:db8::1")
/// print(address?.bytes.count ?? 0)  // 16
/// ```
///
/// Source: RFC 4291, section 2.2; RFC 5952; PostgreSQL, `src/port/inet_net_ntop.c`.
public enum PostgresIPAddress: Hashable, Sendable {
    /// An address of version 4, its first byte the most significant.
    case ipv4(UInt32)
    /// An address of version 6, its first byte the most significant.
    case ipv6(UInt128)

    /// Makes an address of 4 or 16 bytes; nil for any other number of bytes.
    public init?(bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self = .ipv4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
        case 16: self = .ipv6(bytes.reduce(0) { $0 << 8 | UInt128($1) })
        default: return nil
        }
    }

    /// The 4 or 16 bytes, the most significant first.
    public var bytes: [UInt8] {
        switch self {
        case .ipv4(let word): (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - $0 * 8)) }
        case .ipv6(let word): (0..<16).map { UInt8(truncatingIfNeeded: word >> UInt128(120 - $0 * 8)) }
        }
    }

    /// The number of bits, 32 or 128.
    public var bitWidth: Int {
        switch self {
        case .ipv4: 32
        case .ipv6: 128
        }
    }

    /// The address with all bits after the first `prefixLength` set to 0.
    func network(_ prefixLength: Int) -> PostgresIPAddress {
        // A shift by the whole width gives 0.
        switch self {
        case .ipv4(let word): .ipv4(word & ~(UInt32.max >> UInt32(clamping: prefixLength)))
        case .ipv6(let word): .ipv6(word & ~(UInt128.max >> UInt128(clamping: prefixLength)))
        }
    }
}

extension PostgresIPAddress: Comparable {
    /// Version 4 before version 6, and then by the bits.
    public static func < (left: PostgresIPAddress, right: PostgresIPAddress) -> Bool {
        switch (left, right) {
        case (.ipv4(let left), .ipv4(let right)): left < right
        case (.ipv6(let left), .ipv6(let right)): left < right
        case (.ipv4, .ipv6): true
        case (.ipv6, .ipv4): false
        }
    }
}

extension PostgresIPAddress: PostgresTextCoded {
    /// The address as the server writes it: `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`.
    public var description: String {
        switch self {
        case .ipv4(let word): Self.dotted(word)
        case .ipv6(let word): Self.colons(word)
        }
    }

    /// Reads an address of version 4 in four decimal numbers, or of version 6 in any form of RFC 4291; nil for any other
    /// text.
    public init?(_ description: String) {
        var text = PostgresTextCursor(Array(description.utf8))
        guard let address = text.address(), text.isAtEnd else { return nil }
        self = address
    }

    private static func dotted(_ word: UInt32) -> String {
        "\(word >> 24).\(word >> 16 & 255).\(word >> 8 & 255).\(word & 255)"
    }

    private static func colons(_ word: UInt128) -> String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: word >> UInt128(112 - $0 * 16)) }
        // The first of the longest runs of two zeros or more is left out.
        var (start, length) = (0, 0)
        var position = 0
        while position < 8 {
            let run = groups[position...].prefix { $0 == 0 }.count
            if run > length { (start, length) = (position, run) }
            position += max(1, run)
        }
        if length < 2 { (start, length) = (8, 0) }
        let hasIPv4 = start == 0 && (length == 6 || length == 5 && groups[5] == 0xFFFF)
        var text = ""
        for (index, group) in groups.enumerated() {
            if (start..<start + length).contains(index) {
                if index == start { text.append(":") }
                continue
            }
            if index > 0 { text.append(":") }
            if index == 6, hasIPv4 { return text + dotted(UInt32(truncatingIfNeeded: word)) }
            text.append(String(group, radix: 16))
        }
        if length > 0, start + length == 8 { text.append(":") }
        return text
    }
}

extension PostgresTextCursor {
    /// Reads an address of either version.
    mutating func address() -> PostgresIPAddress? {
        let isVersion6 = rest.prefix { $0 != UInt8(ascii: "/") }.contains(UInt8(ascii: ":"))
        return isVersion6 ? ipv6().map { .ipv6($0) } : ipv4().map { .ipv4($0) }
    }

    private mutating func ipv4() -> UInt32? {
        var word: UInt32 = 0
        for index in 0..<4 {
            guard index == 0 || accept(UInt8(ascii: ".")), let byte = number(1...3), byte < 256 else { return nil }
            word = word << 8 | UInt32(byte)
        }
        return word
    }

    private mutating func ipv6() -> UInt128? {
        // The groups before the `::`, and those after it.
        var head: [UInt16] = []
        var tail: [UInt16] = []
        var isCompressed = accept("::")
        while let byte = next, hexadecimalDigit(byte) != nil {
            guard head.count + tail.count < 8 else { return nil }
            var groups: [UInt16]
            let digits = rest.prefix { hexadecimalDigit($0) != nil }
            if rest.dropFirst(digits.count).first == UInt8(ascii: ".") {
                guard let word = ipv4() else { return nil }
                groups = [UInt16(truncatingIfNeeded: word >> 16), UInt16(truncatingIfNeeded: word)]
            } else {
                guard digits.count <= 4, let group = hexadecimal() else { return nil }
                groups = [UInt16(truncatingIfNeeded: group)]
            }
            if isCompressed { tail += groups } else { head += groups }
            if groups.count == 2 { break }
            if accept("::") {
                guard !isCompressed else { return nil }
                isCompressed = true
            } else if accept(UInt8(ascii: ":")) {
                guard let byte = next, hexadecimalDigit(byte) != nil else { return nil }
            }
        }
        let missing = 8 - head.count - tail.count
        // What is left out is at least one group.
        guard isCompressed ? missing >= 1 : missing == 0 else { return nil }
        return (head + repeatElement(0, count: missing) + tail).reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// Reads a prefix length after a slash; nil if there is none, or a longer one than the address.
    mutating func prefixLength(of address: PostgresIPAddress) -> Int? {
        guard accept(UInt8(ascii: "/")), let length = number(1...3), length <= address.bitWidth else { return nil }
        return length
    }
}
