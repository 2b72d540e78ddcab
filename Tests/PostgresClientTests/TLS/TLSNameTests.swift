import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Which certificates are good for which hosts (PostgreSQL's ssl/t/001_ssltests.pl, the cases about names).
@Suite(.ownThread, .needsCertificates) struct TLSNameTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let certificate: String
        let host: String
        let isGood: Bool

        init(_ certificate: String, _ host: String, _ isGood: Bool) {
            (self.certificate, self.host, self.isGood) = (certificate, host, isGood)
        }

        var testDescription: String { "\(certificate) for \(host)" }
    }

    private static let domain = "manticore.example"

    // Guard: TLSEngine.swift, `try verifyName()`; the rules are CertificateNames.swift, `verify(host:)`.
    static let cases: [Case] = [
        Case("cn_only", "common-name.\(domain)", true), Case("cn_only", "COMMON-name.\(domain)", true),
        Case("cn_only", "wronghost.\(domain)", false),
        Case("ip_cn", "192.0.2.1", true), Case("ip_cn", "192.000.002.001", false),
        Case("ip_in_dns", "192.0.2.1", true), Case("ip_in_dns", "192.000.002.001", false),
        Case("multiple_sans", "dns1.alt-name.\(domain)", true), Case("multiple_sans", "dns2.alt-name.\(domain)", true),
        Case("multiple_sans", "foo.wildcard.\(domain)", true),
        Case("multiple_sans", "wronghost.alt-name.\(domain)", false),
        Case("multiple_sans", "deep.subdomain.wildcard.\(domain)", false),
        Case("multiple_sans", "wildcard.\(domain)", false),
        Case("single_san", "single.alt-name.\(domain)", true),
        Case("single_san", "wronghost.alt-name.\(domain)", false),
        Case("single_san", "deep.subdomain.single.alt-name.\(domain)", false),
        Case("ip_sans", "192.0.2.1", true), Case("ip_sans", "192.000.002.001", true),
        Case("ip_sans", "192.0.513", true),
        Case("ip_sans", "192.0.2.2", false), Case("ip_sans", "2001:DB8::1", true),
        Case("ip_sans", "2001:db8:0:0:0:0:0:1", true), Case("ip_sans", "2001:0db8:0:0:0:0:0.0.0.1", true),
        Case("ip_sans", "::1", false), Case("ip_sans", "2001:DB8::1/128", false),
        Case("cn_and_sans", "dns1.alt-name.\(domain)", true), Case("cn_and_sans", "dns2.alt-name.\(domain)", true),
        Case("cn_and_sans", "common-name.\(domain)", false),
        Case("cn_and_ip_sans", "common-name.\(domain)", true), Case("cn_and_ip_sans", "192.0.2.1", true),
        Case("cn_and_ip_sans", "2001:db8::1", true), Case("ip_cn_and_ip_san", "192.0.2.1", true),
        Case("ip_cn_and_ip_san", "192.0.2.2", false), Case("ip_cn_and_dns_sans", "192.0.2.1", true),
        Case("ip_cn_and_dns_sans", "dns1.alt-name.\(domain)", true),
        Case("ip_cn_and_dns_sans", "dns2.alt-name.\(domain)", true), Case("no_names", "common-name.\(domain)", false),
        Case("localhost", "127.1", true), Case("localhost", "::1", true),
        Case("nul_in_name", "a", false), Case("nul_in_name", "b", false), Case("long_address", "192.0.2.1", false),
    ]

    @Test(arguments: cases)
    func verifyFull(_ sample: Case) throws {
        var pair = try TLSPair(TLSPair.configuration(sample.host), TLSPair.server(sample.certificate))
        do throws(PostgresError) {
            try pair.handshake()
            #expect(sample.isGood)
            #expect(pair.client.summary.isHostVerified)
        } catch {
            #expect(!sample.isGood, "\(error)")
            #expect(error.code == .tls)
            if sample.certificate == "nul_in_name" { #expect(error.message.contains("NUL")) }
            if sample.certificate == "long_address" { #expect(error.message.contains("5 bytes")) }
        }
    }

    // Guard: TLSContextKey.swift, `verifiesHost = mode == .verifyFull`.
    @Test(arguments: ["cn_only", "no_names", "nul_in_name", "long_address"], [SSLMode.require, .verifyCA])
    func otherModesDoNotAsk(_ certificate: String, _ mode: SSLMode) throws {
        var pair = try TLSPair(TLSPair.configuration("wronghost.example", mode), TLSPair.server(certificate))
        try pair.handshake()
        #expect(pair.client.summary.isVerified && !pair.client.summary.isHostVerified)
    }

    @Test func theErrorCountsTheNames() throws {
        var pair = try TLSPair(TLSPair.configuration("wronghost.example"), TLSPair.server("many_sans"))
        let error = #expect(throws: PostgresError.self) { try pair.handshake() }
        #expect(error?.message.contains("d.manticore.example (and 2 other names)") == true)
        var none = try TLSPair(TLSPair.configuration("wronghost.example"), TLSPair.server("no_names"))
        let nameless = #expect(throws: PostgresError.self) { try none.handshake() }
        #expect(nameless?.message.contains("no name at all") == true)
    }

    // Guard: TLSCertificate.swift, `init(_ certificate:)`.
    @Test func theSummaryShowsTheCertificate() throws {
        var pair = try TLSPair(TLSPair.configuration("192.0.2.1"), TLSPair.server("cn_and_ip_sans"))
        try pair.handshake()
        let certificate = try #require(pair.client.summary.certificate)
        #expect(certificate.subject == "/CN=common-name.manticore.example")
        #expect(certificate.issuer == "/CN=Manticore test CA for servers")
        #expect(certificate.names == ["192.0.2.1", "2001:db8::1"])
        let from = try #require(certificate.notBefore?.microsecondsSince1970)
        let until = try #require(certificate.notAfter?.microsecondsSince1970)
        #expect(until - from == 7 * 86_400 * 1_000_000)
        var expired = try TLSPair.configuration("localhost", .require)
        expired.tls.roots = .default
        var second = try TLSPair(expired, TLSPair.server("expired"))
        try second.handshake()
        #expect(second.client.summary.certificate?.notAfter?.description == "2020-02-01 00:00:00+00")
        #expect(second.client.summary.roots == nil)
    }
}
