import Testing

@testable import PostgresWire

/// OAUTHBEARER (RFC 7628), from the server's offer to its outcome.
@Suite(.ownThread) struct BearerTokenTests {
    private let offer = Backend.Authentication.sasl(mechanisms: ["OAUTHBEARER"])
    private let both = Backend.Authentication.sasl(mechanisms: ["SCRAM-SHA-256", "OAUTHBEARER"])

    private func exchange(
        password: String? = nil, _ change: (inout AuthenticationPolicy) -> Void = { $0.isChannelTrusted = true }
    ) -> AuthenticationExchange {
        var credentials = AuthenticationCredentials(password: password.map { Secret($0) })
        credentials.canAskForToken = true
        var policy = AuthenticationPolicy()
        change(&policy)
        return AuthenticationExchange(
            user: "app", credentials: credentials, nonce: SCRAMExample.nonce, policy: policy)
    }

    private func sent(_ action: AuthenticationAction) throws -> [UInt8] {
        guard case .send(let response) = action else { throw PostgresError(.invalidArgument, "\(action)") }
        return response.data
    }

    private func error(_ body: () throws -> AuthenticationAction) -> PostgresError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    private func isToken(_ action: AuthenticationAction) -> Bool {
        if case .token = action { true } else { false }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `case (.ok, .tokenSent):`
    @Test func theTokenIsSentAndAccepted() throws {
        var exchange = exchange()
        #expect(isToken(try exchange.receive(offer)))
        let data = try sent(try exchange.resume(token: Secret("eyJhbGciOi.abc-_~+/==")))
        let response = "n,,\u{1}auth=Bearer eyJhbGciOi.abc-_~+/==\u{1}\u{1}"
        #expect(
            SCRAMExample.text(data)
                == "OAUTHBEARER\0\0\0\0\(Character(UnicodeScalar(UInt8(response.utf8.count))))\(response)")
        guard case .done = try exchange.receive(.ok) else {
            Issue.record("not done")
            return
        }
        #expect(exchange.method == .oauth)
        #expect(!exchange.usesChannelBinding)
    }

