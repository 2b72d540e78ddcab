import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// What a hostile server can cost before it has proved anything: at most 100 ms of processor time and 1 MiB of memory,
/// and the connect timeout.
///
/// The client is measured in a process of its own, in which nothing else runs. Builds that are not optimised are
/// allowed ten times the processor time.
@Suite(.ownThread) struct HostileBudgetTests {
    private typealias Step = ScriptedServer.Step

    /// One server, and how the client must come away from it.
    private struct Scenario {
        var name: String
        var script: [ScriptedServer.Step]
        var code: PostgresError.Code
        var password: String? = Encounter.password
        /// Whether the script begins with the handshake.
        var isTLS = false
        /// What the client may also come away with.
        var otherCode: PostgresError.Code?
    }

    /// The header of a message that announces a length.
    private static func header(_ type: UInt8, _ length: UInt32, _ body: [UInt8] = []) -> [UInt8] {
        var writer = WireWriter()
        writer.write(type)
        writer.write(length)
        return writer.bytes + body
    }

    private static func bytes(_ messages: [BackendMessage]) -> [UInt8] {
        var writer = WireWriter()
        for message in messages { message.encode(into: &writer) }
        return writer.bytes
    }

    private static func notice(_ length: Int) -> [UInt8] {
        bytes([
            .noticeResponse(
                .init(ServerError(severity: "NOTICE", message: String(repeating: "n", count: length))))
        ])
    }

    private static let authenticated = ScriptedServer.Step.messages([.authentication(.ok)])

