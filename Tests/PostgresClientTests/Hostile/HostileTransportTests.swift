import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The known vulnerabilities of clients in the agreement on TLS and between several servers, one test each: whoever
/// sits in between says what it likes, in clear.
@Suite(.ownThread) struct HostileTransportTests {
    private typealias Step = ScriptedServer.Step

    /// What an attacker would like to have parsed as if it had come encrypted: a request for the password.
    private static var injected: [UInt8] {
        var writer = WireWriter()
        BackendMessage.authentication(.cleartextPassword).encode(into: &writer)
        BackendMessage.authentication(.ok).encode(into: &writer)
        BackendMessage.readyForQuery(.init(.idle)).encode(into: &writer)
        return writer.bytes
    }

    private static let tlsModes: [SSLMode] = [.prefer, .require, .verifyCA, .verifyFull]

    private func answerToSSLRequest(
        _ step: ScriptedServer.Step, _ face: Face, _ sslmode: SSLMode
    ) async throws -> Encounter {
        // One connection: whoever came a second time would be heard.
        let server = try ScriptedServer(connections: [[.expect(message: .sslRequest(.init())), step, .receiveToEnd]])
        let met = try await Encounter([server], face, sslmode: sslmode) { $0.channelBinding = .disable }
        met.expectAsScripted()
        met.expectDiscretion()
        return met
    }

    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `guard !link.socket.hasUnreadBytes else {`
    @Test(
        "CVE-2021-23222, CVE-2023-31136, CVE-2021-43767, CVE-2021-3935: plaintext behind the server's consent to TLS",
        arguments: tlsModes, Face.allCases)
    func cve_2021_23222(_ sslmode: SSLMode, _ face: Face) async throws {
        // In the same segment: a whole exchange, a part of a message, a single byte.
        for extra in [Self.injected, Array(Self.injected.prefix(7)), [0], [UInt8(ascii: "S")], [0x16]] {
            let met = try await answerToSSLRequest(.send(bytes: [UInt8(ascii: "S")] + extra), face, sslmode)
            #expect(met.code() == .protocolViolation)
            #expect(met.error?.message.contains("unencrypted data") == true)
            #expect(met.server.received().count == 8, "nothing but SSLRequest")
            #expect(met.server.connections == 1)
        }
        // Behind a consent to GSS encryption, which was never asked for.
        for answer in [[UInt8(ascii: "G")], [UInt8(ascii: "G")] + Self.injected] {
            let met = try await answerToSSLRequest(.send(bytes: answer), face, sslmode)
            #expect(met.code() == .protocolViolation)
            #expect(met.server.received().count == 8)
            #expect(met.server.connections == 1)
        }
    }

    /// Whether these bytes are TLS records and nothing else; the last one may be cut short.
    private func areTLS(_ bytes: some Sequence<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while let type = rest.first {
            guard (0x14...0x17).contains(type) else { return false }
            let length = rest.dropFirst(3).prefix(2).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(5 + length)
        }
        return true
    }

