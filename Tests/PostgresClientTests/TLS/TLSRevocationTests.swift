import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Revocation lists (PostgreSQL's ssl/t/001_ssltests.pl, the cases about CRLs).
@Suite(.ownThread, .needsCertificates) struct TLSRevocationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let certificate: String
        let file: String?
        let directory: String?
        let complaint: String?

        init(_ certificate: String, file: String? = nil, directory: String? = nil, _ complaint: String? = nil) {
            (self.certificate, self.file, self.directory, self.complaint) = (certificate, file, directory, complaint)
        }

        var testDescription: String { "\(certificate) \(file ?? "") \(directory ?? "")" }
    }

    // Guards: TLSSharedContext.swift, `X509_load_crl_file`, `X509_STORE_load_path`, `X509_STORE_set_flags`;
    // TLSContextKey.swift, `could not be loaded` (libpq goes on without a list that is asked for and not there).
    static let cases = [
        Case("localhost"), Case("localhost", file: "good.crl"), Case("localhost", directory: "good_crls"),
        Case("localhost", file: "wrong.crl", "CRL"), Case("localhost", directory: "wrong_crls", "CRL"),
        Case("localhost", file: "other.crl", "CRL"), Case("localhost", file: "revoking.crl"),
        Case("localhost", directory: "revoking_crls"), Case("revoked"), Case("revoked", file: "good.crl"),
        Case("revoked", file: "revoking.crl", "revoked"), Case("revoked", directory: "revoking_crls", "revoked"),
        Case("localhost", file: "nonexistent.crl", "nonexistent.crl"),
        Case("localhost", directory: "nonexistent", "nonexistent"),
        Case("localhost", file: "roots.crt", "roots.crt"), Case("localhost", directory: "good.crl", "good.crl"),
    ]

    @Test(arguments: cases, [SSLMode.require, .verifyCA, .verifyFull])
    func lists(_ sample: Case, _ mode: SSLMode) throws {
        var configuration = try TLSPair.configuration("localhost", mode)
        configuration.tls.revocationListFile = try sample.file.map { try CertificateZoo.file($0) }
        configuration.tls.revocationListDirectory = try sample.directory.map { try CertificateZoo.file($0) }
        do {
            var pair = try TLSPair(configuration, TLSPair.server(sample.certificate))
            try pair.handshake()
            #expect(sample.complaint == nil)
        } catch let error as PostgresError {
            let complaint = try #require(sample.complaint, "\(error)")
            #expect(error.code == .tls)
            #expect(error.message.contains(complaint), "\(error)")
        }
    }

    // Guard: TLSContextKey.swift, `root.crl`.
    @Test func theListInTheHomeFolder() throws {
        let home = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(home) }
        try Files.createFolder(home + "/.postgresql", owner: .caller())
        try CertificateZoo.write(CertificateZoo.bytes("revoking.crl"), to: home + "/.postgresql/root.crl")
        var pair = try TLSPair(TLSPair.configuration(), TLSPair.server("revoked"), home: home)
        let error = #expect(throws: PostgresError.self) { try pair.handshake() }
        #expect(error?.message.contains("revoked") == true)
        // Nobody asked for this one, so that a broken one is no list, as in libpq.
        try CertificateZoo.write(Array("nothing".utf8), to: home + "/.postgresql/root.crl")
        var second = try TLSPair(TLSPair.configuration(), TLSPair.server("revoked"), home: home)
        try second.handshake()
    }

    // Guard: TLSContextKey.swift, `would have no effect`.
    @Test(arguments: [SSLMode.allow, .prefer, .require])
    func aListThatCannotTakeEffectIsAnError(_ mode: SSLMode) throws {
        for roots in [RootCertificates.default, .file("/nonexistent/root.crt")] {
            var configuration = try TLSPair.configuration("localhost", mode)
            configuration.tls.roots = roots
            _ = try TLSPair.context(configuration)
            configuration.tls.revocationListFile = try CertificateZoo.file("good.crl")
            let file = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
            #expect(file?.code == .invalidConfiguration)
            #expect(file?.message.contains("sslcrl would have no effect") == true)
            configuration.tls.revocationListFile = nil
            configuration.tls.revocationListDirectory = try CertificateZoo.file("good_crls")
            let directory = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
            #expect(directory?.code == .invalidConfiguration)
            #expect(directory?.message.contains("sslcrldir would have no effect") == true)
        }
    }

    // Guard: TLSContextKey.swift, `files += entries`: a list that is overwritten in its place changes no directory.
    @Test func aListThatIsOverwrittenIsNoticed() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        for name in Files.names(in: try CertificateZoo.file("good_crls")) {
            // Behind a link, as `openssl rehash` leaves them.
            try CertificateZoo.write(CertificateZoo.bytes("good_crls/" + name), to: folder + "/list-" + name)
            try #require(unsafe symlink("list-" + name, folder + "/" + name) == 0)
        }
        var configuration = try TLSPair.configuration()
        configuration.tls.revocationListDirectory = folder
        var good = try TLSPair(configuration, TLSPair.server("revoked"))
        try good.handshake()
        for name in Files.names(in: try CertificateZoo.file("revoking_crls")) {
            let bytes = try CertificateZoo.bytes("revoking_crls/" + name)
            let descriptor = unsafe open(folder + "/list-" + name, O_WRONLY | O_TRUNC | O_CLOEXEC)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            try #require(unsafe write(descriptor, bytes, bytes.count) == bytes.count)
        }
        var revoked = try TLSPair(configuration, TLSPair.server("revoked"))
        let error = #expect(throws: PostgresError.self) { try revoked.handshake() }
        #expect(error?.message.contains("revoked") == true)
    }

    // Guard: TLSContextCache.swift, `guard key.isCacheable`.
    @Test func tooManyListsAreNotRemembered() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        var configuration = try TLSPair.configuration()
        configuration.tls.revocationListDirectory = folder
        for number in 0..<1025 { try CertificateZoo.write([], to: folder + "/01234567.r\(number)") }
        let first = try TLSPair.context(configuration)
        #expect(try TLSPair.context(configuration).shared !== first.shared)
        try #require(unsafe unlink(folder + "/01234567.r0") == 0)
        let second = try TLSPair.context(configuration)
        #expect(try TLSPair.context(configuration).shared === second.shared)
    }

    // Guard: TLSSharedContext.swift, `X509_load_crl_file` in place of a loader that takes certificates too.
    @Test func aListBringsNoRoots() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        let list =
            try CertificateZoo.bytes("good.crl") + CertificateZoo.bytes("other.crt") + CertificateZoo.bytes("other.crl")
        try CertificateZoo.write(list, to: folder + "/list.crl")
        var configuration = try TLSPair.configuration()
        configuration.tls.revocationListFile = folder + "/list.crl"
        var pair = try TLSPair(configuration, TLSPair.server("of_other"))
        #expect(throws: PostgresError.self) { try pair.handshake() }
    }
}
