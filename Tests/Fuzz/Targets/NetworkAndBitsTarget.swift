import PostgresWire

/// Network addresses, strings of bits, amounts of money and the system's identifiers.
enum NetworkAndBitsTarget: FuzzTarget {
    static let name = "network-and-bits"
    static let maximumLength = 128

    private static let types: [PostgresOID] = [
        .inet, .cidr, .macaddr, .macaddr8, .bit, .varbit, .money, .pgLsn, .xid, .xid8, .cid, .tid, .pgSnapshot,
        .txidSnapshot,
    ]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkText(PostgresInet.self, bytes, type, format)
        try Codec.checkText(PostgresCIDR.self, bytes, type, format)
        try Codec.checkText(PostgresMACAddress.self, bytes, type, format)
        try Codec.checkText(PostgresMACAddress8.self, bytes, type, format)
        try Codec.checkText(PostgresBits.self, bytes, type, format)
        try Codec.checkText(PostgresMoney.self, bytes, type, format)
        try Codec.checkText(PostgresLSN.self, bytes, type, format)
        try Codec.checkText(PostgresTransactionID.self, bytes, type, format)
        try Codec.checkText(PostgresFullTransactionID.self, bytes, type, format)
        try Codec.checkText(PostgresCommandID.self, bytes, type, format)
        try Codec.checkText(PostgresTupleID.self, bytes, type, format)
        try Codec.checkText(PostgresSnapshot.self, bytes, type, format)
        if let host = try? Codec.decode(PostgresInet.self, bytes, type, format) {
            try require(PostgresCIDR(host).contains(host.address), "\(host) is not in its own network")
            let address = host.address
            try require(PostgresIPAddress(bytes: address.bytes) == address, "\(address) has other bytes")
            try require(PostgresIPAddress(address.description) == address, "\(address) has another text")
        }
        if let bits = try? Codec.decode(PostgresBits.self, bytes, type, format) {
            let copy = PostgresBits((0..<bits.count).map { bits[$0] == true })
            try require(copy == bits, "\(bits) bit by bit is \(copy)")
        }
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            PostgresBits([true, false, true]), PostgresMoney(units: .min), PostgresLSN(position: .max),
            PostgresTransactionID(742), PostgresFullTransactionID(.max), PostgresCommandID(3),
            PostgresTupleID(block: 0, offset: 1),
        ]
        let hosts = ["192.168.100.128/25", "::ffff:1.2.3.4", "2001:db8::1/64", "::", "1::2:3:0:0:4", "10.0.0.0/8"]
        return values.map { Codec.seed($0, in: types) }
            + hosts.compactMap { PostgresInet($0) }.map { Codec.seed($0, in: types) }
            + hosts.compactMap { PostgresCIDR($0) }.map { Codec.seed($0, in: types) }
            + ["10:20:10,14,15", "1:1:"].compactMap { PostgresSnapshot($0) }.map { Codec.seed($0, in: types) }
            + hosts.flatMap { Codec.seeds(.inet, text: $0, in: types) }
            + ["08:00:2b:01:02:03", "08002b-010203", "0800.2b01.0203.0405"].flatMap {
                Codec.seeds(.macaddr, text: $0, in: types) + Codec.seeds(.macaddr8, text: $0, in: types)
            }
            + ["-$1,234.56", "1.234,56 \u{20AC}", "\u{A5}1,234", "(1 234,56)", "1.234"].flatMap {
                Codec.seeds(.money, text: $0, in: types)
            }
            + Codec.seeds(.varbit, text: "010111111", in: types) + Codec.seeds(.pgLsn, text: "16/B374D848", in: types)
            + Codec.seeds(.pgSnapshot, text: "10:20:10,14,15", in: types) + Codec.seeds(.tid, text: "(0,1)", in: types)
    }

    static let dictionary: [[UInt8]] = [
        "::", "ffff:", "0:", ".255", "/128", "/32", "/0", "08:", "ff:fe", "-", "$", "\u{20AC}", "\u{202F}", "kr.",
        "00000000",
        "FFFFFFFF", "18446744073709551615",
    ].map { [UInt8](text: $0) }
}
