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

/// What is agreed besides trust: versions, the application protocol, the server's name, the key log.
@Suite(.ownThread, .needsCertificates) struct TLSAgreementTests {
    // Guards: TLSSharedContext.swift, `set_min_proto_version`, `set_max_proto_version`.
    @Test func versions() throws {
        func version(
            _ client: ClosedRange<TLSSettings.Version>, _ server: ClosedRange<TLSSettings.Version>
        ) throws -> String {
            var configuration = try TLSPair.configuration()
            configuration.tls.minimumVersion = client.lowerBound
            configuration.tls.maximumVersion = client.upperBound
            var pair = try TLSPair(configuration, TLSPair.server(from: server.lowerBound, to: server.upperBound))
            try pair.handshake()
            return pair.client.summary.version
        }
        #expect(try version(.v1_2 ... .v1_2, .v1_2 ... .v1_3) == "TLSv1.2")
        #expect(try version(.v1_3 ... .v1_3, .v1_2 ... .v1_3) == "TLSv1.3")
        #expect(try version(.v1_2 ... .v1_3, .v1_2 ... .v1_3) == "TLSv1.3")
        for (client, server) in [
            (TLSSettings.Version.v1_2 ... .v1_2, TLSSettings.Version.v1_3 ... .v1_3),
            (.v1_3 ... .v1_3, .v1_2 ... .v1_2),
            (.v1_2 ... .v1_3, .v1_0 ... .v1_1),
        ] {
            let error = #expect(throws: PostgresError.self) { try version(client, server) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains("ssl_min_protocol_version") == true, "\(error?.message ?? "")")
        }
    }

    // Guard: TLSContextKey.swift, `maximumVersion < minimumVersion`.
    @Test func aRangeThatIsNone() throws {
        var configuration = try TLSPair.configuration()
        configuration.tls.maximumVersion = .v1_1
        let error = #expect(throws: PostgresError.self) { try TLSPair.context(configuration) }
        #expect(error?.message.contains("invalid SSL protocol version range") == true)
    }

    // Guards: TLSEngine.swift, `try verifyApplicationProtocol()`, `guard context.key.negotiation == .direct`.
    @Test(arguments: [TLSSettings.Version.v1_2, .v1_3])
    func applicationProtocol(_ version: TLSSettings.Version) throws {
        func chosen(
            _ negotiation: TLSSettings.Negotiation, _ alpn: [String], _ mischief: TLSServerEngine.Mischief = []
        ) throws -> String? {
            var configuration = try TLSPair.configuration()
            configuration.tls.negotiation = negotiation
            var pair = try TLSPair(configuration, TLSPair.server(to: version, alpn: alpn, mischief: mischief))
            try pair.handshake()
            return pair.client.summary.applicationProtocol
        }
        #expect(try chosen(.postgres, ["postgresql"]) == "postgresql")
        #expect(try chosen(.direct, ["http/1.1", "postgresql"]) == "postgresql")
        // CockroachDB and servers before PostgreSQL 17 choose none.
        #expect(try chosen(.postgres, []) == nil)
        #expect(try chosen(.postgres, ["h2"]) == nil)
        let absent = #expect(throws: PostgresError.self) { try chosen(.direct, []) }
        #expect(absent?.message.contains("sslnegotiation=postgres") == true)
        for negotiation in [TLSSettings.Negotiation.postgres, .direct] {
            let other = #expect(throws: PostgresError.self) {
                try chosen(negotiation, ["h2"], .choosesWhatWasNotOffered)
            }
            #expect(other?.code == .tls)
        }
    }

    // Guards: TLSEngine.swift, `set_tlsext_host_name`, `context.key.sendsServerName`.
    @Test func theServersNameIsSentAsTyped() throws {
        func name(_ host: String, sends: Bool = true) throws -> String? {
            var configuration = try TLSPair.configuration(host, .require)
            configuration.tls.sendsServerName = sends
            var pair = try TLSPair(configuration, TLSPair.server())
            try pair.handshake()
            return pair.server.serverName
        }
        #expect(try name("Blue-Dog-147.6WR.cockroachlabs.cloud") == "Blue-Dog-147.6WR.cockroachlabs.cloud")
        #expect(try name("localhost") == "localhost")
        #expect(try name("localhost", sends: false) == nil)
        for address in ["127.0.0.1", "127.1", "::1"] { #expect(try name(address) == nil) }
    }

    // Guards: TLSSharedContext.swift, `SSL_CTX_set_keylog_callback`; TLSSessionNotes.swift, `O_APPEND | O_CREAT`, `0o600`.
    @Test func theKeyLog() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        var configuration = try TLSPair.configuration()
        configuration.tls.keyLogFile = folder + "/keys"
        for sessions in 1...2 {
            var pair = try TLSPair(configuration, TLSPair.server(to: .v1_2))
            try pair.handshake()
            #expect(pair.client.summary.keyLogFailure == nil)
            let lines = Files.text(of: folder + "/keys").split(separator: "\n")
            #expect(lines.count == sessions)
            #expect(lines.allSatisfy { $0.hasPrefix("CLIENT_RANDOM ") })
        }
        var facts = stat()
        #expect(unsafe stat(folder + "/keys", &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
        configuration.tls.keyLogFile = folder + "/missing/keys"
        var pair = try TLSPair(configuration, TLSPair.server())
        try pair.handshake()
        #expect(pair.client.summary.keyLogFailure?.contains("missing/keys") == true)
    }

    // Guard: TLSSessionNotes.swift, `O_NONBLOCK` (nobody reads) and `S_IFREG` (somebody does).
    @Test func theKeyLogIsNoPipe() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        var configuration = try TLSPair.configuration()
        configuration.tls.keyLogFile = folder + "/pipe"
        try #require(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
        var unread = try TLSPair(configuration, TLSPair.server())
        try unread.handshake()
        #expect(unread.client.summary.keyLogFailure?.contains("/pipe") == true)
        let reader = unsafe open(folder + "/pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        try #require(reader >= 0)
        defer { close(reader) }
        var pair = try TLSPair(configuration, TLSPair.server())
        try pair.handshake()
        #expect(pair.client.summary.keyLogFailure?.contains("/pipe") == true)
        var byte: UInt8 = 0
        #expect(unsafe read(reader, &byte, 1) <= 0)
    }
}
