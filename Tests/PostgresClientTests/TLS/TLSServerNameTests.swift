import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Servers that choose their certificate by the name that the client asks for (PostgreSQL's ssl/t/004_sni.pl).
@Suite(.ownThread, .needsCertificates) struct TLSServerNameTests {
    private static let domain = "manticore.example"

    /// A server with two names, which refuses others and has one more certificate for who sends no name.
    private static func server(_ negotiation: TLSSettings.Negotiation) throws -> ScriptedServer {
        let key = try CertificateZoo.file("server.key")
        var tls = ScriptedServer.TLS(certificateFile: try CertificateZoo.file("localhost.crt"), keyFile: key)
        tls.names["single.alt-name.\(domain)"] = .init(
            certificateFile: try CertificateZoo.file("single_san.crt"), keyFile: key)
        tls.names["DNS1.alt-name.\(domain)"] = .init(
            certificateFile: try CertificateZoo.file("multiple_sans.crt"), keyFile: key)
        tls.names.refusesOthers = true
        let handshake = negotiation == .direct ? [.startTLS(tls)] : ScriptedServer.acceptTLS(tls)
        return try ScriptedServer(handshake + ScriptedServer.acceptingSession + [.receiveToEnd])
    }

    private static func configuration(
        _ server: ScriptedServer, _ host: String, _ negotiation: TLSSettings.Negotiation
    ) throws -> ConnectionConfiguration {
        var configuration = try TLSPair.configuration()
        configuration.host = ServerHost(host, address: "127.0.0.1", port: server.port)
        configuration.tls.negotiation = negotiation
        return configuration
    }

    // Guard: TLSEngine.swift, `set_tlsext_host_name`.
    @Test(arguments: [TLSSettings.Negotiation.postgres, .direct], Face.allCases)
    func theNameChoosesTheCertificate(_ negotiation: TLSSettings.Negotiation, _ face: Face) async throws {
        let server = try Self.server(negotiation)
        for (connection, sample) in [
            ("single.alt-name.\(Self.domain)", "single.alt-name.\(Self.domain)"),
            ("Single.ALT-name.Manticore.Example", "single.alt-name.\(Self.domain)"),
            ("dns1.alt-name.\(Self.domain)", "dns1.alt-name.\(Self.domain)"),
            ("DNS1.ALT-NAME.MANTICORE.EXAMPLE", "dns1.alt-name.\(Self.domain)"),
            // An address is no name to ask for.
            ("127.0.0.1", "localhost"),
        ].enumerated() {
            let (host, shown) = sample
            let client = try await Client.connect(Self.configuration(server, host, negotiation), face)
            #expect(client.connection.tls?.certificate?.names.first == shown)
            #expect(client.connection.tls?.isHostVerified == true)
            client.connection.close()
            #expect(server.waitUntilFinished(connection))
            #expect(server.failure(on: connection) == nil)
            // As it was typed: CockroachDB Cloud's proxy takes the cluster from it.
            #expect(server.serverName(on: connection) == (host == "127.0.0.1" ? nil : host))
        }
    }

    // Guard: TLSAlert.swift, `case SSL_AD_UNRECOGNIZED_NAME`.
    @Test(arguments: [TLSSettings.Negotiation.postgres, .direct], Face.allCases)
    func anUnknownNameIsRefused(_ negotiation: TLSSettings.Negotiation, _ face: Face) async throws {
        let server = try Self.server(negotiation)
        // One that the usual certificate is good for, and one that it is not.
        for host in ["localhost", "db.example"] {
            for mode in [SSLMode.require, .verifyFull] {
                for version in [TLSSettings.Version.v1_2, .v1_3] {
                    var configuration = try Self.configuration(server, host, negotiation)
                    configuration.requestedSSLMode = mode
                    configuration.tls.maximumVersion = version
                    let error = await failure { try await Client.connect(configuration, face) }
                    #expect(error?.code == .tls)
                    #expect(error?.host?.contains(host) == true, "\(String(describing: error))")
                    for word in ["unrecognized_name", "host name", "sslsni=0"] {
                        #expect(error?.message.contains(word) == true, "\(String(describing: error))")
                    }
                }
            }
        }
        #expect(server.connections == 8)
    }

    // Guard: TLSEngine.swift, `context.key.sendsServerName`.
    @Test(arguments: [TLSSettings.Negotiation.postgres, .direct], Face.allCases)
    func noNameIsSentWithoutSNI(_ negotiation: TLSSettings.Negotiation, _ face: Face) async throws {
        let server = try Self.server(negotiation)
        var configuration = try Self.configuration(server, "localhost", negotiation)
        configuration.tls.sendsServerName = false
        let client = try await Client.connect(configuration, face)
        #expect(client.connection.tls?.certificate?.names.first == "localhost")
        client.connection.close()
        #expect(server.waitUntilFinished())
        #expect(server.serverName() == nil)
        // The certificate is still compared with the host.
        var other = try Self.configuration(server, "single.alt-name.\(Self.domain)", negotiation)
        other.tls.sendsServerName = false
        let error = await failure { try await Client.connect(other, face) }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("localhost") == true, "\(String(describing: error))")
    }
}
