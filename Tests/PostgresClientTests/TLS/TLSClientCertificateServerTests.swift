import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Client certificates together with passwords, and what their names stand for, as real servers decide it
/// (PostgreSQL's ssl/t/001_ssltests.pl, the cases about clients, and 002_scram.pl).
@Suite(.ownThread, .needsCertificates) struct TLSClientCertificateServerTests {
    /// What comes of a connection.
    private enum Outcome: Equatable {
        case connects(String)
        case refused(SQLState)
        /// Ended by the server's TLS with the alert of this name.
        case alert(String)
        case other(PostgresError.Code)
    }

    private struct Cell: CustomStringConvertible {
        let user: String
        let certificate: String?
        let password: String?
        let outcome: Outcome

        init(_ user: String, _ certificate: String?, _ password: String? = nil, _ outcome: Outcome) {
            (self.user, self.certificate, self.password, self.outcome) = (user, certificate, password, outcome)
        }

        var description: String {
            let known = password.map { "the password \($0)" } ?? "no password"
            return "\(user) with \(certificate ?? "no certificate") and \(known)"
        }
    }

    private static let password = "the same for all"

    private static let cells: [Cell] = [
        // A certificate of an authority, whoever's it is, and the password.
        Cell("erin", "client.crt", password, .connects("scram-sha-256")),
        Cell("erin", "client_other.crt", password, .connects("scram-sha-256")),
        Cell("erin", nil, password, .refused(.invalidAuthorizationSpecification)),
        Cell("erin", "client.crt", "wrong", .refused(.invalidPassword)),
        Cell("erin", "client.crt", nil, .other(.authenticationFailed)),
        Cell("erin", "client_of_other.crt", password, .alert("unknown_ca")),
        // The user's own certificate, and the password.
        Cell("bob", "client_other.crt", password, .connects("scram-sha-256")),
        Cell("bob", "client.crt", password, .refused(.invalidPassword)),
        Cell("bob", "client_other.crt", "wrong", .refused(.invalidPassword)),
        Cell("bob", nil, password, .refused(.invalidAuthorizationSpecification)),
        // A certificate of an authority, and nothing else.
        Cell("trusting", "client.crt", nil, .connects("none")),
        Cell("trusting", "client.crt", password, .connects("none")),
        Cell("trusting", nil, nil, .refused(.invalidAuthorizationSpecification)),
        // The certificate alone: by its common name, by its whole name, by a pattern, by a map.
        Cell("alice", "client.crt", nil, .connects("none")),
        Cell("alice", "client_other.crt", nil, .refused(.invalidAuthorizationSpecification)),
        Cell("alice", nil, nil, .refused(.invalidAuthorizationSpecification)),
        Cell("named", "client_named.crt", nil, .connects("none")),
        Cell("named", "client.crt", nil, .refused(.invalidAuthorizationSpecification)),
        Cell("pattern", "client_named.crt", nil, .connects("none")),
        Cell("pattern", "client.crt", nil, .refused(.invalidAuthorizationSpecification)),
        Cell("common", "client_named.crt", nil, .connects("none")),
        Cell("common", "client.crt", nil, .refused(.invalidAuthorizationSpecification)),
    ]

    private static func options(_ installation: EphemeralPostgres.Installation) throws -> EphemeralPostgres.Options {
        var options = EphemeralPostgres.Options(
            hostBasedAuthentication: [
                "hostssl all erin 127.0.0.1/32 scram-sha-256 clientcert=verify-ca",
                "hostssl all bob 127.0.0.1/32 scram-sha-256 clientcert=verify-full",
                "hostssl all trusting 127.0.0.1/32 trust clientcert=verify-ca",
                "hostssl all alice 127.0.0.1/32 cert",
                "hostssl all named 127.0.0.1/32 cert map=named clientname=DN",
                "hostssl all pattern 127.0.0.1/32 cert map=pattern clientname=DN",
                "hostssl all common 127.0.0.1/32 cert map=common",
            ], binaries: installation.directory, shutdownGrace: .seconds(2))
        options.userNameMaps = [
            #"named "CN=dora,OU=Testing,OU=Engineering,O=Manticore" named"#,
            #"pattern "/^.*OU=Testing,.*$" pattern"#, "common dora common",
        ]
        options.certificates = .init(
            certificateFile: try CertificateZoo.file("localhost.crt"), keyFile: try CertificateZoo.file("server.key"),
            clientAuthorityFile: try CertificateZoo.file("client_roots.crt"))
        return options
    }

