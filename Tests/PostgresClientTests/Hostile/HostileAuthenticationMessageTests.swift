import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The known vulnerabilities of clients in authentication, continued: messages that are malformed, and secrets that
/// are handled without care.
@Suite(.ownThread) struct HostileAuthenticationMessageTests {
    private typealias Message = ScriptedServer.SCRAMMessage
    private typealias Step = ScriptedServer.Step

    /// What can be done to the attributes of a message: dropped, doubled, emptied, and put in another order.
    private static func spoilings(_ names: [String]) -> [(String, @Sendable (inout Message) -> Void)] {
        var list: [(String, @Sendable (inout Message) -> Void)] = []
        for name in names {
            list.append(("\(name) dropped", { $0[name] = nil }))
            list.append(("\(name) doubled", { $0.attributes.append((name, $0[name] ?? "")) }))
            list.append(("\(name) empty", { $0[name] = "" }))
            list.append(
                (
                    "\(name) in capitals",
                    { message in
                        for index in message.attributes.indices where message.attributes[index].name == name {
                            message.attributes[index].name = name.uppercased()
                        }
                    }
                ))
        }
        list.append(("m before", { $0.attributes.insert(("m", "ext"), at: 0) }))
        list.append(("m behind", { $0.attributes.append(("m", "ext")) }))
        list.append(("an extension doubled", { $0.attributes += [("x", "ext"), ("x", "ext")] }))
        list.append(("an error behind", { $0.attributes.append(("e", "other-error")) }))
        return list
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMAttributes.swift:
    // `guard seen.insert(name).inserted else { throw Self.malformed("has an attribute twice") }`
    @Test("CVE-2026-19888: attributes dropped, doubled, emptied, in another order", arguments: Face.allCases)
    func cve_2026_19888(_ face: Face) async throws {
        for (what, spoil) in Self.spoilings(["r", "s", "i"]) {
            #expect(try await Encounter.scramChallenge(face, spoil).code() == .authenticationFailed, "\(what)")
        }
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let met = try await Encounter.scramChallenge(face) { message in
                message.attributes = order.map { message.attributes[$0] }
            }
            #expect(met.code() == .authenticationFailed, "\(order)")
        }
        for (what, spoil) in Self.spoilings(["v"]) {
            #expect(try await Encounter.scramOutcome(face, spoil).code() == .authenticationFailed, "\(what)")
        }
        for text in ["e=", "e=,e=other-error", "e", "e=other-error,v=AAAA", "v=AAAA,e=other-error"] {
            let met = try await Encounter.scramOutcome(face) { $0.replacement = Array(text.utf8) }
            #expect(met.code() == .authenticationFailed, "\(text)")
        }
    }