    private static var scenarios: [Scenario] {
        let start = Step.receiveStartup
        let error = header(MessageType.errorResponse, 30_000, Array("SFATAL\0M".utf8))
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 29_996)
        return [
            // Floods.
            Scenario(
                name: "endless notices", script: [start, .flood(bytes: notice(100), times: 1_000_000)],
                code: .protocolViolation),
            Scenario(
                name: "endless long notices", script: [start, .flood(bytes: notice(29_000), times: 10_000)],
                code: .protocolViolation),
            Scenario(
                name: "endless parameters",
                script: [
                    start, .flood(bytes: bytes([.parameterStatus(.init(name: "a", value: "b"))]), times: 1_000_000),
                ], code: .protocolViolation),
            Scenario(
                name: "endless negotiation",
                script: [
                    start,
                    .flood(
                        bytes: header(MessageType.negotiateProtocolVersion, 12, [0, 3, 0, 0, 0, 0, 0, 0]),
                        times: 1_000_000),
                ],
                code: .protocolViolation),
            Scenario(
                name: "endless bytes of nothing", script: [start, .flood(bytes: [0], times: 100_000_000)],
                code: .protocolViolation),
            Scenario(
                name: "10^6 parameters after AuthenticationOk",
                script: [
                    start, authenticated,
                    .flood(bytes: bytes([.parameterStatus(.init(name: "TimeZone", value: "UTC"))]), times: 1_000_000),
                ], code: .protocolViolation, password: nil),
            Scenario(
                name: "10^6 notices after AuthenticationOk",
                script: [start, authenticated, .flood(bytes: notice(100), times: 1_000_000)],
                code: .protocolViolation, password: nil),
            // Lengths.
            Scenario(
                name: "2 GB announced", script: [start, .send(bytes: header(MessageType.authentication, 0x7FFF_FFFF))],
                code: .protocolViolation),
            Scenario(
                name: "2 GB of error announced",
                script: [start, .send(bytes: header(MessageType.errorResponse, 0x7FFF_FFFF))],
                code: .protocolViolation),
            Scenario(
                name: "an error of 30 kB announced, and silence", script: [start, .send(bytes: error)],
                code: .timedOut),
            Scenario(
                name: "a gigabyte of error after AuthenticationOk",
                script: [
                    start, authenticated, .send(bytes: header(MessageType.errorResponse, (1 << 30) - 1)),
                    .flood(bytes: text, times: 3000),
                ], code: .protocolViolation, password: nil),
            Scenario(
                name: "a gigabyte of notice after AuthenticationOk",
                script: [start, authenticated, .send(bytes: header(MessageType.noticeResponse, (1 << 30) - 1))],
                code: .protocolViolation, password: nil),
            Scenario(
                name: "huge error text",
                script: [start, .send(bytes: error + text.dropFirst(10) + [0, 0])],
                code: .server),
            Scenario(
                name: "more than a huge error text",
                script: [
                    start, .send(bytes: header(MessageType.errorResponse, 30_001)), .flood(bytes: text, times: 2),
                ],
                code: .protocolViolation),
            Scenario(
                name: "huge list of mechanisms",
                script: [
                    start, .send(bytes: header(MessageType.authentication, 30_000, [0, 0, 0, 10])),
                    .flood(bytes: Array("A\0".utf8), times: 1_000_000),
                ], code: .protocolViolation),
            Scenario(
                name: "long list of mechanisms",
                script: [
                    start,
                    .messages([.authentication(.sasl(mechanisms: (0..<900).map { _ in "A" }))]),
                ], code: .unsupported),
            // Slowness.
            Scenario(
                name: "byte by byte for ever", script: [start, .trickle(bytes: error + text, every: .milliseconds(2))],
                code: .timedOut),
            Scenario(name: "silence at once", script: [], code: .timedOut),
            Scenario(name: "silence after the startup message", script: [start], code: .timedOut),
            Scenario(
                name: "silence after the offer of SCRAM",
                script: [start, .scram(Encounter.scram { $0.lastStage = .offer })], code: .timedOut),
            Scenario(
                name: "silence after the challenge",
                script: [start, .scram(Encounter.scram { $0.lastStage = .challenge })], code: .timedOut),
            Scenario(name: "silence after the proof", script: [start, .scram(Encounter.scram())], code: .timedOut),
            Scenario(
                name: "silence after AuthenticationOk", script: [start, authenticated], code: .timedOut,
                password: nil),
            Scenario(name: "silence after the handshake", script: [], code: .timedOut, isTLS: true),
            Scenario(
                name: "silence after the startup message, over TLS", script: [start], code: .timedOut, isTLS: true),
            Scenario(
                name: "session tickets for ever", script: [.tickets(1_000_000)], code: .timedOut, isTLS: true,
                otherCode: .protocolViolation),
            // Work.
            Scenario(
                name: "the most iterations that are allowed",
                script: [
                    start,
                    .scram(
                        Encounter.scram {
                            $0.iterations = SCRAMClient.defaultMaximumIterations
                            $0.lastStage = .challenge
                        }), .receive(MessageType.password), .close,
                ], code: .connectionLost),
            Scenario(
                name: "one iteration more",
                script: [
                    start,
                    .scram(
                        Encounter.scram {
                            $0.iterations = SCRAMClient.defaultMaximumIterations + 1
                            $0.lastStage = .challenge
                        }),
                ], code: .authenticationFailed),
        ]
    }

    /// What a child process is told about one scenario.
    private struct Assignment: Codable, Sendable {
        var name: String
        var port: Int
        var password: String?
        var code: String
        var otherCode: String?
        /// The file of the roots that the server's certificate descends from; nil without TLS.
        var authority: String?
    }

    // Guard: Sources/PostgresWire/Session/Session.swift:
    // `if noticesBeforeAuthentication <= Session.noticeLimitBeforeAuthentication { return }`
    @Test("100 ms, 1 MiB and the connect timeout, in the blocking face") func blockingBudget() async throws {
        let (servers, assignments) = try Self.open()
        await #expect(processExitsWith: .success) { [assignments = assignments as [Assignment]] in
            for assignment in assignments { try await HostileBudgetTests.measure(assignment, .blocking) }
        }
        withExtendedLifetime(servers) {}
    }

    @Test("100 ms, 1 MiB and the connect timeout, in the suspending face") func suspendingBudget() async throws {
        let (servers, assignments) = try Self.open()
        await #expect(processExitsWith: .success) { [assignments = assignments as [Assignment]] in
            for assignment in assignments { try await HostileBudgetTests.measure(assignment, .suspending) }
        }
        withExtendedLifetime(servers) {}
    }

    private static let warmUp = [false, true].map {
        Scenario(
            name: "warming up", script: [.receiveStartup, .scram(Encounter.scram())], code: .connectionLost, isTLS: $0)
    }

    private static func open() throws -> ([ScriptedServer], [Assignment]) {
        let certificates = try TransportCertificates.shared.get()
        var servers: [ScriptedServer] = []
        var assignments: [Assignment] = []
        // The first are for what a process does once in its life, OpenSSL's own beginnings most of all, and for reading
        // the roots; they are not counted.
        for scenario in warmUp + scenarios {
            let beginning = scenario.isTLS ? ScriptedServer.acceptTLS(certificates.tls(.good)) : []
            let ending: [Step] = scenario.code == .connectionLost ? [.close] : [.receiveToEnd]
            let server = try ScriptedServer(connections: [beginning + scenario.script + ending])
            servers.append(server)
            assignments.append(
                Assignment(
                    name: scenario.name, port: server.port, password: scenario.password,
                    code: scenario.code.description, otherCode: scenario.otherCode?.description,
                    authority: scenario.isTLS ? certificates.authority : nil))
        }
        return (servers, assignments)
    }

    private static func measure(_ assignment: Assignment, _ face: Face) async throws {
        // A handshake takes longer in a build without optimisation, on a machine that is busy.
        let timeout = Duration.milliseconds(assignment.authority == nil ? 150 : 1000)
        var configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", port: assignment.port, user: "app", password: assignment.password, database: "app",
            sslmode: assignment.authority == nil ? .disable : .verifyFull,
            connectTimeout: assignment.code == "timed out" ? timeout : .seconds(5), environment: [:])
        if let authority = assignment.authority { configuration.tls.roots = .file(authority) }
        let meter = BudgetMeter()
        let start = ContinuousClock.now
        do throws(PostgresError) {
            _ = try await Client.connect(configuration, face)
            Issue.record("\(assignment.name): the client let itself be taken in")
        } catch {
            #expect(
                [assignment.code, assignment.otherCode].contains(error.code.description),
                "\(assignment.name): \(error.message)")
        }
        let (processor, grown) = (meter.processor, meter.memory)
        let took = ContinuousClock.now - start
        guard assignment.name != "warming up" else { return }
        #expect(processor <= ThreadClock.budget(.milliseconds(100)), "\(assignment.name)")
        let memory = try #require(grown)
        BudgetMeter.report("\(assignment.name) (\(face))", processor, memory)
        #expect(memory <= 1 << 20, "\(assignment.name)")
        // As long as the machine leaves this process aside, the clock runs on.
        #expect(took < .seconds(10), "\(assignment.name)")
        if assignment.code == "timed out", assignment.otherCode == nil { #expect(took >= timeout) }
    }

    // Guard: Sources/PostgresClient/Connecting/AttemptPlan.swift: what is tried is a list, made once for an address.
    @Test("a server that refuses everything is not tried without end", arguments: SSLMode.allCases, Face.allCases)
    func tries(_ sslmode: SSLMode, _ face: Face) async throws {
        func refusal(_ state: SQLState) -> Step {
            .messages([.errorResponse(.init(ServerError(severity: "FATAL", sqlState: state, message: "no")))])
        }
        let n = Step.send(bytes: [UInt8(ascii: "N")])
        var endings: [[Step]] = [
            [.close], [.reset], [.receiveStartup, .close], [.receiveStartup, refusal(.cannotConnectNow)],
            [.receiveStartup, refusal(.invalidAuthorizationSpecification)],
            [.receiveStartup, refusal(.protocolViolation)], [.receiveStartup, refusal(.featureNotSupported)],
            [.receiveStartup, .send(bytes: [UInt8(ascii: "S"), 0x15, 3, 3, 0, 2, 2, 40])],
        ]
        // To a client that does not ask for TLS, `N` begins a notice, of which no more comes.
        if sslmode != .disable, sslmode != .allow {
            endings.append([.receiveStartup, n, .receiveStartup, refusal(.protocolViolation)])
        }
        for ending in endings {
            for version in [ProtocolVersion.v3_0, .v3_2] {
                let server = try ScriptedServer(connections: Array(repeating: ending, count: 64))
                let met = try await Encounter([server], face, sslmode: sslmode) { $0.maximumProtocolVersion = version }
                _ = met.code()
                // In clear and with TLS, and each with either version of the protocol.
                let most = (sslmode == .prefer || sslmode == .allow ? 2 : 1) * (version == .v3_2 ? 2 : 1)
                #expect(server.connections <= most, "\(sslmode), \(version)")
            }
        }
    }
}
