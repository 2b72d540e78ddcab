import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The known vulnerabilities of clients in TLS itself, one test each: a server that shows a certificate which is not
/// good enough, or that wants to be talked to with less protection the second time.
@Suite(.ownThread) struct HostileTLSTests {
    private typealias Step = ScriptedServer.Step

    private let certificates: TransportCertificates

    init() throws {
        certificates = try TransportCertificates.shared.get()
    }

    private static let plus = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]

    private func consent(_ kind: TransportCertificates.Kind) -> [ScriptedServer.Step] {
        ScriptedServer.acceptTLS(certificates.tls(kind))
    }

    /// A whole session over TLS with a certificate of this kind, up to the server's readiness.
    private func session(
        _ kind: TransportCertificates.Kind = .good, mechanisms: [String] = plus
    ) throws -> [ScriptedServer.Step] {
        let binding = try certificates.channelBinding()
        let scram = Encounter.scram {
            $0.mechanisms = mechanisms
            if kind == .good { $0.channelBinding = binding }
        }
        return consent(kind) + [.receiveStartup, .scram(scram), ScriptedServer.sessionStart]
    }

    private func trusting(_ configuration: inout ConnectionConfiguration) {
        configuration.tls.roots = .file(certificates.authority)
    }

    /// Connects with the roots of these certificates.
    private func meet(
        _ scripts: [[ScriptedServer.Step]], _ face: Face, _ sslmode: SSLMode,
        change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> Encounter {
        try await Encounter([ScriptedServer(connections: scripts)], face, sslmode: sslmode) {
            trusting(&$0)
            change(&$0)
        }
    }

    // Without it, the refusals below could be refusals of an honest server.
    @Test("an honest server is let in, with channel binding", arguments: Face.allCases)
    func honestServer(_ face: Face) async throws {
        for sslmode in [SSLMode.prefer, .require, .verifyCA, .verifyFull] {
            let met = try await meet([session() + Encounter.ending], face, sslmode) { $0.channelBinding = .require }
            #expect(met.error == nil, "\(sslmode)")
            #expect(met.client?.connection.tls != nil)
            met.client?.connection.close()
            met.expectAsScripted()
        }
    }

    /// Cancels a query and says what the server saw of it: the second connection of its scripts.
    private func cancelQuery(
        _ opening: [ScriptedServer.Step], _ second: [ScriptedServer.Step],
        change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> ScriptedServer {
        // The first ends a while after the query, so that nobody waits for an answer to it.
        let server = try ScriptedServer(connections: [
            opening + [.receive(MessageType.query), .pause(milliseconds: 2000), .close], second,
        ])
        let configuration = try Encounter.configuration(server, sslmode: .verifyFull) {
            trusting(&$0)
            change(&$0)
        }
        let task = Task {
            let client = try await Client.connect(configuration, .suspending)
            return await failure { try await client.simpleQuery("SELECT pg_sleep(600)") }?.code
        }
        while !String(decoding: server.received(), as: UTF8.self).contains("pg_sleep") {
            try await Task.sleep(for: .milliseconds(2))
        }
        task.cancel()
        let code = try await task.value
        #expect(code == .cancelled || code == .connectionLost || code == .outcomeUnknown)
        #expect(server.waitUntilFinished(1))
        return server
    }

    // Guard: Sources/PostgresClient/Transport/TLSEngine.swift: `try verifyName()`
    @Test("CVE-2018-10936: the certificate of another host, by every way to TLS", arguments: Face.allCases)
    func cve_2018_10936(_ face: Face) async throws {
        // By a file of roots, after a request for TLS and at once.
        let met = try await meet([consent(.otherHost) + Encounter.ending], face, .verifyFull)
        #expect(met.code() == .tls)
        #expect(met.error?.message.contains("other.example") == true)
        met.expectNothingLearnt()
        #expect(met.server.connections == 1)
        let direct = try await meet(
            [[.startTLS(certificates.tls(.otherHost))] + Encounter.ending], face, .verifyFull
        ) { $0.tls.negotiation = .direct }
        #expect(direct.code() == .tls)
        direct.expectNothingLearnt()
        // By the name of a host that is found elsewhere.
        let named = try await meet([consent(.good) + Encounter.ending], face, .verifyFull) {
            $0.hosts = [ServerHost("wrong.example", address: $0.hosts[0].name, port: $0.hosts[0].port)]
        }
        #expect(named.code() == .tls)
        named.expectNothingLearnt()
        // By the system's roots, to which these do not belong.
        let system = try await meet([consent(.good) + Encounter.ending], face, .verifyFull) { $0.tls.roots = .system }
        #expect(system.code() == .tls)
        system.expectNothingLearnt()
        // When the pool opens a second connection.
        let server = try ScriptedServer(connections: [session() + [.close], consent(.otherHost) + Encounter.ending])
        let pool = ConnectionPool(try Encounter.configuration(server, sslmode: .verifyFull, change: trusting))
        await use(pool, face)
        #expect(await use(pool, face)?.code == .tls)
        #expect(ClientSpeech(server.received(on: 1)).messages.isEmpty)
        #expect(server.connections == 2)
        pool.close()
    }

    // Guard: Sources/PostgresClient/Transport/TLSEngine.swift: `try verifyName()`
    @Test("CVE-2018-10936: the certificate of another host, when a query is cancelled")
    func cve_2018_10936_cancel() async throws {
        let server = try await cancelQuery(session(), consent(.otherHost) + Encounter.ending)
        #expect(ClientSpeech(server.received(on: 1)).requests == [ClientSpeech.sslRequest], "and no key")
    }

    /// Runs a query with a connection of the pool, whose server hangs up on it.
    @discardableResult
    private func use(_ pool: ConnectionPool, _ face: Face) async -> PostgresError? {
        await failure {
            switch face {
            case .blocking: try useBlocking(pool)
            case .suspending: _ = try await pool.simpleQuery("SELECT 1")
            }
        }
    }

    private func useBlocking(_ pool: ConnectionPool) throws { _ = try pool.simpleQuery("SELECT 1") }

    // Guard: Sources/PostgresClient/Transport/DialOperation.swift:
    // `if attempt.encryption == .preferred { return .done(link) }`
    @Test("CVE-2020-25694: a second connection is as well protected as the first", arguments: Face.allCases)
    func cve_2020_25694(_ face: Face) async throws {
        let letting: [ScriptedServer.Step] = [.receiveStartup, ScriptedServer.sessionStart, .receiveToEnd]
        let downgrades: [[Step]] = [
            // No TLS any more, a certificate from elsewhere, and no channel binding any more.
            [.expect(message: .sslRequest(.init())), .send(bytes: [UInt8(ascii: "N")])] + letting,
            consent(.stranger) + letting,
            consent(.good) + [
                .receiveStartup, .messages([.authentication(.sasl(mechanisms: ["SCRAM-SHA-256"]))]), .receiveToEnd,
            ],
            consent(.good) + letting,
        ]
        for (index, downgrade) in downgrades.enumerated() {
            let server = try ScriptedServer(connections: [session() + [.close], downgrade])
            var configuration = try Encounter.configuration(server, sslmode: .verifyFull, change: trusting)
            configuration.channelBinding = .require
            let pool = ConnectionPool(configuration)
            await use(pool, face)
            let error = await use(pool, face)
            #expect(error?.code == (index < 2 ? .tls : .authenticationFailed), "\(index)")
            pool.close()
            #expect(server.waitUntilFinished(1))
            let speech = ClientSpeech(server.received(on: 1))
            #expect(speech.requests.first == ClientSpeech.sslRequest)
            #expect(speech.messages.isEmpty, "nothing of the password")
            #expect(index > 1 || speech.startups == 0)
            #expect(server.connections == 2)
        }
    }

    // Guard: Sources/PostgresClient/Connection/CancelOperation.swift:
    // `if context == nil { .none } else if core.attempt.encryption == .direct { .direct } else { .required }`
    @Test("pgx F01: a cancel request is as well protected as its session")
    func pgx_F01() async throws {
        let request = Frontend.CancelRequest(processID: 4711, key: [1, 2, 3, 4])
        let ending: [Step] = [.expect(message: .cancelRequest(request)), .close]
        let asking = try await cancelQuery(session(), consent(.good) + ending)
        #expect(asking.failure(on: 1) == nil)
        let wire = asking.firstBytes(on: 1)
        #expect(wire.prefix(8) == [0, 0, 0, 8, 4, 210, 22, 47])
        #expect(wire.dropFirst(8).first == 0x16, "TLS")
        #expect(!contains(wire, [0, 0, 18, 103, 1, 2, 3, 4]), "the key in clear")
        // TLS at once, as the session's.
        let good = certificates.tls(.good)
        let direct = try await cancelQuery(
            [.startTLS(good)] + session().dropFirst(consent(.good).count), [.startTLS(good)] + ending
        ) { $0.tls.negotiation = .direct }
        #expect(direct.failure(on: 1) == nil)
        #expect(direct.firstBytes(on: 1).first == 0x16)
        // A server that has no TLS any more gets no key.
        let refused = try await cancelQuery(
            session(),
            [.expect(message: .sslRequest(.init())), .send(bytes: [UInt8(ascii: "N")])] + Encounter.ending)
        #expect(refused.failure(on: 1) == nil)
        #expect(refused.firstBytes(on: 1).count == 8)
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }

    // Guard: Sources/PostgresClient/Transport/TLSEngine.swift: `guard context.key.verifiesHost else { return }`
    @Test("lib/pq #1226: verify-ca asks who signed, verify-full for whom, too", arguments: Face.allCases)
    func libpq_1226(_ face: Face) async throws {
        for sslmode in [SSLMode.require, .verifyCA] {
            let met = try await meet(
                [session(.otherHost, mechanisms: ["SCRAM-SHA-256"]) + Encounter.ending], face, sslmode)
            #expect(met.error == nil, "\(sslmode)")
            met.client?.connection.close()
        }
        for sslmode in [SSLMode.require, .verifyCA, .verifyFull] {
            // Where there are roots they count, in libpq's `require` too.
            let met = try await meet([consent(.stranger) + [.receiveToEnd]], face, sslmode)
            #expect(met.code() == .tls, "\(sslmode)")
            met.expectNothingLearnt()
            #expect(met.server.connections == 1)
        }
    }

    // Guard: Sources/PostgresClient/Transport/TLSEngine.swift: `try verifyApplicationProtocol()`
    @Test("lib/pq #1332: TLS at once needs the application protocol", arguments: Face.allCases)
    func libpq_1332(_ face: Face) async throws {
        func meet(_ change: (inout ScriptedServer.TLS) -> Void) async throws -> Encounter {
            var tls = certificates.tls(.good)
            change(&tls)
            let script: [Step] = [.startTLS(tls)] + (try session()).dropFirst(consent(.good).count) + [.receiveToEnd]
            return try await self.meet([script], face, .verifyFull) { $0.tls.negotiation = .direct }
        }
        let good = try await meet { _ in }
        #expect(good.error == nil)
        #expect(good.server.firstBytes().first == 0x16)
        #expect(contains(good.server.firstBytes(), Array("postgresql".utf8)), "offered in the first record")
        good.client?.connection.close()
        for change: (inout ScriptedServer.TLS) -> Void in [
            { $0.applicationProtocols = [] },
            {
                $0.applicationProtocols = ["http/1.1"]
                $0.mischief = .choosesWhatWasNotOffered
            },
        ] {
            let met = try await meet(change)
            #expect(met.code() == .tls)
            met.expectNothingLearnt()
            #expect(met.server.connections == 1)
        }
    }

    // Guard: Sources/PostgresClient/Connecting/AttemptPlan.swift:
    // `case (.require, .postgres), (.verifyCA, .postgres), (.verifyFull, .postgres): return [.required]`
    @Test("lib/pq #1355: a failure of TLS leads to the clear in prefer, and nowhere else", arguments: Face.allCases)
    func libpq_1355(_ face: Face) async throws {
        let clear = ScriptedServer.acceptingSession + [.receiveToEnd]
        let met = try await Encounter(
            [ScriptedServer(connections: [consent(.stranger) + [.receiveToEnd], clear])], face, sslmode: .prefer,
            password: nil, change: trusting)
        #expect(met.error == nil)
        #expect(met.server.connections == 2)
        #expect(met.client?.connection.tls == nil)
        #expect(met.speech(on: 1).requests == [196_608], "on a new socket, in clear from its start")
        met.client?.connection.close()
        for sslmode in [SSLMode.require, .verifyCA, .verifyFull] {
            let met = try await Encounter(
                [ScriptedServer(connections: [consent(.stranger) + [.receiveToEnd], clear])], face, sslmode: sslmode,
                password: nil, change: trusting)
            #expect(met.code() == .tls)
            #expect(met.server.connections == 1)
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: in `chooseBinding`,
    // `case .undefined:` is followed by `try checkBindingNotRequired()`
    @Test(
        "CVE-2026-54291, CVE-2026-53712: channel_binding=require and a certificate that nothing can be bound to",
        arguments: [TransportCertificates.Kind.ed25519, .ed448], Face.allCases)
    func cve_2026_54291(_ kind: TransportCertificates.Kind, _ face: Face) async throws {
        for mechanisms in [Self.plus, ["SCRAM-SHA-256"], ["SCRAM-SHA-256-PLUS"]] {
            let offer = Encounter.scram {
                $0.mechanisms = mechanisms
                $0.lastStage = .offer
            }
            let met = try await meet(
                [consent(kind) + [.receiveStartup, .scram(offer)] + Encounter.ending], face, .verifyFull
            ) { $0.channelBinding = .require }
            #expect(met.code() == .authenticationFailed)
            met.expectAsScripted()
            met.expectNothingLearnt()
        }
        // Where it is not required, SCRAM goes without, and says so honestly.
        let met = try await meet(
            [session(kind) + Encounter.ending], face, .verifyFull)
        #expect(met.error == nil)
        met.client?.connection.close()
        met.expectAsScripted()
        #expect(met.speech().messages.first.map { contains($0.body, Array("n,,".utf8)) } == true)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift:
    // `guard policy.channelBinding != .require else {`
    @Test("CVE-2025-49146: channel_binding=require over TLS and a server that does without", arguments: Face.allCases)
    func cve_2025_49146(_ face: Face) async throws {
        let requests: [Backend.Authentication] = [
            .ok, .cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), .gss, .sspi,
            .sasl(mechanisms: ["SCRAM-SHA-256"]),
        ]
        for request in requests {
            let met = try await meet(
                [consent(.good) + [.receiveStartup, .messages([.authentication(request)])] + Encounter.ending], face,
                .verifyFull
            ) {
                $0.channelBinding = .require
                $0.requiredAuthentication = try? AuthenticationRequirement(
                    parsing: "none,password,md5,scram-sha-256")
            }
            let code = met.code()
            #expect(code == .authenticationFailed || code == .unsupported, "\(request)")
            met.expectAsScripted()
            met.expectNothingLearnt()
        }
        // Bound to another channel: somebody in between shows a certificate of his own, and hands on what he hears.
        let elsewhere = Encounter.scram {
            $0.mechanisms = Self.plus
            $0.channelBinding = [UInt8](repeating: 7, count: 32)
        }
        let met = try await meet(
            [consent(.good) + [.receiveStartup, .scram(elsewhere), ScriptedServer.sessionStart]], face, .verifyFull)
        #expect(met.code() == .connectionLost)
        #expect(met.server.waitUntilFinished())
        #expect(met.server.failure()?.contains("another channel") == true)
    }
}