    // Guard: Sources/PostgresWire/Authentication/Digests.swift:
    // `unsafe CRYPTO_memcmp(first.baseAddress, second.baseAddress, first.count) == 0`
    @Test("CVE-2026-6478, CVE-2025-59432: secrets are compared whole, in constant time", arguments: Face.allCases)
    func cve_2026_6478(_ face: Face) async throws {
        // One bit at either end and in the middle: every byte counts.
        for position in [0, 15, 31] {
            let met = try await Encounter.scramOutcome(face) { message in
                let signature = Base64.decode(Array((message["v"] ?? "").utf8)) ?? []
                let changed = signature.enumerated().map { $0.offset == position ? $0.element ^ 1 : $0.element }
                message["v"] = String(decoding: Base64.encode(changed), as: UTF8.self)
            }
            #expect(met.code() == .authenticationFailed)
            #expect(met.error?.message.contains("signature") == true)
        }
        for position in [0, 12, 23] {
            let met = try await Encounter.scramChallenge(face) { message in
                var nonce = Array((message["r"] ?? "").utf8)
                nonce[position] = nonce[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                message["r"] = String(decoding: nonce, as: UTF8.self)
            }
            #expect(met.code() == .authenticationFailed)
        }
        // What cannot be compared with == is not compared with it by mistake.
        #expect((Secret.self as Any.Type) as? any Equatable.Type == nil)
        #expect((SCRAMKeys.self as Any.Type) as? any Equatable.Type == nil)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMAttributes.swift: `guard name != UInt8(ascii: "m") else {`
    @Test("lib/pq #914: mandatory extensions, and lists of mechanisms that are none", arguments: Face.allCases)
    func libpq_914(_ face: Face) async throws {
        let met = try await Encounter.scramChallenge(face) { $0.attributes.append(("m", "unknown")) }
        #expect(met.code() == .authenticationFailed)
        #expect(met.error?.message.contains("extension") == true)

        // AuthenticationSASL: unterminated, without its end, empty, with binding only, of others only.
        let lists: [([UInt8], PostgresError.Code)] = [
            (Array("SCRAM-SHA-256".utf8), .protocolViolation),
            (Array("SCRAM-SHA-256\0".utf8), .protocolViolation),
            ([], .protocolViolation),
            ([0], .unsupported),
            (Array("SCRAM-SHA-256-PLUS\0\0".utf8), .authenticationFailed),
            (Array("SCRAM-SHA-1\0\u{1B}]0;call this number\0\0".utf8), .unsupported),
            (Array("scram-sha-256\0\0".utf8), .unsupported),
            (Array("SCRAM-SHA-256\0\0SCRAM-SHA-256\0".utf8), .protocolViolation),
        ]
        for (list, code) in lists {
            var writer = WireWriter()
            writer.message(MessageType.authentication) {
                $0.write(UInt32(10))
                $0.write(bytes: list)
            }
            let met = try await Encounter([.receiveStartup, .send(bytes: writer.bytes)] + Encounter.ending, face)
            #expect(met.code() == code, "\(String(decoding: list, as: UTF8.self).debugDescription)")
            met.expectAsScripted()
            met.expectNothingLearnt()
        }
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMServerFinal.swift: `if message.starts(with: "e=".utf8) {`
    @Test("rust-postgres #1363: the server's error in place of its proof", arguments: Face.allCases)
    func rust_1363(_ face: Face) async throws {
        let met = try await Encounter.scramOutcome(face) { $0.attributes = [("e", "invalid-proof")] }
        #expect(met.code() == .authenticationFailed)
        #expect(met.error?.message.contains("invalid-proof") == true)
        let spoofed = try await Encounter.scramOutcome(face) { $0.attributes = [("e", Encounter.spoof)] }
        #expect(spoofed.code() == .authenticationFailed)
        #expect(spoofed.error?.message.contains("other-error") == true)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard !password.isEmpty else {`, and
    // `$0.isEmpty ? nil : $0` there and in AuthenticationCredentials.swift
    @Test("CVE-2017-7546: an empty password is never sent", arguments: Face.allCases)
    func cve_2017_7546(_ face: Face) async throws {
        let requests: [Backend.Authentication] = [
            .cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), .sasl(mechanisms: ["SCRAM-SHA-256"]),
        ]
        for request in requests {
            for password in [nil, ""] as [String?] {
                let met = try await Encounter(
                    [.receiveStartup, .messages([.authentication(request)])] + Encounter.ending, face, password: nil
                ) {
                    $0.password = password.map { Secret($0) }
                }
                #expect(met.code() == .authenticationFailed)
                #expect(met.error?.message.contains("password") == true)
                met.expectAsScripted()
                met.expectNothingLearnt()
            }
            let provided = try await Encounter(
                [.receiveStartup, .messages([.authentication(request)])] + Encounter.ending, face, password: nil
            ) {
                $0.passwordProvider = CredentialProvider { _ in Secret("") }
            }
            #expect(provided.code() == .authenticationFailed)
            provided.expectAsScripted()
            provided.expectNothingLearnt()
        }
    }

    // No line is the guard: every attempt dials a socket of its own, and StartupOperation's start() alone writes a
    // startup message. Tests/Guards answers a refusal with another one, before
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `let action = try handle(type, body)`
    @Test("CVE-2026-107350: one startup message on a socket", arguments: Face.allCases)
    func cve_2026_107350(_ face: Face) async throws {
        let refusal = Step.messages([
            .errorResponse(
                .init(ServerError(severity: "FATAL", sqlState: .invalidAuthorizationSpecification, message: "no")))
        ])
        let scripts: [(SSLMode, [[Step]])] = [
            // Without TLS, on the same socket: SSLRequest and then one startup message.
            (.prefer, [[.receiveStartup, .send(bytes: [UInt8(ascii: "N")]), .receiveStartup, refusal]]),
            // Asked during SCRAM to begin again, and refused in every phase.
            (.disable, [[.receiveStartup, .scram(Encounter.scram { $0.lastStage = .challenge }), refusal]]),
            (.disable, [[.receiveStartup, refusal]]),
            (.allow, [[.receiveStartup, refusal], [.receiveStartup, .send(bytes: [UInt8(ascii: "N")])]]),
        ]
        for (sslmode, connections) in scripts {
            let server = try ScriptedServer(connections: connections.map { $0 + [.receiveToEnd] })
            let met = try await Encounter([server], face, sslmode: sslmode)
            _ = met.code()
            for connection in 0..<server.connections {
                #expect(server.waitUntilFinished(connection))
                let speech = met.speech(on: connection)
                #expect(speech.startups <= 1)
                #expect(!speech.messages.contains { $0.type == 0 } && speech.rest.isEmpty, "nothing behind the first")
                #expect(speech.requests.count <= 2)
            }
            #expect(server.connections == connections.count)
        }
    }
}
