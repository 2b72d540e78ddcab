import ManticoreTesting
import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

/// What happens between client and server until they agree on encryption, event by event, with real servers
/// (PostgreSQL's libpq/t/005_negotiate_encryption.pl, whose format ``NegotiationTable`` follows).
///
/// The connections and how each began come from a proxy, how authentication ended from the server's log. The tables are
/// libpq's, which `psqlAgrees` checks, except for the rows of `unasked`: there a password is configured that the server
/// does not ask for, which libpq takes and this client does not (section "Where it differs from libpq" of
/// docs/security.md, (e)). That without `sslmode` (`-`) the client prefers TLS, as libpq does, is for loopback alone;
/// `otherHosts` has the rest, (a). The roots of `verify-ca` and `verify-full` are given here, so that (b) makes no
/// difference.
@Suite(.ownThread) struct NegotiationTraceTests {
    // MARK: - Servers

    private static func start(_ installation: EphemeralPostgres.Installation, tls: Bool) async throws
        -> EphemeralPostgres
    {
        let server = try await EphemeralPostgres.start(
            .init(
                settings: ["log_connections": "on", "log_line_prefix": "%p|"],
                hostBasedAuthentication: [
                    "hostnossl all ssluser 127.0.0.1/32 reject", "hostssl all nossluser 127.0.0.1/32 reject",
                    "host all anyuser,ssluser,nossluser,unasked,lost 127.0.0.1/32 trust",
                ], tls: tls, binaries: installation.directory, shutdownGrace: .seconds(2)))
        let admin = try await Connection.connect(to: TestServer.configuration(server, .socket))
        defer { admin.close() }
        for user in NegotiationTable.users {
            _ = try await admin.simpleQuery(SQL(unsafeSQL: "CREATE ROLE \(user) LOGIN PASSWORD 'right'"))
        }
        return server
    }

    private static func password(of user: String) -> String? {
        switch user {
        case "asked", "unasked": "right"
        case "wrong": "something else"
        default: nil
        }
    }

    private static func database(of user: String) -> String { user == "lost" ? "there_is_none" : "postgres" }

