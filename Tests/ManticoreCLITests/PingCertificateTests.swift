import Foundation
import ManticoreTesting
import Testing

/// `manticore ping` and `psql` agree where the client shows a certificate, where TLS begins at once, and where the
/// server breaks off TLS.
@Suite(.enabled(if: ProgramRun.psqlVersion >= 17, "psql 17 or newer, which knows sslnegotiation, is not installed"))
struct PingCertificateTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Fixtures/make-certificates.sh").path
    private static let keyPassword = "dUmmyP^#+"

    /// Makes the certificates of `Fixtures/make-certificates.sh` in a folder `certificates`, and a home directory
    /// `home` without any files.
    private static func makeFiles() async throws -> Scratch {
        let scratch = try Scratch()
        let run = try await ProgramRun.run("/bin/sh", [script, scratch.path + "/certificates"])
        #expect(run.status == 0, "\(run.output)")
        try scratch.write("home/.keep", "")
        return scratch
    }

    private static func server(
        _ scratch: Scratch, knowsClients: Bool = true, binaries: String? = nil
    ) async throws -> EphemeralPostgres {
        let folder = scratch.path + "/certificates"
        let access = [
            "hostssl all alice 127.0.0.1/32 cert", "hostnossl all alice 127.0.0.1/32 reject",
            "hostssl all carol 127.0.0.1/32 trust clientcert=verify-ca",
            "host all postgres 127.0.0.1/32 trust",
        ]
        var options = EphemeralPostgres.Options(
            hostBasedAuthentication: knowsClients ? access : Array(access.suffix(1)), tls: true, binaries: binaries)
        options.certificates = .init(
            certificateFile: folder + "/localhost.crt", keyFile: folder + "/server.key",
            clientAuthorityFile: knowsClients ? folder + "/client_roots.crt" : nil,
            revocationListFile: knowsClients ? folder + "/for_clients.crl" : nil)
        return try await .start(options)
    }

    // MARK: Certificates of clients

    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: script), "the sources are not readable"))
    func clientCertificates() async throws {
        let scratch = try await Self.makeFiles()
        defer { scratch.remove() }
        let newest = EphemeralPostgres.installations().max { $0.version < $1.version }
        let binaries = newest?.directory
        async let knowing = Self.server(scratch, binaries: binaries)
        async let unknowing = Self.server(scratch, knowsClients: false, binaries: binaries)
        let (server, other) = (try await knowing, try await unknowing)
        let admin = try await ProgramRun.run(
            ProgramRun.psql ?? "",
            ["-d", server.socketURL, "-c", "CREATE ROLE alice LOGIN", "-c", "CREATE ROLE carol LOGIN"])
        #expect(admin.status == 0, "\(admin.output)")
        try await PingAgreement.check(
            try Self.certificateCells(scratch, server.port, other.port, newest?.version.major ?? 0),
            home: scratch.path + "/home")
        await server.stop()
        await other.stop()
    }

    private static func certificateCells(
        _ scratch: Scratch, _ port: Int, _ unknowing: Int, _ major: Int
    ) throws -> [PingAgreement.Cell] {
        let folder = scratch.path + "/certificates"
        func string(
            _ certificate: String?, _ key: String? = "client.key", user: String = "alice", port: Int = port,
            mode: String = "verify-full", _ settings: String = ""
        ) -> String {
            var string = "host=127.0.0.1 port=\(port) user=\(user) dbname=postgres sslmode=\(mode) \(settings)"
            if mode != "require", mode != "prefer", mode != "allow" { string += " sslrootcert=\(folder)/roots.crt" }
            if let certificate { string += " sslcert=\(folder)/\(certificate) sslkey=\(folder)/\(key ?? "nosuch.key")" }
            return string
        }
        let manager = FileManager.default
        for (name, mode) in [("everybody.key", 0o644), ("group.key", 0o640), ("writable.key", 0o660)] {
            try manager.copyItem(atPath: folder + "/client.key", toPath: folder + "/" + name)
            try scratch.setMode(mode, of: "certificates/" + name)
        }
        try manager.createDirectory(atPath: folder + "/folder.key", withIntermediateDirectories: true)
        for home in ["right", "open"] {
            for (from, to) in [
                ("client.crt", "postgresql.crt"), ("client.key", "postgresql.key"), ("roots.crt", "root.crt"),
            ] {
                try scratch.writePrivate("\(home)/.postgresql/\(to)", scratch.text("certificates/" + from))
            }
        }
        try scratch.setMode(0o644, of: "open/.postgresql/postgresql.key")
        func home(_ name: String) -> [String: String] { ["HOME": scratch.path + "/" + name] }
        let password = "sslpassword='\(keyPassword)'"
        return [
            .init(string("client.crt"), .tls), .init(string("client.crt", mode: "require"), .tls),
            .init(string("client.crt", mode: "prefer"), .tls), .init(string("client.crt", mode: "allow"), .tls),
            .init(string("client.crt", mode: "verify-ca"), .tls), .init(string("client_chain.crt"), .tls),
            .init(string("client.crt", mode: "verify-full", "ssl_max_protocol_version=TLSv1.2"), .tls),
            .init(
                string("client.crt", mode: "verify-full", "sslnegotiation=direct"),
                major >= 17 ? .tls : .refuses, refusals: [1, 2]),
            // None, where one is asked for and where none is.
            .init(string(nil), .refuses), .init(string(nil, mode: "prefer"), .refuses),
            .init(string(nil, user: "postgres"), .tls), .init(string("nosuch.crt"), .refuses),
            .init(string("nosuch.crt", user: "postgres"), .tls), .init(string("client.crt", nil), .refuses),
            .init(string("client.crt", nil, user: "postgres"), .refuses),
            // Somebody else's, a revoked one, an unknown authority's.
            .init(string("client_other.crt"), .refuses), .init(string("client_other.crt", user: "postgres"), .tls),
            .init(string("client_revoked.crt"), .refuses, refusals: [1, 2]),
            .init(string("client_revoked.crt", user: "postgres"), .refuses, refusals: [1, 2]),
            .init(
                string("client_revoked.crt", mode: "verify-full", "ssl_max_protocol_version=TLSv1.2"), .refuses,
                refusals: [1, 2]),
            .init(string("client_of_other.crt"), .refuses, refusals: [1, 2]),
            .init(string("client.crt", user: "carol"), .tls), .init(string("client_other.crt", user: "carol"), .tls),
            .init(string(nil, user: "carol"), .refuses),
            // Keys.
            .init(string("client.crt", "client.der"), .tls), .init(string("client.crt", "server.key"), .refuses),
            .init(string("client.crt", "everybody.key"), .refuses),
            .init(string("client.crt", "writable.key"), .refuses),
            .init(string("client.crt", "group.key"), getuid() == 0 ? .tls : .refuses),
            .init(string("client.crt", "folder.key"), .refuses),
            .init(string("client.crt", "everybody.key", user: "postgres", mode: "prefer"), .clear),
            .init(string("client.crt", "client_encrypted.key", mode: "verify-full", password), .tls),
            // Encrypted and not in PEM: taken here alone.
            .init(string("client.crt", "client_encrypted.der", mode: "verify-full", password), .tls, psql: .refuses),
            .init(string("client.crt", "client_traditional.key", mode: "verify-full", password), .tls),
            .init(string("client.crt", "client_encrypted.key", mode: "verify-full", "sslpassword=wrong"), .refuses),
            .init(string("client.crt", "client_encrypted.der", mode: "verify-full", "sslpassword=wrong"), .refuses),
            .init(string("client.crt", mode: "verify-full", "sslpassword=needless"), .tls),
            // Whether one is sent.
            .init(string("client.crt", mode: "verify-full", "sslcertmode=disable"), .refuses),
            .init(string("client.crt", user: "postgres", mode: "verify-full", "sslcertmode=disable"), .tls),
            .init(string("client.crt", mode: "verify-full", "sslcertmode=require"), .tls),
            .init(string(nil, user: "postgres", mode: "verify-full", "sslcertmode=require"), .refuses),
            .init(string("client.crt", user: "postgres", port: unknowing), .tls),
            .init(
                string("client.crt", user: "postgres", port: unknowing, mode: "verify-full", "sslcertmode=require"),
                .refuses),
            .init(string("client.crt", user: "postgres", mode: "verify-full", "require_auth=none"), .tls),
            .init(string("client.crt", mode: "verify-full", "require_auth=scram-sha-256"), .refuses),
            .init(string("client.crt", mode: "verify-full", "channel_binding=require"), .refuses),
            // In the home directory.
            .init(string(nil), .tls, environment: home("right")),
            .init(string(nil), .refuses, environment: home("open")),
            .init(string(nil, mode: "require"), .tls, environment: home("right")),
            .init(string(nil, mode: "verify-full", "sslcertmode=disable"), .refuses, environment: home("right")),
        ]
    }

    // MARK: TLS at once

    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: script), "the sources are not readable"))
    func directTLS() async throws {
        let scratch = try await Self.makeFiles()
        defer { scratch.remove() }
        let roots = scratch.path + "/certificates/roots.crt"
        var servers: [EphemeralPostgres] = []
        var cells: [PingAgreement.Cell] = []
        func string(_ server: EphemeralPostgres, _ settings: String, host: String = "host=127.0.0.1") -> String {
            "\(host) port=\(server.port) user=postgres dbname=postgres sslnegotiation=direct \(settings)"
        }
        let installations = EphemeralPostgres.installations().sorted { $0.version > $1.version }
        var majors: Set<Int> = []
        for installation in installations where majors.insert(installation.version.major).inserted {
            let knows = installation.version.major >= 17
            // One that does not know it is enough.
            guard knows || majors.filter({ $0 < 17 }).count == 1 else { continue }
            let server = try await Self.server(scratch, knowsClients: false, binaries: installation.directory)
            servers.append(server)
            let fits: SessionOutcome = knows ? .tls : .refuses
            let ends: Set<Int32> = knows ? [1] : [1, 2]
            cells += [
                .init(string(server, "sslmode=require"), fits, refusals: ends),
                .init(string(server, "sslmode=verify-ca sslrootcert=\(roots)"), fits, refusals: ends),
                .init(string(server, "sslmode=verify-full sslrootcert=\(roots)"), fits, refusals: ends),
                .init(
                    string(
                        server, "sslmode=verify-full sslrootcert=\(roots)", host: "host=db.example hostaddr=127.0.0.1"),
                    .refuses, refusals: [1, 2]),
                .init(
                    string(
                        server, "sslmode=verify-ca sslrootcert=\(roots)", host: "host=db.example hostaddr=127.0.0.1"),
                    fits, refusals: ends),
                .init(
                    string(server, "sslmode=require sslrootcert=\(scratch.path)/certificates/other.crt"), .refuses,
                    refusals: [1, 2]),
                .init(
                    string(server, "sslrootcert=system"), fits, refusals: ends,
                    environment: ["SSL_CERT_FILE": roots, "SSL_CERT_DIR": scratch.path + "/home"]),
                .init(string(server, "sslmode=require ssl_max_protocol_version=TLSv1.2"), fits, refusals: ends),
                .init(string(server, "sslmode=require sslsni=0"), fits, refusals: ends),
            ]
        }
        let plain = try await EphemeralPostgres.start(
            .init(hostBasedAuthentication: ["host all all 127.0.0.1/32 trust"]))
        servers.append(plain)
        for mode in ["", "sslmode=disable", "sslmode=allow", "sslmode=prefer"] {
            cells.append(.init(string(plain, mode), .refuses, refusals: [3]))
        }
        for mode in ["require", "verify-ca", "verify-full"] {
            cells.append(
                .init(string(plain, "sslmode=\(mode) sslrootcert=\(roots)"), .refuses, refusals: [1, 2]))
        }
        try await PingAgreement.check(cells, home: scratch.path + "/home")
        for server in servers { await server.stop() }
    }

    // MARK: TLS that breaks off

    @Test func brokenHandshakes() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let server = try await EphemeralPostgres.start(
            .init(hostBasedAuthentication: ["host all all 127.0.0.1/32 trust"], tls: true))
        let roots = try #require(server.caCertificateFile)
        var cells: [PingAgreement.Cell] = []
        var fronts: [NegotiationFront] = []
        for answer in [NegotiationFront.Answer.consentThenGarbage, .consentThenClose, .consentAndMore] {
            let front = try NegotiationFront(before: server.port, answer)
            fronts.append(front)
            for mode in [nil, "disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as [String?] {
                let string =
                    "host=127.0.0.1 port=\(front.port) user=postgres dbname=postgres sslrootcert=\(roots)"
                    + (mode.map { " sslmode=\($0)" } ?? "")
                // In clear at once, or after TLS has failed; but not here behind bytes that somebody put in between.
                let begins: SessionOutcome =
                    ["disable", "allow", "prefer"].contains(mode ?? "prefer") ? .clear : .refuses
                let isTLSFirst = mode != "disable" && mode != "allow"
                let ends = answer == .consentAndMore && isTLSFirst ? .refuses : begins
                cells.append(.init(string, ends, psql: begins, refusals: [1, 2]))
            }
        }
        try await PingAgreement.check(cells, home: scratch.path)
        for front in fronts {
            #expect(front.requestCount > 0)
            front.stop()
        }
        await server.stop()
    }
}
