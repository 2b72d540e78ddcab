import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// TLS with real PostgreSQL, which believes the zoo's client authority and knows its revoked certificates.
@Suite(.ownThread, .needsCertificates) struct TLSServerTests {
    private static let servers = ServerPerVersion { installation in
        var options = EphemeralPostgres.Options(
            hostBasedAuthentication: [
                "hostssl all alice,bob 127.0.0.1/32 cert", "hostssl all carol 127.0.0.1/32 trust",
                "hostssl all postgres 127.0.0.1/32 scram-sha-256",
            ], binaries: installation.directory, shutdownGrace: .seconds(2))
        options.certificates = .init(
            certificateFile: try CertificateZoo.file("localhost.crt"), keyFile: try CertificateZoo.file("server.key"),
            clientAuthorityFile: try CertificateZoo.file("client_roots.crt"),
            revocationListFile: try CertificateZoo.file("for_clients.crl"))
        let server = try EphemeralPostgres.start(options)
        let admin = try Connection.connect(to: TestServer.configuration(server, .socket))
        for role in ["alice", "bob", "carol"] { _ = try admin.simpleQuery("CREATE ROLE \(identifier: role) LOGIN") }
        admin.close()
        return server
    }

    private func configuration(
        _ installation: EphemeralPostgres.Installation, _ user: String, _ certificate: String?,
        key: String = "client.key"
    ) throws -> ConnectionConfiguration {
        let server = try Self.servers.server(installation)
        var configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", port: server.port, user: user, password: user == "postgres" ? server.password : nil,
            database: "postgres", sslmode: .verifyFull, environment: ["HOME": "/nonexistent"])
        configuration.tls.roots = .file(try CertificateZoo.file("roots.crt"))
        configuration.tls.certificateFile = try certificate.map { try CertificateZoo.file($0) } ?? "/nonexistent/crt"
        configuration.tls.keyFile = try CertificateZoo.file(key)
        return configuration
    }

    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func aCertificateForItsUser(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let client = try await Client.connect(configuration(installation, "alice", "client.crt"), face)
        #expect(try await client.answers())
        #expect(
            try await client.query("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()", as: String.self)
                == ["/CN=alice"])
        let tls = try #require(client.connection.tls)
        #expect(tls.isClientCertificateRequested && tls.isClientCertificateSent && tls.isHostVerified)
        #expect(tls.certificate?.names == ["localhost", "127.0.0.1", "::1"])
        client.connection.close()
    }

    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func certificatesThatAreRefused(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let none = try configuration(installation, "alice", nil)
        #expect(await failure { try await Client.connect(none, face) }?.code == .server)
        let another = try configuration(installation, "bob", "client.crt")
        let mismatch = await failure { try await Client.connect(another, face) }
        #expect(mismatch?.sqlState == .invalidAuthorizationSpecification)
        // These the server refuses in TLS 1.3 after the handshake, by an alert.
        for version in [TLSSettings.Version.v1_2, .v1_3] {
            for (certificate, alert) in [
                ("client_revoked.crt", "certificate_revoked"), ("client_of_other.crt", "unknown_ca"),
            ] {
                var refused = try configuration(installation, "alice", certificate)
                refused.tls.maximumVersion = version
                let error = await failure { try await Client.connect(refused, face) }
                #expect(error?.code == .tls)
                #expect(error?.message.contains(alert) == true, "\(error.map(String.init(describing:)) ?? "")")
            }
        }
    }

    // Guard: Sources/PostgresClient/Connecting/ConnectOperation.swift: `try TLSContextKey(configuration, attempt.host`
    @Test(arguments: Face.allCases)
    func everyTryHasTheContextOfItsHost(_ face: Face) async throws {
        var options = EphemeralPostgres.Options(
            hostBasedAuthentication: ["hostssl all all 127.0.0.1/32 trust"], shutdownGrace: .seconds(2))
        options.certificates = .init(
            certificateFile: try CertificateZoo.file("single_san.crt"), keyFile: try CertificateZoo.file("server.key"))
        let server = try await EphemeralPostgres.start(options)
        var configuration = try Connecting.configuration([
            ServerHost("single.alt-name.manticore.example", address: "127.0.0.1", port: server.port),
            ServerHost("localhost", address: "127.0.0.1", port: server.port),
        ])
        configuration.user = "postgres"
        configuration.database = "postgres"
        configuration.requestedSSLMode = nil
        configuration.tls.roots = .file(try CertificateZoo.file("roots.crt"))
        configuration.targetSessionAttributes = .preferStandby
        // The second round comes back to the first host, after localhost, whose name nobody verifies.
        let core = try await Connecting.connect(configuration, face)
        #expect(core.host.hasPrefix("single."))
        #expect(core.link.isServerVerified && core.link.tlsSummary?.isHostVerified == true)
        core.close()
        configuration.hosts.removeFirst()
        let local = try await Connecting.connect(configuration, face)
        #expect(local.link.tlsSummary?.isVerified == true && !local.link.isServerVerified)
        local.close()
        // It also stops when nobody refers to it any more, which is to be no earlier.
        await server.stop()
    }

    // Guard: StartupOperation.swift, `certificateMode.check`.
    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func certificateModes(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        var required = try configuration(installation, "carol", "client.crt")
        required.tls.certificateMode = .require
        let client = try await Client.connect(required, face)
        #expect(try await client.answers())
        client.connection.close()
        required.tls.certificateFile = "/nonexistent/crt"
        let unsent = await failure { try await Client.connect(required, face) }
        #expect(unsent?.code == .authenticationFailed)
        var disabled = try configuration(installation, "alice", "client.crt")
        disabled.tls.certificateMode = .disable
        #expect(await failure { try await Client.connect(disabled, face) }?.code == .server)
        // The shared server asks for certificates of its own authority; one that has none asks for none.
        var plain = try TestServer.configuration(.tls)
        plain.tls.certificateMode = .require
        #expect(await failure { try await Client.connect(plain, face) }?.code == .authenticationFailed)
    }

    // Guard: StartupOperation.swift, `policy.isClientCertificateSent`.
    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func aSessionThatItsCertificateOpens(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        var trusted = try configuration(installation, "carol", "client.crt")
        trusted.password = Secret("of no use")
        let client = try await Client.connect(trusted, face)
        #expect(try await client.answers())
        client.connection.close()
        trusted.tls.certificateFile = "/nonexistent/crt"
        #expect(await failure { try await Client.connect(trusted, face) }?.code == .authenticationFailed)
    }

    // Guard: Link.swift, `receiveDecrypted`; a rekeying every few records is not in reach here, but long results are.
    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func longResults(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let client = try await Client.connect(configuration(installation, "alice", "client.crt"), face)
        for size in [1, 16_300, 16_384, 16_400, 100_000, 3_000_000] {
            let text = try await client.query("SELECT repeat('x', \(Int32(size)))", as: String.self)
            #expect(text.first?.utf8.count == size)
        }
        client.connection.close()
    }
}
