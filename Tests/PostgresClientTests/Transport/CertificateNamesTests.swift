import PostgresWire
import Testing

@testable import PostgresClient

/// libpq's rules for whether a certificate is good for a host.
@Suite struct CertificateNamesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let host: String
        let dns: [String]
        let addresses: [[UInt8]]
        let commonName: String?
        let isGood: Bool

        init(_ host: String, dns: [String] = [], addresses: [[UInt8]] = [], cn: String? = nil, _ isGood: Bool) {
            (self.host, self.dns, self.addresses, commonName, self.isGood) = (host, dns, addresses, cn, isGood)
        }

        var testDescription: String { "\(host) by \(dns) \(addresses) \(commonName ?? "-")" }
    }

    private static let v4: [UInt8] = [192, 0, 2, 1]
    private static let v6: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]

    static let cases: [Case] = [
        // Exact names, without regard to ASCII case and to nothing else.
        Case("db.example", dns: ["db.example"], true), Case("DB.Example", dns: ["db.eXAMPLE"], true),
        Case("db.example", dns: ["db.example."], false), Case("db.example", dns: ["xdb.example"], false),
        Case("db.example", dns: ["example"], false), Case("db.example", dns: [], false),
        Case("d\u{131}.example", dns: ["di.example"], false), Case("k.example", dns: ["\u{212A}.example"], false),
        // Several.
        Case("two.example", dns: ["one.example", "two.example"], true),
        Case("three.example", dns: ["one.example", "two.example"], false),
        // Wildcards: the whole first label, one label, nothing else.
        Case("a.example.com", dns: ["*.example.com"], true), Case("A.EXAMPLE.com", dns: ["*.example.COM"], true),
        Case("a.b.example.com", dns: ["*.example.com"], false), Case("example.com", dns: ["*.example.com"], false),
        Case(".example.com", dns: ["*.example.com"], false), Case("aexample.com", dns: ["*.example.com"], false),
        Case("ab.example.com", dns: ["a*.example.com"], false), Case("a.b.com", dns: ["a.*.com"], false),
        Case("example", dns: ["*"], false), Case("a", dns: ["*."], false), Case("a.b", dns: ["**.b"], false),
        Case("*.example.com", dns: ["*.example.com"], true), Case("a.com", dns: ["*.com"], true),
        // Addresses: by their bytes, or a name that is spelled alike.
        Case("192.0.2.1", addresses: [v4], true), Case("192.0.2.2", addresses: [v4], false),
        Case("192.0.2.1", dns: ["192.0.2.1"], true), Case("192.0.2.1", dns: ["*.0.2.1"], false),
        Case("2001:db8::1", addresses: [v6], true), Case("2001:0DB8:0:0:0:0:0:1", addresses: [v6], true),
        Case("2001:db8::2", addresses: [v6], false), Case("::1", addresses: [v6], false),
        Case("2001:db8::1/128", addresses: [v6], false),
        // The common name counts where no alternative name is of the host's kind.
        Case("db.example", cn: "db.example", true), Case("db.example", cn: "other.example", false),
        Case("a.example.com", cn: "*.example.com", true), Case("192.0.2.1", cn: "192.0.2.1", true),
        Case("db.example", dns: ["other.example"], cn: "db.example", false),
        Case("192.0.2.1", addresses: [[192, 0, 2, 9]], cn: "192.0.2.1", false),
        Case("db.example", addresses: [v4], cn: "db.example", true),
        Case("192.0.2.1", dns: ["other.example"], cn: "192.0.2.1", true),
        // Spelled as only inet_aton reads it: an address by its bytes, but no name.
        Case("192.000.002.001", addresses: [v4], true), Case("192.000.002.001", cn: "192.0.2.1", false),
        Case("192.0.513", addresses: [v4], true), Case("0xC0.0.2.1", addresses: [v4], true),
        Case("127.1", addresses: [[127, 0, 0, 1]], true), Case("127.1", dns: ["127.0.0.1"], false),
        Case("127.1", dns: ["other.example"], cn: "127.1", true), Case("192.0.2.1.", addresses: [v4], false),
        Case("192.0.2.256", addresses: [v4], false),
        // What is malformed spoils everything.
        Case("db.example", dns: ["db.example\0.evil.example", "db.example"], false),
        Case("db.example", cn: "db.example\0.evil", false),
        Case("db.example", dns: ["db.example"], addresses: [[1, 2, 3, 4, 5]], false), Case("", dns: [""], false),
    ]

    @Test(arguments: cases)
    func names(_ sample: Case) {
        let names = CertificateNames(
            subject: "/CN=test", commonName: sample.commonName.map { Array($0.utf8) },
            dnsNames: sample.dns.map { Array($0.utf8) }, addresses: sample.addresses)
        do throws(PostgresError) {
            try names.verify(host: sample.host)
            #expect(sample.isGood)
        } catch {
            #expect(!sample.isGood, "\(error)")
            #expect(error.code == .tls)
        }
    }

    @Test func refusalsListTheNames() {
        let names = CertificateNames(
            subject: "", commonName: nil, dnsNames: [Array("a.example".utf8)], addresses: [[10, 0, 0, 1]])
        let error = #expect(throws: PostgresError.self) { try names.verify(host: "b.example") }
        for part in ["a.example", "10.0.0.1", "b.example"] { #expect(error?.message.contains(part) == true) }
    }

    @Test func manyNamesAreCounted() {
        let names = CertificateNames(
            subject: "/O=many", commonName: nil, dnsNames: (0..<100).map { Array("n\($0).example".utf8) }, addresses: []
        )
        let error = #expect(throws: PostgresError.self) { try names.verify(host: "other.example") }
        #expect(error?.message.contains("n3.example (and 96 other names)") == true)
        #expect(error?.message.contains("/O=many") == true)
        #expect(names.all.count == 100)
    }

    // Guard: TLSEngine.swift, `isServerName`.
    @Test func whatIsSentAsTheServersName() {
        for host in ["db.example", "DB.Example.", "1a.example", "localhost", "127.0.0.x"] {
            #expect(TLSEngine.isServerName(host))
        }
        for host in ["", "127.0.0.1", "127.1", "1.2.3.4.5", "::1", "fe80::1%eth0", "a:b", "..."] {
            #expect(!TLSEngine.isServerName(host))
        }
    }
}