    private static func configuration(
        _ port: Int, _ user: String, _ mode: String, _ negotiation: String, roots: String
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", port: port, user: user, password: password(of: user),
            database: database(of: user), environment: ["HOME": "/nonexistent"])
        configuration.requestedSSLMode = SSLMode(rawValue: mode)
        configuration.tls.negotiation = negotiation == "direct" ? .direct : .postgres
        configuration.tls.roots = .file(roots)
        return configuration
    }

    // MARK: - Traces

    /// What the server's log says of each connection since the first `before` bytes, in the order in which they came.
    private static func authentications(_ server: EphemeralPostgres, since before: Int) -> [String?] {
        var order: [Substring] = []
        var events: [Substring: String] = [:]
        for line in String(decoding: server.log.utf8.dropFirst(before), as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "|", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let (process, text) = (parts[0], parts[1])
            if text.contains("connection received: ") { order.append(process) }
            if text.contains("connection authorized: ") { events[process] = "authok" }
            if text.hasPrefix("FATAL: "), text.contains("pg_hba.conf") || text.contains("authentication failed") {
                events[process] = "authfail"
            }
        }
        return order.map { events[$0] }
    }

    private static func trace(_ openings: [FaultProxy.Opening], _ authentications: [String?], _ end: String) -> String {
        var events: [String] = []
        for (index, opening) in openings.enumerated() {
            events.append(index == 0 ? "connect" : "reconnect")
            if opening.client.starts(with: [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]) {
                switch opening.server.first {
                case UInt8(ascii: "S"): events.append("sslaccept")
                case UInt8(ascii: "N"): events.append("sslreject")
                default: events.append("sslerror")
                }
            } else if opening.client.first == 0x16 {
                events.append(opening.server.first == 0x16 ? "directsslaccept" : "directsslreject")
            }
            if index < authentications.count, let event = authentications[index] { events.append(event) }
        }
        return (events.joined(separator: ", ") + " -> " + end).trimmingPrefix(" ").description
    }

    /// Runs `body`, which connects to the proxy's port and says what came of it; the trace.
    private static func trace(
        _ server: EphemeralPostgres, _ body: (_ port: Int) async throws -> String
    ) async throws -> String {
        let proxy = try FaultProxy(port: server.port)
        defer { proxy.stop() }
        let before = server.log.utf8.count
        let end = try await body(proxy.port)
        return trace(proxy.openings, authentications(server, since: before), end)
    }

    /// Connects through a proxy; the trace, and the error if there was one.
    private static func run(
        _ server: EphemeralPostgres, _ face: Face, _ configuration: (_ port: Int) throws -> ConnectionConfiguration
    ) async throws -> (trace: String, error: PostgresError?) {
        var failure: PostgresError?
        let trace = try await trace(server) { port in
            do {
                let client = try await Client.connect(configuration(port), face)
                defer { client.connection.close() }
                return client.connection.tls == nil ? "plain" : "ssl"
            } catch let error as PostgresError {
                failure = error
                return "fail"
            }
        }
        return (trace, failure)
    }

    /// Connects with psql through a proxy; the trace, and what psql wrote.
    private static func runPsql(
        _ program: String, _ server: EphemeralPostgres, _ user: String, _ mode: String, _ negotiation: String,
        roots: String
    ) async throws -> (trace: String, output: String) {
        var output = ""
        let trace = try await trace(server) { port in
            var environment = ServerEnvironment.variables().filter { !$0.hasPrefix("PG") && !$0.hasPrefix("HOME=") }
            environment += [
                "HOME=/nonexistent", "PGSSLROOTCERT=" + roots, "PGSSLNEGOTIATION=" + negotiation,
                "PGGSSENCMODE=disable", "PGCONNECT_TIMEOUT=60",
            ]
            if mode != "-" { environment.append("PGSSLMODE=" + mode) }
            if let password = password(of: user) { environment.append("PGPASSWORD=" + password) }
            let result = try ChildProcess.run(
                [
                    program, "-X", "-A", "-t", "-w", "-h", "127.0.0.1", "-p", "\(port)", "-U", user,
                    "-d", database(of: user), "-c",
                    "SELECT CASE WHEN ssl THEN 'ssl' ELSE 'plain' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                ], environment: environment)
            output = result.output
            return result.status == 0 ? String(output.prefix { $0 != "\n" }) : "fail"
        }
        return (trace, output)
    }

    // MARK: - Tests

    private static func check(
        _ server: EphemeralPostgres, _ table: NegotiationTable, roots: String, _ face: Face
    ) async throws {
        for user in NegotiationTable.users {
            for mode in NegotiationTable.modes {
                for negotiation in ["postgres", "direct"] {
                    let place = "\(user), sslmode \(mode), \(negotiation), PostgreSQL \(server.version), \(face)"
                    let expected = try table.trace(user, mode, negotiation, server.version)
                    let (trace, error) = try await run(server, face) { port in
                        try configuration(port, user, mode, negotiation, roots: roots)
                    }
                    #expect(trace == expected, "\(place): \(String(describing: error))")
                    if expected.contains("directsslreject") {
                        #expect(error?.code == .tls, "\(place)")
                        #expect(error?.message.contains("use sslnegotiation=postgres") == true, "\(place)")
                    } else if expected == "-> fail" {
                        #expect(error?.code == .invalidConfiguration, "\(place)")
                    }
                }
            }
        }
    }

    // Guards: AttemptPlan.swift, `encryptions` and `failed`; ConnectionAttempt+Failure.swift; DialOperation.swift,
    // `reply` and `silenceAdvice`.
    @Test(arguments: ServerPerVersion.installations, Face.allCases)
    func tables(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let secure = try await Self.start(installation, tls: true)
        let plain = try await Self.start(installation, tls: false)
        let roots = try #require(secure.caCertificateFile)
        try await Self.check(secure, .withTLS, roots: roots, face)
        try await Self.check(plain, .withoutTLS, roots: roots, face)
        await secure.stop()
        await plain.stop()
    }

    private static let psql = EphemeralPostgres.installations().filter { $0.version.major >= 17 }
        .max { $0.version < $1.version }.map { $0.directory + "/psql" }.flatMap { Files.isExecutable($0) ? $0 : nil }

    /// The tables are libpq's: psql leaves the same traces, but that it does not mind being let in unasked.
    @Test(.enabled(if: psql != nil, "psql 17 or newer is not installed"), arguments: ServerPerVersion.installations)
    func psqlAgrees(_ installation: EphemeralPostgres.Installation) async throws {
        let program = try #require(Self.psql)
        let secure = try await Self.start(installation, tls: true)
        let plain = try await Self.start(installation, tls: false)
        let roots = try #require(secure.caCertificateFile)
        for (server, table) in [(secure, NegotiationTable.withTLS), (plain, .withoutTLS)] {
            for user in NegotiationTable.users {
                for mode in NegotiationTable.modes {
                    for negotiation in ["postgres", "direct"] {
                        let expected = try table.trace(
                            user == "unasked" ? "anyuser" : user, mode, negotiation, server.version)
                        let (trace, output) = try await Self.runPsql(
                            program, server, user, mode, negotiation, roots: roots)
                        #expect(
                            trace == expected,
                            "\(user), sslmode \(mode), \(negotiation), PostgreSQL \(server.version): \(output)")
                    }
                }
            }
        }
        await secure.stop()
        await plain.stop()
    }

    /// Without `sslmode` only loopback may go on in the clear; libpq goes on with every host.
    // Guard: ConnectionConfiguration.swift, `sslMode(for:)`.
    @Test(arguments: Face.allCases)
    func otherHosts(_ face: Face) async throws {
        let installation = try #require(EphemeralPostgres.installations().first)
        let secure = try await Self.start(installation, tls: true)
        let plain = try await Self.start(installation, tls: false)
        let roots = try #require(secure.caCertificateFile)
        for (server, expected) in [(secure, "connect, sslaccept -> fail"), (plain, "connect, sslreject -> fail")] {
            for user in ["anyuser", "ssluser", "nossluser", "asked"] {
                let (trace, error) = try await Self.run(server, face) { port in
                    var configuration = try Self.configuration(port, user, "-", "postgres", roots: roots)
                    configuration.host = ServerHost("db.example", address: "127.0.0.1", port: port)
                    return configuration
                }
                #expect(trace == expected, "\(user): \(String(describing: error))")
                #expect(error?.code == .tls)
            }
        }
        await secure.stop()
        await plain.stop()
    }

    /// TLS at once, with the protocol's name, where the server knows it.
    // Guard: TLSEngine.swift, `verifyApplicationProtocol`.
    @Test(arguments: ServerPerVersion.installations)
    func directTLS(_ installation: EphemeralPostgres.Installation) async throws {
        let server = try await Self.start(installation, tls: true)
        let roots = try #require(server.caCertificateFile)
        for face in Face.allCases {
            let configuration = try Self.configuration(server.port, "asked", "verify-full", "direct", roots: roots)
            guard installation.version.major >= 17 else {
                let error = await failure { try await Client.connect(configuration, face) }
                #expect(error?.code == .tls)
                #expect(error?.message.contains("no PostgreSQL before 17") == true, "\(String(describing: error))")
                #expect(error?.message.contains("use sslnegotiation=postgres") == true)
                continue
            }
            let client = try await Client.connect(configuration, face)
            #expect(client.connection.tls?.applicationProtocol == "postgresql")
            #expect(client.connection.usesChannelBinding)
            #expect(try await client.answers())
            client.connection.close()
            var older = configuration
            older.tls.negotiation = .postgres
            let asked = try await Client.connect(older, face)
            #expect(asked.connection.tls?.applicationProtocol == "postgresql")
            asked.connection.close()
        }
        await server.stop()
    }
}
