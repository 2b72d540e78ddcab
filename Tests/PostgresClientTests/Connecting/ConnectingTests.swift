import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which of several servers and addresses is taken, with real sockets.
@Suite(.ownThread) struct ConnectingTests {
    /// Shuts the sending side behind a dial's back once the server has agreed to TLS.
    private struct Muted: Operation {
        var dial: DialOperation
        private var hasAsked = false

        init(_ dial: DialOperation) { self.dial = dial }

        mutating func step() throws(PostgresError) -> Step<Link> {
            let step = try dial.step()
            guard case .wait(let wait) = step else { return step }
            // It has asked for TLS; the next thing that is sent is the handshake's first message.
            if case .readiness(let descriptor, .readable) = wait.event, !hasAsked {
                hasAsked = true
                _ = shutdown(descriptor.number, Int32(SHUT_WR))
            }
            return step
        }

        mutating func interrupt(_ reason: Interruption) throws(PostgresError) { try dial.interrupt(reason) }
    }

    @Test(arguments: Face.allCases)
    func whatCannotBeSentInTheHandshakeIsOfTLS(_ face: Face) async throws {
        let server = try ScriptedServer([.receiveBytes(8), .send(bytes: [UInt8(ascii: "S")]), .receiveToEnd])
        var configuration = try Connecting.configuration([server.port])
        configuration.requestedSSLMode = .prefer
        let address = try #require(try Connecting.addresses([("127.0.0.1", server.port)]).get().first)
        let attempt = ConnectionAttempt(host: configuration.host, address: address, encryption: .preferred)
        let context = try TLSContext(configuration, configuration.host)
        let muted = Muted(DialOperation(attempt, configuration, context: context, deadline: .after(.seconds(20))))
        let error = await failure { try await run(muted, face) }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("sending failed") == true, "\(error?.message ?? "")")
    }

    private func run(_ muted: Muted, _ face: Face) async throws(PostgresError) -> Bool {
        var operation = muted
        switch face {
        case .blocking: _ = try BlockingDriver.run(&operation)
        case .suspending: _ = try await AsyncDriver.run(&operation)
        }
        return true
    }

    @Test(arguments: Face.allCases)
    func hostsThatAreNotThereLeadOn(_ face: Face) async throws {
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        var configuration = try Connecting.configuration([1, 2, server.port])
        configuration.hosts.insert(ServerHost("nowhere.test"), at: 1)
        let core = try await Connecting.connect(configuration, face)
        #expect(core.host == "127.0.0.1:\(server.port)")
        let connection = Connection(core)
        #expect(connection.address == "127.0.0.1:\(server.port)" && connection.host == connection.address)
        #expect(connection.protocolVersion == .v3_0 && connection.authentication == "none")
        connection.close()
    }

    @Test(arguments: Face.allCases)
    func everyAddressOfAHostIsTried(_ face: Face) async throws {
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        let port = server.port
        let configuration = try Connecting.configuration([ServerHost("many.test", port: port)])
        let core = try await Connecting.connect(configuration, face) { _, _ in
            Connecting.addresses([("127.0.0.2", port), ("127.0.0.3", port), ("127.0.0.1", port), ("127.0.0.4", port)])
        }
        #expect(core.host == "many.test:\(port)" && core.attempt.address.description == "127.0.0.1:\(port)")
        core.close()
    }

    @Test(arguments: Face.allCases)
    func theErrorListsAllThatWasTried(_ face: Face) async throws {
        let silent = try ScriptedServer([.receiveToEnd])
        let starting = try ScriptedServer(Connecting.refusing(.cannotConnectNow, "the system is starting up"))
        let configuration = try Connecting.configuration(
            [
                ServerHost("many.test", port: 1), ServerHost("nowhere.test"),
                ServerHost("127.0.0.1", port: silent.port), ServerHost("127.0.0.1", port: starting.port),
            ], timeout: .milliseconds(300))
        let error = await failure {
            try await Connecting.connect(configuration, face) { name, port in
                name == "many.test"
                    ? Connecting.addresses([("127.0.0.2", port), ("127.0.0.3", port)])
                    : .failure(Connecting.unknown(name, port))
            }
        }
        for part in [
            "many.test:1 at 127.0.0.2:1: ", "many.test:1 at 127.0.0.3:1: ", "refused",
            "nowhere.test:5432: the host name nowhere.test could not be resolved",
            "127.0.0.1:\(silent.port): ", "connect_timeout",
            "127.0.0.1:\(starting.port): the system is starting up",
        ] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
        #expect(error?.sqlState == .cannotConnectNow, "what a server said is kept")
        #expect(error?.host == configuration.displayHost)
    }

    @Test(arguments: Face.allCases)
    func aServerThatIsStartingLeadsOnToTheNextHost(_ face: Face) async throws {
        let starting = try ScriptedServer(Connecting.refusing(.cannotConnectNow))
        let sibling = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        let ports = (starting.port, sibling.port)
        let configuration = try Connecting.configuration([
            ServerHost("many.test"), ServerHost("127.0.0.1", port: server.port),
        ])
        let core = try await Connecting.connect(configuration, face) { _, _ in
            Connecting.addresses([("127.0.0.1", ports.0), ("127.0.0.1", ports.1)])
        }
        #expect(core.host == "127.0.0.1:\(server.port)")
        #expect(sibling.connections == 0, "the other address of the same host is not tried")
        core.close()
    }

    @Test(arguments: Face.allCases)
    func aRefusalIsFinal(_ face: Face) async throws {
        let refusing = try ScriptedServer(Connecting.refusing(.invalidPassword))
        let stranger = try ScriptedServer([.receiveStartup, .send(bytes: Array("HTTP/1.1 400".utf8)), .receiveToEnd])
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        for (first, code) in [(refusing, PostgresError.Code.server), (stranger, .protocolViolation)] {
            let configuration = try Connecting.configuration([1, first.port, server.port])
            let error = await failure { try await Connecting.connect(configuration, face) }
            #expect(error?.code == code && error?.host == "127.0.0.1:\(first.port)")
            #expect(error?.message.contains("127.0.0.1:1") == true, "what came before is told")
        }
        #expect(server.connections == 0)
    }

    // MARK: - Time

    @Test(arguments: Face.allCases)
    func theTimeAllowedIsForEachAddress(_ face: Face) async throws {
        let silent = try ScriptedServer([.receiveToEnd])
        let half = try ScriptedServer([.receiveStartup, .send(bytes: [UInt8(ascii: "R"), 0]), .receiveToEnd])
        let server = try ScriptedServer([.pause(milliseconds: 150)] + Connecting.session() + [.receiveToEnd])
        let configuration = try Connecting.configuration(
            [silent.port, half.port, server.port], timeout: .seconds(1))
        let core = try await Connecting.connect(configuration, face)
        #expect(core.host == "127.0.0.1:\(server.port)")
        #expect(silent.connections == 1 && half.connections == 1)
        #expect(silent.waitUntilFinished() && half.waitUntilFinished(), "they are closed")
        core.close()
    }

    @Test(arguments: Face.allCases)
    func theTimeAllowedInAllEndsTheSearch(_ face: Face) async throws {
        let silent = try ScriptedServer([.receiveToEnd])
        let second = try ScriptedServer([.receiveToEnd])
        let third = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        var configuration = try Connecting.configuration(
            [silent.port, second.port, third.port], timeout: .milliseconds(500))
        configuration.totalConnectTimeout = .milliseconds(900)
        let error = await failure { try await Connecting.connect(configuration, face) }
        #expect(error?.code == .timedOut && error?.message.contains("totalConnectTimeout") == true)
        #expect(error?.message.contains("127.0.0.1:\(silent.port): ") == true)
        #expect(error?.message.contains("127.0.0.1:\(second.port): it was still under way") == true)
        #expect(third.connections == 0)
        #expect(second.waitUntilFinished())
    }

    @Test(arguments: Face.allCases)
    func aLookupThatTakesTooLongLeadsOn(_ face: Face) async throws {
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        let configuration = try Connecting.configuration(
            [ServerHost("slow.test"), ServerHost("127.0.0.1", port: server.port)], timeout: .milliseconds(300))
        let isReleased = Guarded(false)
        let start = ContinuousClock.now
        let core = try await Connecting.connect(configuration, face) { name, port in
            for _ in 0..<2000 where !isReleased.value { usleep(5000) }
            return .failure(Connecting.unknown(name, port))
        }
        #expect(core.host == "127.0.0.1:\(server.port)")
        #expect(start.duration(to: .now) >= .milliseconds(300))
        isReleased.withLock { $0 = true }
        core.close()
    }

    @Test func cancellingEndsTheSearch() async throws {
        let silent = try ScriptedServer([.receiveToEnd])
        let other = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        let configuration = try Connecting.configuration([silent.port, other.port])
        let task = Task { try await Connection.connect(to: configuration).isUsable }
        while silent.connections == 0 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let error = await failure { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(silent.waitUntilFinished() && other.connections == 0)
    }

    // MARK: - From one server to the next

    /// CVE-2018-10915: what one server did must not count for the next. With one exchange or one session for all of
    /// them (StartupOperation makes its own) this fails.
    @Test(arguments: Face.allCases)
    func nothingGoesOverToTheNextServer(_ face: Face) async throws {
        let md5 = BackendMessage.authentication(.md5Password(salt: [1, 2, 3, 4]))
        let first: [ScriptedServer.Step] = [
            .receiveStartup, .messages([md5]), .receive(MessageType.password),
            .messages([
                .authentication(.ok), .parameterStatus(.init(name: "standard_conforming_strings", value: "off")),
                .parameterStatus(.init(name: "crdb_version", value: "CockroachDB")),
                .backendKeyData(.init(processID: 666, key: [6, 6, 6, 6])),
            ]),
            .send(bytes: [UInt8(ascii: "S"), 0, 0, 0, 99, 1]), .close,
        ]
        let second: [ScriptedServer.Step] = [
            .receiveStartup, .messages([md5]), .receive(MessageType.password),
            .messages([
                .authentication(.ok), .parameterStatus(.init(name: "client_encoding", value: "UTF8")),
                .readyForQuery(.init(.idle)),
            ]), .receiveToEnd,
        ]
        let careless: [ScriptedServer.Step] = [
            .receiveStartup, .messages([.authentication(.ok), .readyForQuery(.init(.idle))]), .receiveToEnd,
        ]
        let bad = try ScriptedServer(first)
        let good = try ScriptedServer(second)
        let trusting = try ScriptedServer(careless)
        var configuration = try Connecting.configuration([bad.port, good.port])
        configuration.password = Secret("secret")
        let core = try await Connecting.connect(configuration, face)
        #expect(core.host == "127.0.0.1:\(good.port)")
        #expect(core.session.parameters == ["client_encoding": "UTF8"])
        #expect(core.session.backendKey == nil && !core.session.isCockroachDB)
        #expect(!core.hasUnexpectedInput)
        #expect(CancelOperation(core, deadline: Deadline(.now)) == nil, "without a key nothing can be cancelled")
        core.close()
        // The password that the first server took is no authentication of the second.
        var other = configuration
        other.hosts = [ServerHost("127.0.0.1", port: bad.port), ServerHost("127.0.0.1", port: trusting.port)]
        let error = await failure { try await Connecting.connect(other, face) }
        #expect(error?.code == .authenticationFailed && error?.host == "127.0.0.1:\(trusting.port)")
    }

    // MARK: - The start of TLS

    private static let sslRequest: [UInt8] = [0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F]

    @Test(arguments: Face.allCases)
    func allowTriesTheClearAndThenTLSOnANewSocket(_ face: Face) async throws {
        let server = try ScriptedServer(connections: [
            Connecting.refusing(.invalidAuthorizationSpecification, "only with TLS"),
            [.receiveStartup, .send(bytes: [UInt8(ascii: "N")]), .receiveToEnd],
        ])
        var configuration = try Connecting.configuration([server.port])
        configuration.requestedSSLMode = .allow
        let error = await failure { try await Connecting.connect(configuration, face) }
        #expect(server.connections == 2)
        #expect(server.received(on: 1) == ConnectingTests.sslRequest, "nothing after the refusal")
        #expect(Array(server.received(on: 0)[4..<8]) == [0, 3, 0, 0])
        #expect(error?.message.contains("without TLS: only with TLS") == true)
        #expect(error?.message.contains("with TLS: the server does not support TLS") == true)
    }

    @Test(arguments: Face.allCases)
    func aRefusalInTheClearAfterTLSWasDeclinedIsFinal(_ face: Face) async throws {
        let server = try ScriptedServer(
            [.receiveStartup, .send(bytes: [UInt8(ascii: "N")])] + Connecting.refusing(.invalidPassword))
        var configuration = try Connecting.configuration([server.port])
        configuration.requestedSSLMode = .prefer
        let error = await failure { try await Connecting.connect(configuration, face) }
        #expect(error?.sqlState == .invalidPassword)
        #expect(server.connections == 1, "the same in the clear would be the same")
    }

    @Test(arguments: Face.allCases)
    func directTLSBeginsAtOnce(_ face: Face) async throws {
        let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 40]
        let server = try ScriptedServer([.receiveBytes(6), .send(bytes: alert), .receiveToEnd])
        var configuration = try Connecting.configuration([server.port])
        configuration.requestedSSLMode = .require
        configuration.tls.negotiation = .direct
        let error = await failure { try await Connecting.connect(configuration, face) }
        #expect(error?.code == .tls)
        let first = Array(server.received().prefix(6))
        #expect(first.count == 6 && first[0] == 0x16 && first[1] == 3 && first[5] == 1, "a ClientHello")
        #expect(server.connections == 1)
        configuration.requestedSSLMode = .prefer
        #expect(await failure { try await Connecting.connect(configuration, face) }?.code == .invalidConfiguration)
        #expect(server.connections == 1)
    }

    @Test(arguments: Face.allCases)
    func aRealServerThatTakesOneWayOnly(_ face: Face) async throws {
        let server = try await EphemeralPostgres.start(
            .init(
                hostBasedAuthentication: [
                    "hostnossl all tls_only 127.0.0.1/32 reject", "host all tls_only 127.0.0.1/32 trust",
                    "hostssl all clear_only 127.0.0.1/32 reject", "host all clear_only 127.0.0.1/32 trust",
                ], tls: true))
        let admin = try await Client.connect(TestServer.configuration(server, .socket), face)
        _ = try await admin.simpleQuery("CREATE ROLE tls_only LOGIN; CREATE ROLE clear_only LOGIN")
        admin.connection.close()
        var configuration = try TestServer.configuration(server, .tls)
        configuration.password = nil
        // For clear_only and tls_only: whether TLS is used, nil if there is no way in.
        let expected: [SSLMode: (Bool?, Bool?)] = [
            .disable: (false, nil), .allow: (false, true), .prefer: (false, true), .require: (nil, true),
            .verifyCA: (nil, true), .verifyFull: (nil, true),
        ]
        for (mode, ways) in expected {
            for (user, usesTLS) in [("clear_only", ways.0), ("tls_only", ways.1)] {
                configuration.requestedSSLMode = mode
                configuration.user = user
                do throws(PostgresError) {
                    let client = try await Client.connect(configuration, face)
                    #expect((client.connection.tls != nil) == usesTLS, "\(user), \(mode)")
                    client.connection.close()
                } catch {
                    #expect(usesTLS == nil && error.sqlState == .invalidAuthorizationSpecification, "\(user), \(mode)")
                }
            }
        }
        // A certificate that nobody vouches for: in `prefer` libpq's way is the clear, on a new socket.
        configuration.tls.roots = .file(try #require(server.clientCertificateFile))
        configuration.requestedSSLMode = .prefer
        configuration.user = "clear_only"
        let client = try await Client.connect(configuration, face)
        #expect(client.connection.tls == nil)
        client.connection.close()
        configuration.requestedSSLMode = .require
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .tls)
        await server.stop()
    }

    // MARK: - CockroachDB

    @Test(arguments: Face.allCases)
    func whatRoutesToAClusterGoesThroughUntouched(_ face: Face) async throws {
        let version = "CockroachDB CCL v25.4.1 (x86_64-pc-linux-gnu)"
        let server = try ScriptedServer(
            Connecting.session([("crdb_version", version)], processID: 0xC0A8_0001) + [.receiveToEnd])
        var configuration = try Connecting.configuration([server.port])
        configuration.database = "blue-dog-147.defaultdb"
        configuration.options = "--cluster=blue-dog-147 -c statement_timeout=5s"
        let core = try await Connecting.connect(configuration, face)
        #expect(core.session.isCockroachDB && core.session.backendKey?.processID == 0xC0A8_0001)
        let sent = server.received()
        #expect(Array(sent[4..<8]) == [0, 3, 0, 0], "exactly protocol 3.0")
        let text = String(decoding: sent.map { $0 == 0 ? UInt8(ascii: "|") : $0 }, as: UTF8.self)
        #expect(text.contains("|database|blue-dog-147.defaultdb|"))
        #expect(text.contains("|options|--cluster=blue-dog-147 -c statement_timeout=5s|"))
        core.close()
    }
}
