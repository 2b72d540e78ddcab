import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// The versions of the protocol, cancel keys, and peers that speak another one.
@Suite(.ownThread) struct ProtocolTests {
    private func configuration(
        _ server: ScriptedServer, from minimum: ProtocolVersion = .v3_0, to maximum: ProtocolVersion = .v3_2
    ) throws -> ConnectionConfiguration {
        var configuration = try Connecting.configuration([server.port])
        configuration.minimumProtocolVersion = minimum
        configuration.maximumProtocolVersion = maximum
        return configuration
    }

    private static func negotiation(_ version: UInt32, _ options: [String] = []) -> BackendMessage {
        .negotiateProtocolVersion(.init(newestVersion: version, unrecognizedOptions: options))
    }

    @Test(arguments: Face.allCases)
    func theOldVersionIsAskedForUnlessToldOtherwise(_ face: Face) async throws {
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        let core = try await Connecting.connect(Connecting.configuration([server.port]), face)
        #expect(Array(server.received()[4..<8]) == [0, 3, 0, 0] && core.protocolVersion == .v3_0)
        core.close()
    }

    @Test(arguments: Face.allCases)
    func theNewVersionHasLongKeysWhichACancelRequestRepeats(_ face: Face) async throws {
        for count in [4, 32, 256] {
            let key = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
            let server = try ScriptedServer(connections: [
                Connecting.session(processID: 0x8000_0001, key: key) + [.receiveToEnd], [.receiveStartup, .close],
            ])
            let core = try await Connecting.connect(configuration(server), face)
            #expect(Array(server.received()[4..<8]) == [0, 3, 0, 2] && core.protocolVersion == .v3_2)
            var cancel = try #require(CancelOperation(core, deadline: Deadline(.now.advanced(by: .seconds(10)))))
            switch face {
            case .blocking: try BlockingDriver.run(&cancel)
            case .suspending: try await AsyncDriver.run(&cancel)
            }
            #expect(server.waitUntilFinished(1))
            let length = UInt8((12 + count) >> 8)
            #expect(
                server.received(on: 1)
                    == [0, 0, length, UInt8((12 + count) & 0xFF), 4, 0xD2, 0x16, 0x2E, 0x80, 0, 0, 1] + key)
            core.close()
        }
    }

    @Test(arguments: Face.allCases)
    func aServerMayStayWithTheOldVersion(_ face: Face) async throws {
        let old: [BackendMessage] = [ProtocolTests.negotiation(0x0003_0000), .authentication(.ok)]
        let server = try ScriptedServer(Connecting.session(before: old) + [.receiveToEnd])
        let core = try await Connecting.connect(configuration(server), face)
        #expect(core.protocolVersion == .v3_0 && core.session.backendKey?.key == [1, 2, 3, 4])
        core.close()
        let long = try ScriptedServer(
            Connecting.session(key: [1, 2, 3, 4, 5], before: old) + [.receiveToEnd])
        let key = await failure { try await Connecting.connect(configuration(long), face) }
        #expect(key?.code == .protocolViolation && key?.message.contains("5 bytes") == true)
        let strict = try ScriptedServer(Connecting.session(before: old) + [.receiveToEnd])
        let minimum = await failure { try await Connecting.connect(configuration(strict, from: .v3_2), face) }
        #expect(minimum?.code == .unsupported && minimum?.message.contains("min_protocol_version=3.2") == true)
        #expect(strict.connections == 1)
    }

    @Test(arguments: Face.allCases)
    func negotiationsThatMakeNoSense(_ face: Face) async throws {
        let v30 = ProtocolTests.negotiation(0x0003_0000)
        let scripts: [[BackendMessage]] = [
            [ProtocolTests.negotiation(0x0003_0002)], [ProtocolTests.negotiation(0x0003_0001)],
            [ProtocolTests.negotiation(0x0003_0003)], [ProtocolTests.negotiation(0x0002_0000)],
            [ProtocolTests.negotiation(0x0003_0000, ["_pq_.command"])], [v30, v30], [.authentication(.ok), v30],
            [.authentication(.sasl(mechanisms: ["SCRAM-SHA-256"])), v30],
        ]
        for (index, messages) in scripts.enumerated() {
            let server = try ScriptedServer([.receiveStartup, .messages(messages), .receiveToEnd])
            var configuration = try configuration(server)
            configuration.password = index == 7 ? Secret("x") : nil
            let error = await failure { try await Connecting.connect(configuration, face) }
            #expect(error?.code == .protocolViolation, "\(index): \(String(describing: error))")
            #expect(server.waitUntilFinished() && server.connections == 1)
        }
        let unasked = try ScriptedServer([.receiveStartup, .messages([v30]), .receiveToEnd])
        let error = await failure { try await Connecting.connect(configuration(unasked, to: .v3_0), face) }
        #expect(error?.code == .protocolViolation && error?.message.contains("no change") == true)
    }

    @Test(arguments: ["08P01", "0A000"], Face.allCases)
    func aPoolerThatRefusesTheNewVersionIsAskedForTheOldOne(_ code: String, _ face: Face) async throws {
        let server = try ScriptedServer(connections: [
            Connecting.refusing(SQLState(rawValue: code), "unsupported frontend protocol 3.2"),
            Connecting.session() + [.receiveToEnd],
        ])
        let core = try await Connecting.connect(configuration(server), face)
        #expect(server.connections == 2 && core.protocolVersion == .v3_0)
        #expect(Array(server.received(on: 0)[4..<8]) == [0, 3, 0, 2])
        #expect(Array(server.received(on: 1)[4..<8]) == [0, 3, 0, 0])
        core.close()
        let strict = try ScriptedServer(Connecting.refusing(SQLState(rawValue: code)))
        let error = await failure { try await Connecting.connect(configuration(strict, from: .v3_2), face) }
        #expect(error?.sqlState?.rawValue == code && strict.connections == 1)
    }

    @Test(arguments: EphemeralPostgres.installations(), Face.allCases)
    func realServers(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let server = try await EphemeralPostgres.start(.init(binaries: installation.directory))
        var configuration = try TestServer.configuration(server)
        configuration.maximumProtocolVersion = .v3_2
        let client = try await Client.connect(configuration, face)
        let isNew = (installation.version.description.split(separator: ".").first.flatMap { Int($0) } ?? 0) >= 18
        #expect(client.connection.protocolVersion == (isNew ? .v3_2 : .v3_0))
        #expect(try await client.answers())
        client.connection.close()
        configuration.minimumProtocolVersion = .v3_2
        if isNew {
            #expect(try await Client.connect(configuration, face).answers())
        } else {
            #expect(await failure { try await Client.connect(configuration, face) }?.code == .unsupported)
        }
        await server.stop()
    }

    // MARK: - Peers that are no servers

    /// Without the look at the first byte (StartupOperation's nextMessage) these wait for the deadline.
    @Test(arguments: Face.allCases)
    func aStrangerIsKnownByItsFirstByte(_ face: Face) async throws {
        for byte in UInt8.min ... .max where !"REvN".utf8.contains(byte) {
            let server = try ScriptedServer([.receiveStartup, .send(bytes: [byte]), .receiveToEnd])
            let error = await failure { try await Connecting.connect(configuration(server), face) }
            #expect(error?.code == .protocolViolation, "\(byte)")
            #expect(error?.message.contains("does not speak PostgreSQL's protocol") == true)
            #expect(server.waitUntilFinished())
        }
    }

    @Test(arguments: Face.allCases)
    func whatWasSaidBeforeProtocol3IsNotShown(_ face: Face) async throws {
        let texts: [[UInt8]] = [
            Array("EFATAL:  sorry, \u{1B}]0;call this number\n\0".utf8),
            [UInt8(ascii: "E")] + [UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024),
            [UInt8(ascii: "E"), 0, 0, 0, 7, 1, 2, 3], [UInt8(ascii: "E"), 0, 0, 0x75, 0x31],
        ]
        for text in texts {
            let server = try ScriptedServer([.receiveStartup, .send(bytes: text), .close])
            let error = await failure { try await Connecting.connect(configuration(server, to: .v3_0), face) }
            #expect(error?.code == .protocolViolation)
            #expect(error.map { !"\($0)".contains("sorry") && !"\($0)".contains("call") } == true)
            #expect(error?.message.contains("older than protocol 3.0") == true)
        }
    }

    /// Without the count in Session's acceptWhileStarting, and the look at the deadline in StartupOperation, this never ends.
    @Test(arguments: Face.allCases)
    func settingsWithoutEndAreNotWaitedFor(_ face: Face) async throws {
        let setting = BackendMessage.parameterStatus(.init(name: "search_path", value: "x"))
        let flood = [ScriptedServer.Step](
            repeating: .messages([BackendMessage](repeating: setting, count: 1000)), count: 10_000)
        let server = try ScriptedServer([.receiveStartup, .messages([.authentication(.ok)])] + flood)
        let error = await failure { try await Connecting.connect(Connecting.configuration([server.port]), face) }
        #expect(error?.code == .protocolViolation && error?.message.contains("without end") == true)
        #expect(server.waitUntilFinished())
        let large = BackendMessage.parameterStatus(
            .init(name: "search_path", value: String(repeating: "x", count: 500_000)))
        let slow = [ScriptedServer.Step](repeating: .messages([large]), count: 9_000)
        let second = try ScriptedServer([.receiveStartup, .messages([.authentication(.ok)])] + slow)
        let late = await failure {
            try await Connecting.connect(
                Connecting.configuration([second.port], timeout: .milliseconds(300)), face)
        }
        #expect(late?.code == .timedOut, "\(String(describing: late))")
        #expect(second.waitUntilFinished())
    }

    @Test(arguments: Face.allCases)
    func messagesBeforeAuthenticationAreShort(_ face: Face) async throws {
        for type in "Rv".utf8 {
            for length in [4, 7, 2001] as [UInt16] {
                let bytes: [UInt8] = [type, 0, 0, UInt8(length >> 8), UInt8(length & 0xFF)]
                let server = try ScriptedServer([.receiveStartup, .send(bytes: bytes), .receiveToEnd])
                let error = await failure { try await Connecting.connect(configuration(server), face) }
                #expect(error?.code == .protocolViolation && error?.message.contains("\(length) bytes") == true)
            }
        }
    }
}