    // A token with a control character would begin another field of the message.
    // Guard: Sources/PostgresWire/Authentication/BearerToken.swift: `body.allSatisfy(isAllowed)`
    @Test(arguments: ["", "=", "a b", "a\u{1}host=evil", "a\n", "a=b", "a,b", "t\u{F6}ken", "a\0", "\"a\"", "a%20"])
    func whatIsNoToken(token: String) throws {
        var exchange = exchange()
        _ = try exchange.receive(offer)
        #expect(error { try exchange.resume(token: Secret(token)) }?.code == .authenticationFailed)
        #expect(error { try exchange.resume(token: Secret("good")) }?.code == .protocolViolation)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard policy.isChannelTrusted || polic`
    @Test func theTokenGoesToTrustedChannelsOnly() throws {
        for requirement in [nil, AuthenticationRequirement([.oauth])] {
            var open = exchange { $0.requirement = requirement }
            let refused = try #require(error { try open.receive(offer) })
            #expect(refused.code == .authenticationFailed)
            #expect(refused.message.contains("verify-full"))
            var unverified = exchange {
                $0.requirement = requirement
                $0.channelBindingData = .tlsServerEndPoint([1, 2, 3])
            }
            #expect(error { try unverified.receive(offer) }?.code == .authenticationFailed)
            var socket = exchange {
                $0.requirement = requirement
                $0.isUnixSocket = true
            }
            #expect(isToken(try socket.receive(offer)))
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `try checkBindingNotRequired()`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `askForToken`
    @Test func requiredBindingRulesTokensOut() {
        var exchange = exchange {
            $0.isChannelTrusted = true
            $0.channelBinding = .require
        }
        #expect(error { try exchange.receive(offer) }?.code == .authenticationFailed)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `!offersSCRAM || !isSCRAMAllowed || !cr`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `policy.requirement?.allows(.oauth) ??`
    @Test func whichMechanismIsChosen() throws {
        var withPassword = exchange(password: "pencil")
        #expect(SCRAMExample.text(try sent(try withPassword.receive(both))).hasPrefix("SCRAM-SHA-256\0"))
        var withoutPassword = exchange()
        #expect(isToken(try withoutPassword.receive(both)))
        var wanted = exchange(password: "pencil") {
            $0.isChannelTrusted = true
            $0.requirement = AuthenticationRequirement([.oauth])
        }
        #expect(isToken(try wanted.receive(both)))
        // With a password configured the server has to prove that it knows it.
        var downgraded = exchange(password: "pencil")
        let refused = try #require(error { try downgraded.receive(offer) })
        #expect(refused.code == .authenticationFailed)
        #expect(refused.message.contains("`oauth`"))
        var unwanted = exchange {
            $0.isChannelTrusted = true
            $0.requirement = AuthenticationRequirement([.scramSHA256])
        }
        #expect(error { try unwanted.receive(offer) }?.code == .authenticationFailed)
        // Without a provider there is no token to be had.
        var none = AuthenticationExchange(
            user: "app", password: nil, nonce: SCRAMExample.nonce, policy: AuthenticationPolicy())
        #expect(error { try none.receive(offer) }?.code == .unsupported)
        // Whoever has a token ready is not let in unasked.
        var trusting = exchange()
        #expect(error { try trusting.receive(.ok) }?.code == .authenticationFailed)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `.askingToken`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `.tokenSent`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `.tokenRefused`
    @Test func theOrderOfMessages() throws {
        for message: Backend.Authentication in [.ok, offer, .cleartextPassword, .saslContinue([]), .saslFinal([])] {
            var asked = exchange()
            _ = try asked.receive(offer)
            #expect(error { try asked.receive(message) }?.code == .protocolViolation)
        }
        for message: Backend.Authentication in [offer, both, .cleartextPassword, .saslFinal([]), .gss] {
            var answered = exchange()
            _ = try answered.receive(offer)
            _ = try answered.resume(token: Secret("good"))
            #expect(error { try answered.receive(message) }?.code == .protocolViolation)
        }
        var early = exchange()
        #expect(error { try early.resume(token: Secret("good")) }?.code == .protocolViolation)
    }

    private func refusal(_ json: String) throws -> PostgresError? {
        var exchange = exchange()
        _ = try exchange.receive(offer)
        _ = try exchange.resume(token: Secret("good"))
        #expect(exchange.tokenRefusal == nil)
        #expect(try sent(try exchange.receive(.saslContinue(Array(json.utf8)))) == [1])
        let refusal = exchange.tokenRefusal
        // Nothing makes up for it, least of all being let in.
        #expect(error { try exchange.receive(.ok) }?.message == refusal?.message)
        return refusal
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `phase = .tokenRefused(refusal)`
    @Test func refusalsAreExplained() throws {
        let refused = try #require(
            try refusal(
                #"{"status":"invalid_token","openid-configuration":"https://id.example/.well-known","scope":"db read"}"#
            ))
        #expect(refused.code == .authenticationFailed)
        for part in ["invalid_token", "https://id.example/.well-known", "db read"] {
            #expect(refused.message.contains(part))
        }
        for other in ["", "{}", "[]", #"{"status":7}"#, #"{"status":"x""#, "\u{FF}", #"{"status":"x"} x"#] {
            let unread = try #require(try refusal(other))
            #expect(unread.code == .authenticationFailed)
            #expect(unread.message.contains("cannot be read"))
        }
    }

    // Guard: Sources/PostgresWire/Authentication/BearerTokenRefusal.swift: `(0x20...0x7E).contains($0) ? $0`
    @Test func refusalsShowNoControlCharacters() throws {
        let refused = try #require(try refusal(#"{"status":"\u001b]0;evil\u0007\n\u202e"}"#))
        #expect(refused.message.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) })
        let long = try #require(try refusal(#"{"status":"\#(String(repeating: "x", count: 1500))"}"#))
        #expect(long.message.utf8.count < 300)
    }
}
