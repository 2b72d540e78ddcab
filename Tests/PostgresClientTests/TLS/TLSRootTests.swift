import COpenSSL
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

/// Which roots are believed, and in which modes (PostgreSQL's ssl/t/001_ssltests.pl, the cases about roots).
@Suite(.ownThread, .needsCertificates) struct TLSRootTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let certificate: String
        let roots: String?
        let mode: SSLMode
        /// What the error must say; nil if the handshake succeeds.
        let complaint: String?

        init(_ certificate: String, _ roots: String?, _ mode: SSLMode, _ complaint: String? = nil) {
            (self.certificate, self.roots, self.mode, self.complaint) = (certificate, roots, mode, complaint)
        }

        var testDescription: String { "\(certificate) by \(roots ?? "no file"), \(mode)" }
    }

    // Guards: TLSContextKey.swift, `verifiesChain = true` (a file is believed in every mode), `guard !mustVerify else`
    // (a missing one is missed in verify-ca and verify-full); TLSSharedContext.swift, `SSL_CTX_set_verify`.
    static let cases: [Case] =
        [
            // No root: only the verifying modes mind.
            Case("localhost", "no_such_file.crt", .require), Case("localhost", "no_such_file.crt", .prefer),
            Case("localhost", "no_such_file.crt", .verifyCA, "no_such_file.crt"),
            Case("localhost", "no_such_file.crt", .verifyFull, "no_such_file.crt"),
        ]
        // Another's root, the intermediate without its root, and no root at all in the file.
        + [SSLMode.prefer, .require, .verifyCA, .verifyFull].flatMap { mode in
            [
                Case("localhost", "other.crt", mode, "not trusted"),
                Case("localhost", "server_ca.crt", mode, "not trusted"),
                Case("localhost", "server.key", mode, "could not be loaded"),
                Case("localhost", "roots.crt", mode), Case("localhost", "roots_other_first.crt", mode),
                Case("localhost", "roots_other_last.crt", mode),
            ]
        }
        // Chains that are complete but bad.
        + [SSLMode.require, .verifyCA, .verifyFull].flatMap { mode in
            [
                Case("expired", "roots.crt", mode, "has expired"), Case("future", "roots.crt", mode, "not yet valid"),
                Case("wrong_purpose", "roots.crt", mode, "purpose"),
                Case("under_false_ca_chain", "roots.crt", mode, "not trusted"),
                Case("of_other", "roots.crt", mode, "not trusted"), Case("of_other", "other.crt", mode),
            ]
        }

    @Test(arguments: cases)
    func roots(_ sample: Case) throws {
        var configuration = try TLSPair.configuration("localhost", sample.mode)
        if let roots = sample.roots { configuration.tls.roots = .file(try CertificateZoo.file(roots)) }
        do {
            var pair = try TLSPair(configuration, TLSPair.server(sample.certificate))
            try pair.handshake()
            #expect(sample.complaint == nil)
            let summary = pair.client.summary
            #expect(summary.isVerified == (sample.roots != "no_such_file.crt"))
            #expect(summary.isHostVerified == (sample.mode == .verifyFull))
            #expect((summary.roots != nil) == summary.isVerified)
        } catch let error as PostgresError {
            let complaint = try #require(sample.complaint, "\(error)")
            #expect(error.code == .tls)
            #expect(error.message.contains(complaint), "\(error)")
        }
    }

    // 1024 bits are below OpenSSL's security level 2, which is the default of Debian and of OpenSSL 3.2; where it is
    // lower, the user or the distribution has chosen so.
    @Test func shortKeysAreForTheSecurityLevelToRefuse() throws {
        var pair = try TLSPair(
            TLSPair.configuration(), TLSPair.server("small_rsa", key: "small_rsa", to: .v1_2))
        let level = unsafe SSL_CTX_get_security_level(pair.client.context.shared.pointer)
        do throws(PostgresError) {
            try pair.handshake()
            #expect(level < 2)
            #expect(pair.client.summary.isVerified)
        } catch {
            #expect(level >= 2, "\(error)")
            #expect(error.code == .tls)
            #expect(error.message.contains("key too"), "\(error)")
        }
    }

    // Guard: TLSContextKey.swift, `files.last?.isRegular != false`: opening a pipe would wait for ever.
    @Test(arguments: [SSLMode.prefer, .verifyFull])
    func aPipeIsNoFile(_ mode: SSLMode) throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        let pipe = folder + "/pipe"
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let changes: [(inout TLSSettings) -> Void] = [
            { $0.roots = .file(pipe) }, { $0.revocationListFile = pipe }, { $0.revocationListDirectory = pipe },
            { $0.certificateFile = pipe },
        ]
        for change in changes {
            var configuration = try TLSPair.configuration("localhost", mode)
            change(&configuration.tls)
            let error = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains(pipe) == true && error?.message.contains("regular file") == true)
        }
        try #require(unsafe mkfifo(folder + "/01234567.r0", 0o600) == 0)
        var configuration = try TLSPair.configuration("localhost", mode)
        configuration.tls.revocationListDirectory = folder
        let error = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
        #expect(error?.message.contains("01234567.r0") == true)
    }

    // Guard: TLSContextKey.swift, `case .userFile`: the file in the home folder is believed in every mode.
    @Test func theRootInTheHomeFolder() throws {
        let home = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(home) }
        try Files.createFolder(home + "/.postgresql", owner: .caller())
        var configuration = try TLSPair.configuration("localhost", .require)
        configuration.tls.roots = .default
        var pair = try TLSPair(configuration, TLSPair.server(), home: home)
        try pair.handshake()
        #expect(!pair.client.summary.isVerified)
        for (roots, isGood) in [("roots.crt", true), ("other.crt", false)] {
            try CertificateZoo.write(CertificateZoo.bytes(roots), to: home + "/.postgresql/root.crt")
            var pair = try TLSPair(configuration, TLSPair.server(), home: home)
            if isGood {
                try pair.handshake()
                #expect(pair.client.summary.roots == .userFile(home + "/.postgresql/root.crt"))
            } else {
                let error = #expect(throws: PostgresError.self) { try pair.handshake() }
                #expect(error?.message.contains(home) == true)
            }
        }
    }

    // Guard: TLSSharedContext.swift, `SSL_CTX_set_default_verify_paths`. OpenSSL finds the store by the environment, which
    // only a process of the test's own may change.
    @Test func theSystemsStore() async throws {
        let folder = try CertificateZoo.folder
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            CertificateZoo.adopt(folder)
            unsafe setenv("SSL_CERT_FILE", folder + "/roots.crt", 1)
            unsafe setenv("SSL_CERT_DIR", folder + "/nonexistent", 1)
            var configuration = try TLSPair.configuration()
            configuration.tls.roots = .system
            var good = try TLSPair(configuration, TLSPair.server())
            try good.handshake()
            #expect(good.client.summary.roots == .system)
            var stranger = try TLSPair(configuration, TLSPair.server("of_other"))
            let error = #expect(throws: PostgresError.self) { try stranger.handshake() }
            #expect(error?.message.contains("the system's root certificates") == true)
            try TLSRootTests.listsGoWithTheSystemsStore(configuration)
            // A pipe would be waited for.
            let pipe = try CertificateZoo.makeFolder()
            defer { CertificateZoo.removeFolder(pipe) }
            try #require(unsafe mkfifo(pipe + "/roots.crt", 0o600) == 0)
            unsafe setenv("SSL_CERT_FILE", pipe + "/roots.crt", 1)
            let refusal = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
            #expect(refusal?.message.contains(pipe) == true)
        }
    }

    // Guard: TLSContextKey.swift, `revocationListFile = listFile ?? userList`: with the system's roots too.
    private static func listsGoWithTheSystemsStore(_ base: ConnectionConfiguration) throws {
        var configuration = base
        configuration.tls.revocationListFile = try CertificateZoo.file("revoking.crl")
        var good = try TLSPair(configuration, TLSPair.server())
        try good.handshake()
        var revoked = try TLSPair(configuration, TLSPair.server("revoked"))
        let error = #expect(throws: PostgresError.self) { try revoked.handshake() }
        #expect(error?.message.contains("revoked") == true)
        configuration.tls.revocationListFile = nil
        configuration.tls.revocationListDirectory = try CertificateZoo.file("revoking_crls")
        var second = try TLSPair(configuration, TLSPair.server("revoked"))
        #expect(throws: PostgresError.self) { try second.handshake() }
        configuration.tls.revocationListDirectory = nil
        configuration.tls.revocationListFile = "/nonexistent/root.crl"
        let missing = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
        #expect(missing?.code == .tls && missing?.message.contains("/nonexistent/root.crl") == true)
    }

    // Guard: TLSContextKey.swift, `ProcessEnvironment.variables(["HOME"])`.
    @Test func variablesThatDoNotMatterAreNotRead() async throws {
        let folder = try CertificateZoo.folder
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            CertificateZoo.adopt(folder)
            unsafe setenv("HOME", "/nonexistent", 1)
            unsafe setenv("PGPASSWORD", [CChar(bitPattern: 0xFF), 0], 1)
            var configuration = try TLSPair.configuration()
            for roots in [configuration.tls.roots, .default] {
                configuration.tls.roots = roots
                _ = try TLSContext(configuration, configuration.host)
            }
        }
    }

    // Guard: TLSRefusal.swift: subject, names, issuer, store and advice are in the sentence.
    @Test func whatAnErrorSays() throws {
        var configuration = try TLSPair.configuration("localhost")
        configuration.tls.roots = .file(try CertificateZoo.file("other.crt"))
        var pair = try TLSPair(configuration, TLSPair.server("many_sans"))
        let error = #expect(throws: PostgresError.self) { try pair.handshake() }
        let message = try #require(error?.message)
        for part in [
            "/O=Manticore", "a.manticore.example", "(and 2 other names)", "Manticore test CA for servers", "other.crt",
            "sslrootcert",
        ] { #expect(message.contains(part), "\(message)") }
        #expect(!message.contains("f.manticore.example") && !message.contains("CockroachDB"))
    }

    @Test(arguments: ["blue-dog-k2x.aws-eu-central-1.cockroachlabs.cloud", "Blue-Dog-k2x.EU.crdb.IO"])
    func cockroachCloudHearsWhichFileToFetch(_ host: String) throws {
        var configuration = try TLSPair.configuration(host)
        configuration.tls.roots = .system
        var pair = try TLSPair(configuration, TLSPair.server("of_other"))
        let error = #expect(throws: PostgresError.self) { try pair.handshake() }
        #expect(error?.message.lowercased().contains("blue-dog-ca.crt") == true, "\(error?.message ?? "")")
        configuration.tls.roots = .file(try CertificateZoo.file("roots.crt"))
        var second = try TLSPair(configuration, TLSPair.server("of_other"))
        let other = #expect(throws: PostgresError.self) { try second.handshake() }
        #expect(other?.message.contains("sslrootcert=system") == true)
    }
}
