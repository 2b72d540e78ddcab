import PostgresWire

@testable import PostgresClient

/// The names of a certificate against the name of a host: the rules of libpq, said a second time, and OpenSSL's own
/// matcher, from which they differ where it is written below.
///
/// The input is the host after the byte that says how long it is, then names: a byte for the kind (DNS name, address,
/// common name), the length and the bytes.
enum HostNamesTarget: FuzzTarget {
    static let name = "host-names"
    static let maximumLength = 160

    static func run(_ input: [UInt8]) throws {
        var input = InputReader(input)
        let hostBytes = input.counted()
        guard let host = String(validating: hostBytes, as: UTF8.self), !host.isEmpty, !hostBytes.contains(0) else {
            return
        }
        var names = Names()
        while input.remaining > 0 {
            let kind = input.byte() % 3
            let name = input.counted()
            switch kind {
            case 0: names.dns.append(name)
            case 1: names.addresses.append(name)
            default: names.common = name
            }
        }
        let certificate = CertificateNames(
            subject: "/CN=x", commonName: names.common, dnsNames: names.dns, addresses: names.addresses)
        var isGood = true
        do {
            try certificate.verify(host: host)
        } catch {
            isGood = false
            try require(!error.message.isEmpty, "an error without a message")
        }
        let address = CertificateNames.address(host)
        let expected = names.match(hostBytes, address: address)
        try require(isGood == expected, "\(host) is \(isGood ? "accepted" : "refused") for \(names)")
        try compare(names, host, hostBytes, address, isGood)
    }

    private struct Names {
        var dns: [[UInt8]] = []
        var addresses: [[UInt8]] = []
        var common: [UInt8]?

        /// libpq's rules: `pq_verify_peer_name_matches_certificate` of version 18.
        func match(_ host: [UInt8], address: [UInt8]?) -> Bool {
            // A name with a NUL, or an address that is none, makes the whole certificate bad.
            if dns.contains(where: { $0.contains(0) }) || common?.contains(0) == true { return false }
            if addresses.contains(where: { $0.count != 4 && $0.count != 16 }) { return false }
            if dns.contains(where: { matches($0, host, address) }) { return true }
            if let address, addresses.contains(address) { return true }
            let kindIsPresent = address == nil ? !dns.isEmpty : !addresses.isEmpty
            if kindIsPresent { return false }
            return common.map { matches($0, host, address) } ?? false
        }

        private func matches(_ pattern: [UInt8], _ host: [UInt8], _ address: [UInt8]?) -> Bool {
            let (pattern, host) = (lowercase(pattern), lowercase(host))
            if pattern == host { return true }
            // An asterisk stands for one whole label at the start of a name, never for a part of an address.
            let patternLabels = pattern.split(separator: 0x2E, omittingEmptySubsequences: false)
            let hostLabels = host.split(separator: 0x2E, omittingEmptySubsequences: false)
            guard address == nil, patternLabels.count == hostLabels.count, patternLabels.count > 1, pattern.count > 2,
                patternLabels[0].elementsEqual([0x2A])
            else { return false }
            return patternLabels.dropFirst() == hostLabels.dropFirst() && !hostLabels[0].isEmpty
        }
    }

    private static func lowercase(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }

    /// OpenSSL reads the same names from a real certificate.
    private static func compare(
        _ names: Names, _ host: String, _ hostBytes: [UInt8], _ address: [UInt8]?, _ isGood: Bool
    ) throws {
        guard let certificate = OpenSSLCertificate(dns: names.dns, addresses: names.addresses, common: names.common)
        else {
            return
        }
        let read = unsafe CertificateNames(certificate.pointer)
        var isGoodAsRead = true
        do {
            try read.verify(host: host)
        } catch {
            isGoodAsRead = false
        }
        try require(isGoodAsRead == isGood, "\(host) is matched in another way once \(names) is in a certificate")
        let isGoodForOpenSSL = certificate.matches(hostBytes, address: address)
        guard isGood != isGoodForOpenSSL else { return }
        if isGood {
            try require(mayBeLooser(names, hostBytes, address), "\(host) is accepted for \(names), not by OpenSSL")
        } else {
            try require(mayBeStricter(names, hostBytes, address), "\(host) is refused for \(names), not by OpenSSL")
        }
    }

