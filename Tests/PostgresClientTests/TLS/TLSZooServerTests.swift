import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// The tables of names, roots, revocation lists and signatures once more, with a real PostgreSQL showing the
/// certificates: of each version one server, which gets one certificate after the other.
@Suite(.ownThread, .needsCertificates) struct TLSZooServerTests {
    /// One server's certificate, and what one client believes.
    private struct Cell: CustomStringConvertible {
        let certificate: String
        var host = "localhost"
        var mode = SSLMode.verifyFull
        var roots: String? = "roots.crt"
        var revocationListFile: String?
        var revocationListDirectory: String?
        /// What the error must say; nil if there is a session.
        var complaint: String?

        var description: String {
            let lists = [revocationListFile, revocationListDirectory].compactMap(\.self).joined(separator: " ")
            return "\(certificate) for \(host), \(mode), by \(roots ?? "no file") \(lists)"
        }
    }

    private static let cells: [Cell] =
        TLSNameTests.cases.map { sample in
            Cell(certificate: sample.certificate, host: sample.host, complaint: sample.isGood ? nil : "")
        }
        // What `prefer` does about a refusal is the subject of NegotiationTraceTests.
        + TLSRootTests.cases.filter { $0.mode != .prefer }.map { sample in
            Cell(
                certificate: sample.certificate, mode: sample.mode, roots: sample.roots, complaint: sample.complaint)
        }
        + TLSRevocationTests.cases.map { sample in
            Cell(
                certificate: sample.certificate, revocationListFile: sample.file,
                revocationListDirectory: sample.directory, complaint: sample.complaint)
        }

    private static func options(_ installation: EphemeralPostgres.Installation) throws -> EphemeralPostgres.Options {
        var options = EphemeralPostgres.Options(
            hostBasedAuthentication: [
                "hostssl all trusted 127.0.0.1/32 trust", "hostssl all postgres 127.0.0.1/32 scram-sha-256",
            ], binaries: installation.directory, shutdownGrace: .seconds(2))
        options.certificates = .init(
            certificateFile: try CertificateZoo.file("localhost.crt"), keyFile: try CertificateZoo.file("server.key"))
        return options
    }

    private static func configuration(
        _ server: EphemeralPostgres, _ user: String, _ cell: Cell
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", port: server.port, user: user, password: user == "postgres" ? server.password : nil,
            database: "postgres", sslmode: cell.mode, environment: ["HOME": "/nonexistent"])
        configuration.host = ServerHost(cell.host, address: "127.0.0.1", port: server.port)
        configuration.tls.roots = try cell.roots.map { .file(try CertificateZoo.file($0)) } ?? .default
        configuration.tls.revocationListFile = try cell.revocationListFile.map { try CertificateZoo.file($0) }
        configuration.tls.revocationListDirectory = try cell.revocationListDirectory.map { try CertificateZoo.file($0) }
        return configuration
    }

    private static func check(_ cell: Cell, _ server: EphemeralPostgres, _ face: Face) async throws {
        let place = "\(cell), PostgreSQL \(server.version), \(face)"
        do {
            let client = try await Client.connect(configuration(server, "trusted", cell), face)
            defer { client.connection.close() }
            #expect(cell.complaint == nil, "\(place)")
            #expect(try await client.answers())
            let tls = client.connection.tls
            #expect(tls?.isVerified == (cell.roots != "no_such_file.crt"), "\(place)")
            #expect(tls?.isHostVerified == (cell.mode == .verifyFull), "\(place)")
        } catch let error as PostgresError {
            #expect(error.code == .tls, "\(place): \(error)")
            #expect(cell.complaint.map { $0.isEmpty || error.message.contains($0) } == true, "\(place): \(error)")
        }
    }

    // Guards: those of TLSNameTests, TLSRootTests and TLSRevocationTests.
    @Test(arguments: ServerPerVersion.installations)
    func everyCertificate(_ installation: EphemeralPostgres.Installation) async throws {
        try await EphemeralPostgres.withServer(Self.options(installation)) { server in
            let admin = try await Connection.connect(to: TestServer.configuration(server, .socket))
            _ = try await admin.simpleQuery("CREATE ROLE trusted LOGIN")
            admin.close()
            var left = Self.cells[...]
            while let certificate = left.first?.certificate {
                try await server.exchange(["ssl_cert_file": certificate + ".crt"])
                for cell in left where cell.certificate == certificate {
                    for face in Face.allCases { try await Self.check(cell, server, face) }
                }
                left.removeAll { $0.certificate == certificate }
            }
        }
    }

    // Guards: TLSCertificate.swift, `X509_get_signature_info`; AuthenticationExchange.swift, `chooseBinding`. The
    // server hashes its certificate for itself, so that a wrong hash here ends in a refusal there.
    @Test(arguments: ServerPerVersion.installations)
    func everySignatureBinds(_ installation: EphemeralPostgres.Installation) async throws {
        try await EphemeralPostgres.withServer(Self.options(installation)) { server in
            for certificate in [
                "rsa_sha1", "rsa_sha224", "rsa_sha256", "rsa_sha384", "rsa_sha512", "rsa_pss_sha256",
                "rsa_pss_sha384", "rsa_pss_key", "ecdsa_sha256", "ecdsa_sha384", "ecdsa_sha512", "ed25519", "ed448",
            ] {
                try await server.exchange([
                    "ssl_cert_file": certificate + ".crt", "ssl_key_file": certificate + ".key",
                ])
                let isDefined = !certificate.hasPrefix("ed")
                let cell = Cell(certificate: certificate, mode: .require, roots: nil)
                var configuration = try Self.configuration(server, "postgres", cell)
                for face in Face.allCases {
                    configuration.channelBinding = .prefer
                    // Where the standard defines no hash, libpq agrees to bind and then fails; here it goes without.
                    let client = try await Client.connect(configuration, face)
                    #expect(client.connection.authentication == "scram-sha-256")
                    #expect(client.connection.usesChannelBinding == isDefined, "\(certificate)")
                    #expect(try await client.answers())
                    client.connection.close()
                    configuration.channelBinding = .require
                    guard isDefined else {
                        let error = await failure { try await Client.connect(configuration, face) }
                        #expect(error?.code == .authenticationFailed)
                        #expect(error?.message.contains("channel_binding=require") == true)
                        continue
                    }
                    let bound = try await Client.connect(configuration, face)
                    #expect(bound.connection.usesChannelBinding, "\(certificate)")
                    bound.connection.close()
                    configuration.channelBinding = .disable
                    let unbound = try await Client.connect(configuration, face)
                    #expect(!unbound.connection.usesChannelBinding, "\(certificate)")
                    unbound.connection.close()
                }
            }
        }
    }
}
