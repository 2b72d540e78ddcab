import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The known vulnerabilities of clients in authentication, one test each: a server that wants to be taken for another,
/// to learn the password, or to break the client.
@Suite(.ownThread) struct HostileAuthenticationTests {
    private typealias Step = ScriptedServer.Step

    // The script itself: without it, the refusals below could be refusals of an honest server.
    @Test("an honest server is let in by the same scripts", arguments: Face.allCases)
    func honestServer(_ face: Face) async throws {
        let met = try await Encounter(
            [.receiveStartup, .scram(Encounter.scram()), ScriptedServer.sessionStart] + Encounter.ending, face)
        #expect(met.error == nil)
        #expect(met.client?.connection.isUsable == true)
        met.client?.connection.close()
        met.expectAsScripted()
        met.expectDiscretion()
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMServerFinal.swift:
    // `guard let signature = Base64.decode(attributes[0].value), signature.count == Digests.sha256Length else {`
    @Test("CVE-2019-10164: a server signature of another length", arguments: Face.allCases)
    func cve_2019_10164(_ face: Face) async throws {
        for length in [0, 1, 31, 33, 64] {
            let signature = String(decoding: Base64.encode([UInt8](repeating: 7, count: length)), as: UTF8.self)
            let met = try await Encounter.scramOutcome(face) { $0["v"] = signature }
            #expect(met.code() == .authenticationFailed)
            #expect(met.error?.message.contains("32 bytes") == true, "refused for its form, not compared")
        }
        let long = String(decoding: Base64.encode([UInt8](repeating: 7, count: 10_000)), as: UTF8.self)
        #expect(try await Encounter.scramOutcome(face) { $0["v"] = long }.code() == .protocolViolation)
        for spoilt in ["!!!!", "AAA", "AAAA=", "=", String(repeating: "A", count: 43), "\u{1B}]0;call this number"] {
            #expect(
                try await Encounter.scramOutcome(face) { $0["v"] = spoilt }.code() == .authenticationFailed, "\(spoilt)"
            )
        }
        #expect(try await Encounter.scramOutcome(face) { $0["v"] = nil }.code() == .authenticationFailed)
        #expect(
            try await Encounter.scramOutcome(face) { $0.attributes += $0.attributes }.code() == .authenticationFailed)
        #expect(try await Encounter.scramOutcome(face) { $0.attributes[0].name = "x" }.code() == .authenticationFailed)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMClient.swift: `guard iterations <= maximumIterations else {`
    @Test(
        "CVE-2026-42198: PBKDF2 iterations without bound, or that are no number",
        arguments: [
            "200001", "2147483647", "4294967297", "1" + String(repeating: "0", count: 30), "0", "-1", "+4096", "5e3",
            "٤٠٩٦", "", "4096 ", "0x1000", "04096", "4096.0",
        ], Face.allCases)
    func cve_2026_42198(_ iterations: String, _ face: Face) async throws {
        let before = ThreadClock.now
        let met = try await Encounter.scramChallenge(face) { $0["i"] = iterations }
        // Everything of ours but a derivation runs on this thread, and a derivation would have been answered.
        #expect(ThreadClock.now - before < ThreadClock.budget(.milliseconds(50)))
        #expect(met.code() == .authenticationFailed)
        #expect(met.error?.code != .timedOut)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: in `chooseBinding`,
    // `case .undefined:` is followed by `try checkBindingNotRequired()`
    @Test("CVE-2026-54291: channel_binding=require and a certificate without a binding hash")
    func cve_2026_54291() throws {
        for mechanisms in [["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], ["SCRAM-SHA-256"], ["SCRAM-SHA-256-PLUS"]] {
            var policy = AuthenticationPolicy()
            policy.channelBindingData = .undefined
            policy.isChannelTrusted = true
            policy.channelBinding = .require
            var exchange = AuthenticationExchange(
                user: "app", password: Secret(Encounter.password), nonce: [1, 2, 3], policy: policy)
            #expect(throws: PostgresError.self) { try exchange.receive(.sasl(mechanisms: mechanisms)) }
            #expect(!exchange.usesChannelBinding)
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift:
    // `guard policy.channelBinding != .require else {`
    @Test("CVE-2025-49146: channel_binding=require and a server that does without", arguments: Face.allCases)
    func cve_2025_49146(_ face: Face) async throws {
        let requests: [Backend.Authentication] = [
            .ok, .cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), .gss, .sspi,
            .sasl(mechanisms: ["SCRAM-SHA-256"]), .sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]),
        ]
        for request in requests {
            let met = try await Encounter(
                [.receiveStartup, .messages([.authentication(request)])] + Encounter.ending, face
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
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard scram.isVerified else {`
    @Test("pony #204: AuthenticationOk without the server's proof", arguments: Face.allCases)
    func pony_204_skipsSASLFinal(_ face: Face) async throws {
        for stage in [ScriptedServer.SCRAM.Stage.offer, .challenge] {
            var script: [Step] = [.receiveStartup, .scram(Encounter.scram { $0.lastStage = stage })]
            // Before the first message of the client, behind it, and behind its proof.
            if stage == .challenge { script.append(.receive(MessageType.password)) }
            let met = try await Encounter(script + [ScriptedServer.sessionStart] + Encounter.ending, face)
            #expect(met.code() == .authenticationFailed)
            #expect(met.error?.message.contains("without proving") == true)
            met.expectDiscretion()
        }
        let early = try await Encounter(
            [
                .receiveStartup, .scram(Encounter.scram { $0.lastStage = .offer }), .receive(MessageType.password),
                ScriptedServer.sessionStart,
            ] + Encounter.ending, face)
        #expect(early.code() == .authenticationFailed)
        early.expectAsScripted()
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMClient.swift:
    // `guard case .firstSent = phase else { throw outOfOrder() }`
    @Test("pony #209: the challenge twice", arguments: Face.allCases)
    func pony_209_duplicateSASLContinue(_ face: Face) async throws {
        let kept = Guarded<[UInt8]>([])
        let scram = Encounter.scram {
            $0.lastStage = .challenge
            $0.rewriteChallenge = { message in
                let bytes = message.bytes
                kept.withLock { $0 = bytes }
            }
        }
        // The second asks the client to prove itself again, over a nonce of the server's choice.
        let again: [UInt8] = Array("r=again,s=QUJD,i=1".utf8)
        let met = try await Encounter(
            [
                .receiveStartup, .scram(scram), .receive(MessageType.password),
                .messages([.authentication(.saslContinue(again))]),
            ] + Encounter.ending, face)
        #expect(met.code() == .protocolViolation)
        met.expectAsScripted()
        met.expectDiscretion()
        #expect(met.speech().messages.count == 2)
        #expect(!kept.value.isEmpty)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMClient.swift: `guard case .finalSent(let expected) = phase else { throw outOfOrder() }`
    @Test("pony #209: the proof before the challenge", arguments: Face.allCases)
    func pony_209_saslFinalBeforeContinue(_ face: Face) async throws {
        let signature = "v=" + String(decoding: Base64.encode([UInt8](repeating: 0, count: 32)), as: UTF8.self)
        let met = try await Encounter(
            [
                .receiveStartup, .scram(Encounter.scram { $0.lastStage = .offer }), .receive(MessageType.password),
                .messages([.authentication(.saslFinal(Array(signature.utf8)))]), ScriptedServer.sessionStart,
            ] + Encounter.ending, face)
        #expect(met.code() == .protocolViolation)
        met.expectDiscretion()
        #expect(met.speech().messages.count == 1)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMAttributes.swift:
    // `guard name == UInt8(ascii: names[list.count]) else {`
    @Test("pony #209: a malformed proof", arguments: Face.allCases)
    func pony_209_malformedSASLFinal(_ face: Face) async throws {
        for bytes: [UInt8] in [[], [0], [0xFF, 0xFE], Array("v".utf8), Array("=".utf8), Array(",,,".utf8)] {
            #expect(
                try await Encounter.scramOutcome(face) { $0.replacement = bytes }.code() == .authenticationFailed,
                "\(bytes)")
        }
        // The right signature under another name proves nothing.
        #expect(try await Encounter.scramOutcome(face) { $0.attributes[0].name = "z" }.code() == .authenticationFailed)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMServerFirst.swift:
    // `guard nonce.count > clientNonce.count, Digests.areEqual(nonce.prefix(clientNonce.count), clientNonce) else {`
    @Test("pony #209: a nonce that does not continue the client's", arguments: Face.allCases)
    func pony_209_nonceMismatch(_ face: Face) async throws {
        #expect(try await Encounter.scramChallenge(face) { $0["r"] = "another" }.code() == .authenticationFailed)
        #expect(try await Encounter.scramChallenge(face) { $0["r"] = "" }.code() == .authenticationFailed)
        #expect(
            try await Encounter.scramChallenge(face) { $0["r"] = "x" + ($0["r"] ?? "") }.code() == .authenticationFailed
        )
        #expect(
            try await Encounter.scramChallenge(face) { $0["r"] = String(($0["r"] ?? "").dropFirst()) }.code()
                == .authenticationFailed)
        // Equal to the client's, without a part of the server: libpq accepts it.
        #expect(
            try await Encounter.scramChallenge(face) { $0["r"] = String(($0["r"] ?? "").prefix(24)) }.code()
                == .authenticationFailed)
        // A combining mark joins the last character of the client's part: the bytes are a prefix, and no printable text.
        #expect(
            try await Encounter.scramChallenge(face) { $0["r"] = String(($0["r"] ?? "").prefix(24)) + "\u{301}abc" }
                .code()
                == .authenticationFailed)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMServerFirst.swift:
    // `guard let salt = Base64.decode(attributes[1].value), !salt.isEmpty else {`
    @Test("pony #209: a malformed challenge", arguments: Face.allCases)
    func pony_209_malformedSASLContinue(_ face: Face) async throws {
        for bytes: [UInt8] in [[], [0], [0xFF], Array("r".utf8), Array("r=,s=,i=".utf8), Array(",".utf8)] {
            #expect(
                try await Encounter.scramChallenge(face) { $0.replacement = bytes }.code() == .authenticationFailed,
                "\(bytes)")
        }
        for salt in ["", "!!!!", "QUJD=", "QUI", "QUJ D"] {
            #expect(
                try await Encounter.scramChallenge(face) { $0["s"] = salt }.code() == .authenticationFailed, "\(salt)")
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift:
    // `case (.gss, .start), (.gssContinue, .start):`
    @Test("CVE-2026-56868: GSSAPI and SSPI, which we do not do", arguments: Face.allCases)
    func cve_2026_56868(_ face: Face) async throws {
        let requests: [Backend.Authentication] = [
            .gss, .sspi, .gssContinue([1, 2, 3]), .kerberosV5, .scmCredential,
        ]
        for request in requests {
            // Being let in right behind it must not help.
            let met = try await Encounter(
                [.receiveStartup, .messages([.authentication(request), .authentication(.ok)])] + Encounter.ending, face,
                password: nil)
            #expect(met.code() == .unsupported, "\(request)")
            met.expectAsScripted()
            met.expectNothingLearnt()
        }
    }

    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift:
    // `case MessageType.authentication, MessageType.negotiateProtocolVersion: return authentication`
    @Test("CVE-2026-6665: a nonce of kilobytes or megabytes", arguments: [1900, 2048, 30_000, 1 << 20], Face.allCases)
    func cve_2026_6665(_ length: Int, _ face: Face) async throws {
        let scram = Encounter.scram {
            $0.nonce = String(repeating: "n", count: length)
            $0.lastStage = .challenge
        }
        let met = try await Encounter([.receiveStartup, .scram(scram), .receive(MessageType.password), .close], face)
        #expect(met.server.waitUntilFinished())
        // Within the limit it is a nonce like another: the client goes on.
        #expect(met.code() == (length == 1900 ? .connectionLost : .protocolViolation))
        #expect(met.speech().messages.count == (length == 1900 ? 2 : 1))
        met.expectDiscretion()
    }
}