    /// Where libpq's rules accept what OpenSSL refuses.
    private static func mayBeLooser(_ names: Names, _ host: [UInt8], _ address: [UInt8]?) -> Bool {
        // An address is a text too, and may stand among the DNS names or as the common name.
        if address != nil { return true }
        let patterns = names.dns + (names.common.map { [$0] } ?? [])
        // OpenSSL wants two labels after the asterisk, all of letters, digits and hyphens.
        let hasWildcard = patterns.contains { $0.first == 0x2A }
        // OpenSSL compares the common name only if it is printable, and with a host that begins with a dot in another way.
        return hasWildcard || host.first == 0x2E || names.common != nil
    }

    /// Where OpenSSL accepts what libpq's rules refuse.
    private static func mayBeStricter(_ names: Names, _ host: [UInt8], _ address: [UInt8]?) -> Bool {
        // A bad name spoils the certificate here, and OpenSSL passes it over.
        let isSpoilt =
            (names.dns + (names.common.map { [$0] } ?? [])).contains { $0.contains(0) }
            || names.addresses.contains { $0.count != 4 && $0.count != 16 }
        // To OpenSSL an asterisk covers a part of an address, and a host that begins with a dot any name below it.
        return isSpoilt || address != nil || host.first == 0x2E
    }

    private static func seed(_ host: String, dns: [String] = [], addresses: [[UInt8]] = [], common: String? = nil)
        -> [UInt8]
    {
        [UInt8](text: host).counted + dns.flatMap { [0] + [UInt8](text: $0).counted }
            + addresses.flatMap { [1] + $0.counted }
            + (common.map { [2] + [UInt8](text: $0).counted } ?? [])
    }

    static let seeds: [[UInt8]] = [
        seed("db.example.com", dns: ["db.example.com"]), seed("DB.example.com", dns: ["other", "db.EXAMPLE.com"]),
        seed("db.example.com", dns: ["*.example.com"]), seed("a.db.example.com", dns: ["*.example.com"]),
        seed("example.com", dns: ["*.example.com"]), seed("db.com", dns: ["*.com"]), seed("db", dns: ["*"]),
        seed(".example.com", dns: ["*.example.com"]), seed("db.example.com", dns: ["d*.example.com"]),
        seed("db.example.com", dns: ["db.*.com"]), seed("db.example.com", common: "db.example.com"),
        seed("db.example.com", dns: ["x"], common: "db.example.com"), seed("192.0.2.1", addresses: [[192, 0, 2, 1]]),
        seed("db.example.com", addresses: [[192, 0, 2, 1]], common: "db.example.com"),
        seed("192.0.2.1", dns: ["192.0.2.1"]), seed("192.0.2.1", dns: ["*.0.2.1"]),
        seed("192.0.2.1", common: "192.0.2.1"),
        seed("::1", addresses: [[UInt8](repeating: 0, count: 15) + [1]]), seed("2001:db8::1", dns: ["2001:db8::1"]),
        seed("db.example.com", dns: ["db.example.com\0.evil"]), seed("db.example.com.", dns: ["db.example.com"]),
        seed("xn--bcher-kva.example", dns: ["*.example"]), seed("a_b.example.com", dns: ["*.example.com"]),
        seed("h", addresses: [[1]]),
        seed("bücher.example", dns: ["bücher.example"]), seed("a..example.com", dns: ["*..example.com"]), seed("h"),
    ]

    static let dictionary: [[UInt8]] =
        ["*.", "*", ".com", "example.com", "db.", "192.0.2.1", "::1", "xn--", "\0", "..", "EXAMPLE"].map {
            [UInt8](text: $0)
        }
        + [[192, 0, 2, 1], [4, 192, 0, 2, 1]]
}
