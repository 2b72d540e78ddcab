import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

/// Client certificates and their keys (PostgreSQL's ssl/t/001_ssltests.pl, the cases about clients).
@Suite(.ownThread, .needsCertificates) struct TLSClientCertificateTests {
    static let versions = [TLSSettings.Version.v1_2, .v1_3]

    private static func configuration(
        _ certificate: String? = "client.crt", _ key: String? = "client.key", password: String? = nil
    ) throws -> ConnectionConfiguration {
        var configuration = try TLSPair.configuration()
        configuration.tls.certificateFile = try certificate.map { try CertificateZoo.file($0) }
        configuration.tls.keyFile = try key.map { try CertificateZoo.file($0) }
        configuration.tls.keyPassword = password.map { Secret($0) }
        return configuration
    }

    /// What the server sees, after a whole session: TLS 1.3's client learns only by reading that it was refused.
    private static func subject(
        _ configuration: ConnectionConfiguration, home: String = "/nonexistent", clientCA: String = "client_roots.crt",
        requires: Bool = true, _ version: TLSSettings.Version = .v1_3
    ) throws -> String? {
        var pair = try TLSPair(
            configuration, TLSPair.server(clientCA: clientCA, requires: requires, to: version), home: home)
        try pair.handshake()
        _ = try pair.readClient()
        #expect(pair.client.isClientCertificateRequested)
        #expect(pair.client.isClientCertificateSent == (pair.server.clientSubject != nil))
        return pair.server.clientSubject
    }

    // Guards: TLSClientCertificate.swift, `PEM_read_bio_PrivateKey`, `d2i_PKCS8PrivateKey_bio`, `d2i_PrivateKey_bio`.
    @Test(arguments: [
        ("client.key", nil), ("client.der", nil), ("client_encrypted.key", CertificateZoo.keyPassword),
        ("client_encrypted.der", CertificateZoo.keyPassword), ("client_traditional.key", CertificateZoo.keyPassword),
        ("client.key", "of no use"),
    ])
    func keys(_ key: String, _ password: String?) throws {
        #expect(try Self.subject(Self.configuration("client.crt", key, password: password)) == "/CN=alice")
    }

