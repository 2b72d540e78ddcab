import PostgresWire
import Testing

@Suite(.ownThread) struct NetworkTypeTests {
    static let hosts: [ScalarVector] = [
        ("192.168.100.128/25", "02190004c0a86480"),
        ("192.0.2.1", "02200004c0000201"),
        ("0.0.0.0/0", "0200000400000000"),
        ("255.255.255.255", "02200004ffffffff"),
        ("10.1.2.3/8", "020800040a010203"),
        ("::", "0380001000000000000000000000000000000000"),
        ("::1", "0380001000000000000000000000000000000001"),
        ("2001:db8::1", "0380001020010db8000000000000000000000001"),
        ("2001:db8::1/64", "0340001020010db8000000000000000000000001"),
        ("::ffff:1.2.3.4", "0380001000000000000000000000ffff01020304"),
        ("::1.2.3.4", "0380001000000000000000000000000001020304"),
        ("::0.1.0.2", "0380001000000000000000000000000000010002"),
        ("::0.2.0.0", "0380001000000000000000000000000000020000"),
        ("1::", "0380001000010000000000000000000000000000"),
        ("1:0:0:2::3", "0380001000010000000000020000000000000003"),
        ("1::2:3:0:0:4", "0380001000010000000000020003000000000004"),
        ("1:2:3:4:5:6:7:0", "0380001000010002000300040005000600070000"),
        ("1:0:3:4:5:6:7:8", "0380001000010000000300040005000600070008"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127", "037f0010ffffffffffffffffffffffffffffffff"),
        ("fe80::/10", "030a0010fe800000000000000000000000000000"),
        ("::ffff:0.0.0.0/96", "0360001000000000000000000000ffff00000000"),
        ("::fffe:1:2", "0380001000000000000000000000fffe00010002"),
        ("::/0", "0300001000000000000000000000000000000000"),
    ]

    static let networks: [ScalarVector] = [
        ("192.168.100.128/25", "02190104c0a86480"),
        ("192.0.2.1/32", "02200104c0000201"),
        ("10.0.0.0/8", "020801040a000000"),
        ("0.0.0.0/0", "0200010400000000"),
        ("::/0", "0300011000000000000000000000000000000000"),
        ("2001:db8::/32", "0320011020010db8000000000000000000000000"),
        ("::1/128", "0380011000000000000000000000000000000001"),
    ]

    static let addresses: [ScalarVector] = [
        ("08:00:2b:01:02:03", "08002b010203"),
        ("ff:ff:ff:ff:ff:ff", "ffffffffffff"),
        ("00:00:00:00:00:00", "000000000000"),
    ]

    static let longAddresses: [ScalarVector] = [
        ("08:00:2b:01:02:03:04:05", "08002b0102030405"),
        ("08:00:2b:ff:fe:01:02:03", "08002bfffe010203"),
        ("ff:ff:ff:ff:ff:ff:ff:ff", "ffffffffffffffff"),
    ]

    @Test func hosts() throws {
        try expectBothWays(PostgresInet.self, Self.hosts)
        let host = try #require(PostgresInet("192.168.100.128/25"))
        #expect(host.address.bytes == [192, 168, 100, 128] && host.prefixLength == 25)
        #expect(PostgresCIDR(host).description == "192.168.100.128/25")
        #expect(PostgresCIDR(try #require(PostgresInet("192.168.100.129/25"))).description == "192.168.100.128/25")
        // A network is a host's address as well.
        #expect(try decoded(PostgresInet.self, hex(Self.networks[0].bytes), .cidr) == host)
        #expect(try decoded(PostgresInet.self, text: "10.0.0.0/8", .cidr) == PostgresInet("10.0.0.0/8"))
        for bytes in [
            "", "02", "02190004", "02190004c0a864", "0221000 4c0a86480 00", "02210004c0a86480", "04200004c0a86480",
            "02200010c0a86480", "0220000500c0a86480", "03810010" + String(repeating: "0", count: 32),
            "03200004c0a86480",
        ] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresInet.self, hex(bytes), .inet) }
        }
    }

    @Test func addressesOfVersion6() throws {
        let same = [
            "2001:db8::1", "2001:DB8::1", "2001:0db8:0:0:0:0:0:1", "2001:db8::0.0.0.1", "2001:db8:0:0::1",
            "2001:db8:0:0:0:0::1",
        ]
        for text in same { #expect(PostgresIPAddress(text)?.description == "2001:db8::1", "\(text)") }
        #expect(PostgresIPAddress("1:2:3:4:5:6:7::")?.description == "1:2:3:4:5:6:7:0")
        #expect(PostgresIPAddress("::2:3:4:5:6:7:8")?.description == "0:2:3:4:5:6:7:8")
        let wrong = [
            "", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.4 ", "01.2.3.0004", "1::2::3",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::8",
            "12345::",
            "g::", "1:", ":1", "::1:", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::1%eth0", "[::1]",
            "1:2:::3",
        ]
        for text in wrong { #expect(PostgresIPAddress(text) == nil, "\(text)") }
        for text in ["1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "1.2.3.4/024x", "::/129", "1.2.3.4/8/8", "1.2.3.4/0008"] {
            #expect(PostgresInet(text) == nil, "\(text)")
        }
    }

    @Test func networks() throws {
        try expectBothWays(PostgresCIDR.self, Self.networks)
        #expect(PostgresCIDR("10.0.0.1/8") == nil && PostgresCIDR("::1/127") == nil)
        #expect(PostgresCIDR("10.0.0.1") == PostgresCIDR("10.0.0.1/32"))
        #expect(throws: WireError.invalidValue) { try decoded(PostgresCIDR.self, hex("020801040a000001"), .cidr) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresCIDR.self, hex("020801040a000000"), .inet) }
        let network = try #require(PostgresCIDR("10.0.0.0/8"))
        #expect(network.contains(try #require(PostgresIPAddress("10.255.0.1"))))
        #expect(!network.contains(try #require(PostgresIPAddress("11.0.0.1"))))
        #expect(!network.contains(try #require(PostgresIPAddress("a00::"))))
        #expect(try #require(PostgresCIDR("::/0")).contains(try #require(PostgresIPAddress("ffff::"))))
        #expect(try #require(PostgresCIDR("0.0.0.0/0")).contains(try #require(PostgresIPAddress("255.0.0.1"))))
    }

    @Test func hardwareAddresses() throws {
        try expectBothWays(PostgresMACAddress.self, Self.addresses)
        try expectBothWays(PostgresMACAddress8.self, Self.longAddresses)
        for text in [
            "08-00-2b-01-02-03", "08002b:010203", "08002b-010203", "0800.2b01.0203", "0800-2b01-0203", "08002b010203",
            "08:00:2B:01:02:03",
        ] {
            let address = try #require(PostgresMACAddress(text), "\(text)")
            #expect(address.description == "08:00:2b:01:02:03")
            #expect(PostgresMACAddress8(address).description == "08:00:2b:ff:fe:01:02:03")
            #expect(PostgresMACAddress8(text) == nil)
        }
        for text in [
            "", "08:00:2b:01:02", "08:00:2b:01:02:03:04", "08:00-2b:01:02:03", "8:0:2b:1:2:3", ":08:00:2b:01:02:03",
            "08:00:2b:01:02:03:", "08::00:2b:01:02:03", "0g:00:2b:01:02:03", "08 00 2b 01 02 03",
        ] {
            #expect(PostgresMACAddress(text) == nil, "\(text)")
        }
        #expect(PostgresMACAddress(bytes: [1, 2, 3]) == nil && PostgresMACAddress8(bytes: [1, 2, 3, 4, 5, 6]) == nil)
    }

    @Test(arguments: [21, 22] as [UInt64])
    func randomValues(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var hosts: [PostgresInet] = []
        var addresses: [PostgresMACAddress] = []
        for _ in 0..<300 {
            // Many zeros make the short forms.
            func word() -> UInt64 {
                [0, 0xFFFF, 0xFFFF_0000_FFFF, .max].randomElement(using: &generator).map { $0 & generator.next() } ?? 0
            }
            let address: PostgresIPAddress =
                Bool.random(using: &generator)
                ? .ipv4(UInt32(truncatingIfNeeded: word())) : .ipv6(UInt128(word()) << 64 | UInt128(word()))
            let length = Int.random(in: 0...address.bitWidth, using: &generator)
            hosts.append(try #require(PostgresInet(address, prefixLength: length)))
            addresses.append(
                try #require(PostgresMACAddress(bytes: (0..<6).map { _ in .random(in: 0...255, using: &generator) })))
        }
        try expectRoundTrip(hosts)
        try expectRoundTrip(hosts.map { PostgresCIDR($0) })
        try expectRoundTrip(addresses)
        try expectRoundTrip(addresses.map { PostgresMACAddress8($0) })
        for host in hosts { #expect(PostgresCIDR(host).contains(host.address)) }
    }
}