    private static func makeRoles(_ server: EphemeralPostgres) async throws {
        let admin = try await Connection.connect(to: TestServer.configuration(server, .socket))
        defer { admin.close() }
        for role in ["erin", "bob", "trusting", "alice", "named", "pattern", "common"] {
            _ = try await admin.simpleQuery(
                SQL(unsafeSQL: "CREATE ROLE \(role) LOGIN PASSWORD '\(Self.password)'"))
        }
    }

    private static func configuration(
        _ server: EphemeralPostgres, _ cell: Cell, _ version: TLSSettings.Version = .v1_3
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", port: server.port, user: cell.user, password: cell.password, database: "postgres",
            sslmode: .verifyFull, environment: ["HOME": "/nonexistent"])
        configuration.tls.maximumVersion = version
        configuration.tls.roots = .file(try CertificateZoo.file("roots.crt"))
        configuration.tls.certificateFile =
            try cell.certificate.map { try CertificateZoo.file($0) } ?? "/nonexistent/crt"
        configuration.tls.keyFile = try CertificateZoo.file("client.key")
        return configuration
    }

    private static func check(
        _ cell: Cell, _ server: EphemeralPostgres, _ version: TLSSettings.Version, _ face: Face
    ) async throws {
        let outcome: Outcome
        var detail = ""
        do {
            let client = try await Client.connect(configuration(server, cell, version), face)
            defer { client.connection.close() }
            #expect(try await client.query("SELECT current_user::text", as: String.self) == [cell.user])
            #expect(client.connection.tls?.isClientCertificateRequested == true)
            #expect(client.connection.tls?.isClientCertificateSent == (cell.certificate != nil))
            outcome = .connects(client.connection.authentication)
        } catch let error as PostgresError {
            detail = "\(error)"
            if let state = error.sqlState {
                outcome = .refused(state)
            } else if case .alert(let name) = cell.outcome, error.code == .tls, error.message.contains(name) {
                #expect(error.message.contains("sslcert"), "\(error)")
                outcome = cell.outcome
            } else {
                outcome = .other(error.code)
            }
        }
        #expect(outcome == cell.outcome, "\(cell), PostgreSQL \(server.version), \(version), \(face): \(detail)")
    }

    // Guards: TLSClientCertificate.swift, `SSL_CTX_use_certificate_chain_file`; AuthenticationExchange.swift,
    // `policy.isClientCertificateSent`.
    @Test(arguments: ServerPerVersion.installations)
    func everyRule(_ installation: EphemeralPostgres.Installation) async throws {
        try await EphemeralPostgres.withServer(Self.options(installation)) { server in
            try await Self.makeRoles(server)
            for cell in Self.cells {
                for version in [TLSSettings.Version.v1_2, .v1_3] {
                    for face in Face.allCases { try await Self.check(cell, server, version, face) }
                }
            }
            // A server that knows only the root needs the intermediate from the client.
            try await server.exchange(["ssl_ca_file": "root.crt"])
            for cell in [
                Cell("alice", "client_chain.crt", nil, .connects("none")),
                Cell("alice", "client.crt", nil, .alert("unknown_ca")),
                Cell("erin", "client_chain.crt", Self.password, .connects("scram-sha-256")),
                Cell("erin", "client.crt", Self.password, .alert("unknown_ca")),
            ] {
                for version in [TLSSettings.Version.v1_2, .v1_3] {
                    for face in Face.allCases { try await Self.check(cell, server, version, face) }
                }
            }
        }
    }

    // Guard: AuthenticationExchange.swift, `checkBindingNotRequired` where AuthenticationOk comes without SCRAM.
    @Test(arguments: ServerPerVersion.installations)
    func aCertificateIsNoChannelBinding(_ installation: EphemeralPostgres.Installation) async throws {
        try await EphemeralPostgres.withServer(Self.options(installation)) { server in
            try await Self.makeRoles(server)
            for face in Face.allCases {
                for cell in Self.cells where cell.certificate != nil {
                    guard case .connects(let method) = cell.outcome else { continue }
                    var configuration = try Self.configuration(server, cell)
                    configuration.channelBinding = .require
                    if method == "none" {
                        let error = await failure { try await Client.connect(configuration, face) }
                        #expect(error?.code == .authenticationFailed, "\(cell)")
                        #expect(
                            error?.message.contains("channel_binding=require demands SCRAM with channel binding, and")
                                == true,
                            "\(cell): \(String(describing: error))")
                        // Nothing weaker is tried instead.
                        configuration.requestedSSLMode = .prefer
                        #expect(await failure { try await Client.connect(configuration, face) }?.code == error?.code)
                    } else {
                        let client = try await Client.connect(configuration, face)
                        #expect(client.connection.usesChannelBinding, "\(cell)")
                        client.connection.close()
                    }
                }
            }
        }
    }
}