    // What comes goes to TLS and nowhere else, and a handshake that fails ends the socket. Tests/Guards goes on over it
    // in clear, after the second of the lines
    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `guard try feed(engine, from: link.socket) else {`
    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `_ = try? sendOutput(of: engine, through: &link)`
    @Test(
        "CVE-2021-23222: plaintext in a segment of its own, before and behind ClientHello", arguments: tlsModes,
        Face.allCases)
    func cve_2021_23222_laterSegment(_ sslmode: SSLMode, _ face: Face) async throws {
        let consent = [UInt8(ascii: "S")]
        let scripts: [[Step]] = [
            [.send(bytes: consent + Self.injected, splitAt: [1], pause: .zero)],
            [.send(bytes: consent + Self.injected, splitAt: [1, 2, 9], pause: .milliseconds(2))],
            // The handshake's first record has come: what comes now goes to TLS, as the nonsense that it is.
            [.send(bytes: consent), .receiveBytes(5), .send(bytes: Self.injected)],
            [.send(bytes: consent), .receiveBytes(5), .trickle(bytes: Self.injected)],
        ]
        for script in scripts {
            let server = try ScriptedServer(connections: [
                [.expect(message: .sslRequest(.init()))] + script + [.receiveToEnd]
            ])
            let met = try await Encounter([server], face, sslmode: sslmode) { $0.connectTimeout = .seconds(5) }
            let code = met.code()
            if sslmode != .prefer { #expect(code == .protocolViolation || code == .tls) }
            #expect(server.waitUntilFinished())
            #expect(areTLS(server.received().dropFirst(8)), "TLS or nothing")
            met.expectDiscretion()
            // A handshake that fails leads on to the clear in `prefer`, and there only, as in libpq.
            #expect(server.connections <= (sslmode == .prefer ? 2 : 1))
        }
    }

    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `case UInt8(ascii: "E"):`
    @Test(
        "CVE-2024-10977: an error in place of the answer to SSLRequest is shown to nobody", arguments: tlsModes,
        Face.allCases)
    func cve_2024_10977(_ sslmode: SSLMode, _ face: Face) async throws {
        var error = ServerError(severity: "FATAL", sqlState: .invalidPassword, message: Encounter.spoof)
        error.detail = Encounter.spoof
        error.hint = Encounter.spoof
        var writer = WireWriter()
        BackendMessage.errorResponse(.init(error)).encode(into: &writer)
        let answers = [
            writer.bytes, Array("E\(Encounter.spoof)\n\0".utf8), [UInt8(ascii: "E")],
            // What libpq takes for no PostgreSQL at all.
            Array("\(Encounter.spoof)".utf8), Array("HTTP/1.1 400 \(Encounter.spoof)\r\n\r\n".utf8),
        ]
        for answer in answers {
            let met = try await answerToSSLRequest(.send(bytes: answer), face, sslmode)
            #expect(met.code() == .protocolViolation)
            #expect(met.error?.server == nil)
            #expect(met.error?.sqlState == nil)
            #expect(met.server.connections == 1, "no second try in clear")
            #expect(met.server.received().count == 8)
        }
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift:
    // `guard length < least || length > most else { return }`
    @Test("CVE-2022-41862: an error text without an end", arguments: Face.allCases)
    func cve_2022_41862(_ face: Face) async throws {
        let endless = Array("E\(Encounter.spoof)".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024)
        for sslmode in [SSLMode.disable, .prefer, .require] {
            for ending in [[Step.close], [.receiveToEnd]] {
                let server = try ScriptedServer(connections: [[.receiveStartup, .send(bytes: endless)] + ending])
                let met = try await Encounter([server], face, sslmode: sslmode)
                #expect(met.code() == .protocolViolation)
                met.expectDiscretion()
                #expect(server.connections == 1)
            }
        }
        // A proper header, and no NUL in all that it announces.
        var message = WireWriter()
        message.message(MessageType.errorResponse) {
            $0.write(bytes: Array("M\(Encounter.spoof)".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024))
        }
        let met = try await Encounter([.receiveStartup, .send(bytes: message.bytes), .receiveToEnd], face)
        #expect(met.code() == .protocolViolation)
        met.expectDiscretion()
    }

    // No line is the guard: every host begins with a link, a session and an exchange of its own. Tests/Guards keeps a
    // setting of one host for the next, at
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `try session.setParameter(status.name, status.value)`
    @Test("CVE-2018-10915: nothing of one host is left for the next", arguments: Face.allCases)
    func cve_2018_10915(_ face: Face) async throws {
        let poison: [BackendMessage] = [
            .parameterStatus(.init(name: "standard_conforming_strings", value: "off")),
            .parameterStatus(.init(name: "TimeZone", value: "Poisoned/Zone")),
            .parameterStatus(.init(name: "crdb_version", value: "v99")),
            .backendKeyData(.init(processID: 666, key: [6, 6, 6, 6])),
        ]
        // The host takes itself out, in three ways: not ready yet, in the midst of either exchange, or, with a session
        // complete, no server of the kind that was asked for.
        let later = BackendMessage.errorResponse(
            .init(ServerError(severity: "FATAL", sqlState: .cannotConnectNow, message: "starting up")))
        let standby: [BackendMessage] = [
            .parameterStatus(.init(name: "in_hot_standby", value: "on")),
            .parameterStatus(.init(name: "default_transaction_read_only", value: "on")),
        ]
        let half = Array(Self.injected.prefix(6))
        let endings: [[Step]] = [
            [
                .messages([.authentication(.md5Password(salt: [1, 2, 3, 4]))]), .receive(MessageType.password),
                .messages([later]), .send(bytes: half),
            ],
            [.scram(Encounter.scram { $0.lastStage = .challenge }), .messages([later]), .send(bytes: half)],
            [
                .scram(Encounter.scram()),
                .messages([.authentication(.ok)] + poison + standby + [.readyForQuery(.init(.inTransaction))]),
                .send(bytes: half),
            ],
        ]
        let primary = [
            BackendMessage.parameterStatus(.init(name: "in_hot_standby", value: "off")),
            .parameterStatus(.init(name: "default_transaction_read_only", value: "off")),
        ]
        for ending in endings {
            let first = try ScriptedServer(connections: [[.receiveStartup] + ending + [.receiveToEnd]])
            let second = try ScriptedServer(
                connections: [
                    [
                        .receiveStartup, .scram(Encounter.scram()),
                        .messages([.authentication(.ok)] + primary + [.readyForQuery(.init(.idle))]),
                    ] + Encounter.ending
                ], host: "127.0.0.2")
            let met = try await Encounter([first, second], face) {
                $0.requiredAuthentication = try? AuthenticationRequirement(parsing: "md5,scram-sha-256")
                $0.hosts = [ServerHost(first.host, port: first.port), ServerHost(second.host, port: second.port)]
                $0.targetSessionAttributes = .readWrite
            }
            #expect(met.error == nil)
            #expect(
                met.client?.connection.parameters == ["in_hot_standby": "off", "default_transaction_read_only": "off"],
                "and nothing that the first host said")
            met.client?.connection.close()
            #expect(first.connections == 1 && second.connections == 1)
            guard second.connections == 1 else { continue }
            #expect(second.waitUntilFinished())
            #expect(second.failure() == nil)
            let speech = met.speech(of: 1)
            #expect(speech.startups == 1)
            #expect(met.speech(of: 0).parameters == speech.parameters)
            met.expectDiscretion()
        }
        // An exchange begun with the first host is not finished by the second.
        let proof = "v=" + String(decoding: Base64.encode([UInt8](repeating: 0, count: 32)), as: UTF8.self)
        for request in [Backend.Authentication.saslFinal(Array(proof.utf8)), .saslContinue(Array("r=x".utf8)), .ok] {
            let first = try ScriptedServer(connections: [
                [
                    .receiveStartup, .scram(Encounter.scram { $0.lastStage = .challenge }),
                    .receive(MessageType.password), .messages([later]), .receiveToEnd,
                ]
            ])
            let second = try ScriptedServer(connections: [[.receiveStartup, .messages([.authentication(request)])]])
            let met = try await Encounter([first, second], face) {
                $0.hosts = [ServerHost(first.host, port: first.port), ServerHost(second.host, port: second.port)]
            }
            _ = met.code()
            #expect(second.connections == 1)
            #expect(met.speech(of: 1).messages.isEmpty)
        }
    }

    // Guard: Sources/PostgresClient/Configuration/SettingResolver.swift: `if keyword.name == "sslmode", environment["PGREQUIRESSL"]`
    // Guard: Sources/PostgresClient/Configuration/SettingResolver.swift: `guard let choice = Choice.allCases.first`
    @Test("CVE-2017-7485: a demand for TLS is never ignored")
    func cve_2017_7485() throws {
        let demands: [(String?, [String: String])] = [
            (nil, ["PGREQUIRESSL": "1"]), (nil, ["PGSSLMODE": "required"]), (nil, ["PGSSLMODE": "REQUIRE"]),
            (nil, ["PGGSSENCMODE": "require"]), ("requiressl=1", [:]), ("gssencmode=require", [:]),
            ("postgresql://app@127.0.0.1/app?requiressl=1", [:]), ("sslmode=bogus", [:]), ("sslmode=require ", [:]),
            ("postgresql://app@127.0.0.1/app?ssl=true", [:]), ("sslmode=require", ["PGSSLMODE": "disable"]),
            ("postgresql://app@127.0.0.1/app?sslmod=require", [:]),
        ]
        for (text, environment) in demands {
            do throws(PostgresError) {
                let configuration = try ConnectionConfiguration.resolve(
                    connectionString: text, host: text?.hasPrefix("postgresql") == true ? nil : "127.0.0.1",
                    user: "app",
                    environment: environment)
                let mode = configuration.sslMode(for: configuration.hosts[0])
                #expect([.require, .verifyCA, .verifyFull].contains(mode), "\(text ?? "\(environment)")")
            } catch {
                #expect(error.code == .invalidConfiguration, "\(text ?? "\(environment)")")
            }
        }
    }

    // No line is the guard: SSLRequest is the only request that is sent. Tests/Guards sends the other one too, before
    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `Frontend.SSLRequest().encode(into: &link.outbound)`
    @Test("GSS encryption is never asked for", arguments: SSLMode.allCases, Face.allCases)
    func noGSSRequest(_ sslmode: SSLMode, _ face: Face) async throws {
        let server = try ScriptedServer([.receiveStartup, .close], count: 3)
        let met = try await Encounter([server], face, sslmode: sslmode)
        _ = met.code()
        for connection in 0..<server.connections {
            #expect(server.waitUntilFinished(connection))
            #expect(!met.speech(on: connection).requests.contains(ClientSpeech.gssRequest))
        }
    }

    // Guard: Sources/PostgresClient/Configuration/SettingResolver+Files.swift: `host.name.isEmpty ? host.address ?? "" : host.name`
    @Test("CVE-2026-56870: with hostaddr alone, the password of that address and no other", arguments: Face.allCases)
    func cve_2026_56870(_ face: Face) async throws {
        let script: [Step] = [.receiveStartup, .scram(Encounter.scram()), ScriptedServer.sessionStart]
        let server = try ScriptedServer(connections: [script + Encounter.ending], host: "127.0.0.2")
        let file = "/tmp/manticore-hostile-\(server.port)-\(face).pgpass"
        let lines = ["localhost", "127.0.0.1", "127.0.0.2"].map { host in
            "\(host):\(server.port):*:app:\(host == server.host ? Encounter.password : "for-\(host)")\n"
        }
        try PrivateFile.write(lines.joined(), to: file)
        defer { PrivateFile.remove(file) }
        let configuration = try ConnectionConfiguration.resolve(
            connectionString:
                "hostaddr=127.0.0.2 port=\(server.port) user=app dbname=app sslmode=disable passfile=\(file)",
            environment: [:])
        let client = try await Client.connect(configuration, face)
        client.connection.close()
        #expect(server.waitUntilFinished())
        #expect(server.failure() == nil)
    }
}