    // Guard: TLSClientCertificate.swift, `givePassword`: without it OpenSSL would ask on the terminal.
    @Test(arguments: ["client_encrypted.key", "client_encrypted.der", "client_traditional.key"])
    func encryptedKeysWithoutTheirPassword(_ key: String) throws {
        for password in [nil, "", "wrong", CertificateZoo.keyPassword + "x", String(repeating: "x", count: 5000)] {
            let error = #expect(throws: PostgresError.self) {
                try TLSPair.context(Self.configuration("client.crt", key, password: password))
            }
            #expect(error?.code == .tls)
            #expect(error?.message.contains(key) == true && error?.message.contains("sslpassword") == true)
            #expect(error?.message.contains(CertificateZoo.keyPassword) == false)
        }
        // The cache does not give out what another password opened.
        _ = try TLSPair.context(Self.configuration("client.crt", key, password: CertificateZoo.keyPassword))
        #expect(throws: PostgresError.self) {
            try TLSPair.context(Self.configuration("client.crt", key, password: "wrong"))
        }
    }

    // Guard: TLSAlert.swift; TLSEngine.swift, `if let alert = failure.alert { throw refused(by: alert) }` in `read`
    // (TLS 1.3) and in `handshake` (TLS 1.2).
    @Test(arguments: versions)
    func refusedByTheServer(_ version: TLSSettings.Version) throws {
        let none = #expect(throws: PostgresError.self) {
            try Self.subject(Self.configuration("no_such_file", nil), version)
        }
        #expect(none?.code == .tls)
        #expect(
            none?.message.contains("wants a client certificate") == true || version == .v1_2, "\(none?.message ?? "")")
        let stranger = #expect(throws: PostgresError.self) {
            try Self.subject(Self.configuration("client_of_other.crt"), version)
        }
        #expect(stranger?.code == .tls)
        #expect(stranger?.message.contains("does not accept the client certificate") == true)
        #expect(stranger?.message.contains("unknown_ca") == true)
        // A server's certificate is none for clients.
        let purpose = #expect(throws: PostgresError.self) {
            try Self.subject(Self.configuration("localhost.crt", "server.key"), clientCA: "roots.crt", version)
        }
        #expect(purpose?.code == .tls)
    }

    // Guard: TLSClientCertificate.swift, `SSL_CTX_use_certificate_chain_file`.
    @Test(arguments: versions)
    func theIntermediateComesFromTheClient(_ version: TLSSettings.Version) throws {
        #expect(
            try Self.subject(Self.configuration("client_chain.crt"), clientCA: "root.crt", version) == "/CN=alice")
        let error = #expect(throws: PostgresError.self) {
            try Self.subject(Self.configuration("client.crt"), clientCA: "root.crt", version)
        }
        #expect(error?.code == .tls)
    }

    // Guard: TLSContextKey.swift, `settings.certificateMode != .disable`; TLSCertificateMode+Check.swift.
    @Test func certificateModes() throws {
        var configuration = try Self.configuration()
        for (mode, subject) in [
            (TLSSettings.CertificateMode.disable, nil), (.allow, "/CN=alice"), (.require, "/CN=alice"),
        ] {
            configuration.tls.certificateMode = mode
            #expect(try Self.subject(configuration, requires: false) == subject)
        }
        // Disabled, it is not even looked at.
        configuration.tls.certificateMode = .disable
        configuration.tls.keyFile = "/nonexistent"
        _ = try TLSPair.context(configuration)
        let require = TLSSettings.CertificateMode.require
        try require.check(isRequested: true, isSent: true)
        let unasked = #expect(throws: PostgresError.self) { try require.check(isRequested: false, isSent: false) }
        #expect(unasked?.code == .authenticationFailed)
        #expect(unasked?.message.contains("did not request an SSL certificate") == true)
        let unsent = #expect(throws: PostgresError.self) { try require.check(isRequested: true, isSent: false) }
        #expect(unsent?.code == .authenticationFailed)
        for mode in [TLSSettings.CertificateMode.allow, .disable] { try mode.check(isRequested: false, isSent: false) }
        // Nobody asks: nothing is sent.
        var pair = try TLSPair(Self.configuration(), TLSPair.server())
        try pair.handshake()
        #expect(!pair.client.isClientCertificateRequested && !pair.client.isClientCertificateSent)
    }

    // Guards: TLSContextKey.swift, `error.number == ENOENT || error.number == ENOTDIR`; TLSClientCertificate.swift,
    // `readKey`.
    @Test func filesThatAreNotThere() throws {
        for missing in ["/nonexistent/client.crt", try CertificateZoo.file("client.crt") + "/client.crt"] {
            var configuration = try Self.configuration()
            configuration.tls.certificateFile = missing
            #expect(try Self.subject(configuration, requires: false) == nil)
        }
        var configuration = try Self.configuration()
        configuration.tls.certificateFile = "/" + String(repeating: "x", count: 300)
        let tooLong = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
        #expect(tooLong?.message.contains("could not be opened") == true)
        for (key, complaint) in [
            (nil, "private key"), ("/nonexistent/client.key", "/nonexistent/client.key"),
            (try CertificateZoo.folder, "not a regular file"), ("/dev/null", "not a regular file"),
            (try CertificateZoo.file("client.crt"), "could not be read"),
            (try CertificateZoo.file("server.key"), "does not match"),
        ] {
            var configuration = try Self.configuration()
            configuration.tls.keyFile = key
            let error = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
        }
    }

    // Guard: TLSFile.swift, `isOpenToOthers`. A key of root's may be read by its group.
    @Test func permissionsOfTheKey() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        let bytes = try CertificateZoo.bytes("client.key")
        let isRoot = ServerAccount.caller().user == 0
        var configuration = try Self.configuration()
        configuration.tls.keyFile = folder + "/client.key"
        for (mode, isGood) in [
            (0o600, true), (0o400, true), (0o640, isRoot), (0o440, isRoot), (0o660, false), (0o644, false),
            (0o604, false), (0o601, false), (0o620, false),
        ] as [(UInt32, Bool)] {
            try CertificateZoo.write(bytes, to: folder + "/client.key", mode: mode)
            if isGood {
                _ = try TLSPair.context(configuration)
            } else {
                let error = #expect(throws: PostgresError.self, "\(String(mode, radix: 8))") {
                    try TLSPair.context(configuration)
                }
                #expect(error?.message.contains("0600") == true)
            }
        }
    }

    // Guard: TLSContextKey.swift, `postgresql.crt`, `postgresql.key`.
    @Test func theFilesInTheHomeFolder() throws {
        let home = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(home) }
        try Files.createFolder(home + "/.postgresql", owner: .caller())
        let configuration = try Self.configuration(nil, nil)
        #expect(try Self.subject(configuration, home: home, requires: false) == nil)
        try CertificateZoo.write(CertificateZoo.bytes("client.crt"), to: home + "/.postgresql/postgresql.crt")
        #expect(throws: PostgresError.self) { try TLSPair.context(configuration, home: home) }
        try CertificateZoo.write(CertificateZoo.bytes("client.key"), to: home + "/.postgresql/postgresql.key")
        #expect(try Self.subject(configuration, home: home) == "/CN=alice")
    }
}
