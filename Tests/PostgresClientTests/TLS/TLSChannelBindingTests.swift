import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

/// `tls-server-end-point` for every kind of signature (RFC 5929 section 4.1), compared with what `openssl` computes.
@Suite(.ownThread, .needsCertificates) struct TLSChannelBindingTests {
    // Guards: TLSCertificate.swift, `X509_get_signature_info`, `digest == NID_md5 || digest == NID_sha1`.
    @Test(arguments: [
        ("rsa_sha1", "sha256"), ("rsa_sha224", "sha224"), ("rsa_sha256", "sha256"), ("rsa_sha384", "sha384"),
        ("rsa_sha512", "sha512"), ("rsa_pss_sha256", "sha256"), ("rsa_pss_sha384", "sha384"),
        ("rsa_pss_key", "sha256"),
        ("ecdsa_sha256", "sha256"), ("ecdsa_sha384", "sha384"), ("ecdsa_sha512", "sha512"),
    ])
    func hashes(_ certificate: String, _ digest: String) throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        let file = try CertificateZoo.file(certificate + ".crt")
        _ = try CertificateZoo.openssl("x509", "-in", file, "-outform", "DER", "-out", folder + "/der")
        let output = try CertificateZoo.openssl("dgst", "-" + digest, "-r", folder + "/der")
        let expected = output.prefix { $0 != " " }
        let binding = try Self.binding(certificate)
        guard case .tlsServerEndPoint(let hash) = binding else {
            Issue.record("\(binding)")
            return
        }
        let hexadecimal = hash.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        #expect(hexadecimal.joined() == expected)
    }

    // Guard: TLSCertificate.swift, `digest != NID_undef`.
    @Test(arguments: ["ed25519", "ed448"])
    func undefined(_ certificate: String) throws {
        #expect(try Self.binding(certificate) == .undefined)
    }

    private static func binding(_ certificate: String) throws -> AuthenticationPolicy.ChannelBindingData {
        var configuration = try TLSPair.configuration("localhost", .require)
        configuration.tls.roots = .default
        var pair = try TLSPair(configuration, TLSPair.server(certificate, key: certificate))
        try pair.handshake()
        return pair.client.channelBinding
    }
}
