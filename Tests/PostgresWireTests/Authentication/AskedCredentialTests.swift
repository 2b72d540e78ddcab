import Testing

@testable import PostgresWire

/// Credentials that are found out when the server wants them, and keys in place of a password.
@Suite(.ownThread) struct AskedCredentialTests {
    private let sasl = Backend.Authentication.sasl(mechanisms: ["SCRAM-SHA-256"])
    private let serverFirst = Backend.Authentication.saslContinue(Array(SCRAMExample.serverFirst.utf8))
    private let serverFinal = Backend.Authentication.saslFinal(Array(SCRAMExample.serverFinal.utf8))

    private func exchange(
        _ credentials: (inout AuthenticationCredentials) -> Void,
        _ change: (inout AuthenticationPolicy) -> Void = { _ in }
    ) -> AuthenticationExchange {
        var asked = AuthenticationCredentials()
        credentials(&asked)
        var policy = AuthenticationPolicy()
        change(&policy)
        return AuthenticationExchange(user: "app", credentials: asked, nonce: SCRAMExample.nonce, policy: policy)
    }

    private func code(_ body: () throws -> AuthenticationAction) -> PostgresError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? PostgresError)?.code
        }
    }

    private func sent(_ action: AuthenticationAction) -> String? {
        guard case .send(let response) = action else { return nil }
        return SCRAMExample.text(response.data)
    }

    private func isPassword(_ action: AuthenticationAction) -> Bool {
        if case .password = action { true } else { false }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `phase = .askingPassword(message)`
    @Test func thePasswordIsAskedForWhereItIsNeeded() throws {
        for message: Backend.Authentication in [.cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), sasl] {
            // A password that is configured as well is older.
            var exchange = exchange {
                $0.password = Secret("old")
                $0.canAskForPassword = true
            } _: {
                $0.isUnixSocket = true
            }
            #expect(isPassword(try exchange.receive(message)))
            let text = try #require(sent(try exchange.resume(password: Secret("pencil"))))
            switch message {
            case .cleartextPassword: #expect(text == "pencil\0")
            case .md5Password: #expect(text.hasPrefix("md5"))
            default: #expect(text.hasPrefix("SCRAM-SHA-256\0"))
            }
        }
        var exchange = exchange { $0.canAskForPassword = true }
        _ = try exchange.receive(sasl)
        _ = try exchange.resume(password: Secret("pencil"))
        guard case .derive(let request) = try exchange.receive(serverFirst) else {
            Issue.record("nothing to derive")
            return
        }
        _ = try exchange.resume(keys: SCRAMKeys(saltedPassword: try request.saltedPassword()))
        _ = try exchange.receive(serverFinal)
        guard case .done = try exchange.receive(.ok) else {
            Issue.record("not done")
            return
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `try checkMayReveal(.password)`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `passwordOrAsk`
    @Test func nobodyIsAskedForAServerThatMayNotHaveIt() throws {
        func asked(_ change: (inout AuthenticationPolicy) -> Void = { _ in }) -> AuthenticationExchange {
            exchange({ $0.canAskForPassword = true }, change)
        }
        var plain = asked()
        #expect(code { try plain.receive(.cleartextPassword) } == .authenticationFailed)
        var hashed = asked()
        #expect(code { try hashed.receive(.md5Password(salt: [1, 2, 3, 4])) } == .authenticationFailed)
        var bound = asked { $0.channelBinding = .require }
        #expect(code { try bound.receive(sasl) } == .authenticationFailed)
        var refused = asked { $0.requirement = AuthenticationRequirement([.md5]) }
        #expect(code { try refused.receive(sasl) } == .authenticationFailed)
        // To have a provider is to have a password configured.
        var trusting = asked()
        #expect(code { try trusting.receive(.ok) } == .authenticationFailed)
        var socket = asked { $0.isUnixSocket = true }
        #expect(code { try socket.receive(.ok) } == nil)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard case .askingPassword(let message`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard !password.isEmpty`
    @Test func answersThatNobodyAskedForOrThatAreNone() throws {
        var early = exchange { $0.canAskForPassword = true }
        #expect(code { try early.resume(password: Secret("pencil")) } == .protocolViolation)
        for password in ["", "a\0b"] {
            var exchange = exchange { $0.canAskForPassword = true }
            _ = try exchange.receive(sasl)
            #expect(code { try exchange.resume(password: Secret(password)) } == .authenticationFailed)
            #expect(code { try exchange.resume(password: Secret("pencil")) } == .protocolViolation)
        }
        // What the server sends before the answer is there comes out of order.
        for message: Backend.Authentication in [.ok, sasl, .cleartextPassword, serverFirst] {
            var exchange = exchange { $0.canAskForPassword = true }
            _ = try exchange.receive(sasl)
            #expect(code { try exchange.receive(message) } == .protocolViolation)
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `if let keys = credentials.keys { retur`
    @Test func keysStandInForThePassword() throws {
        let request = SaltedPasswordRequest(
            password: Secret("pencil"), salt: Base64.decode(Array(SCRAMExample.salt.utf8)) ?? [], iterations: 4096)
        let derived = try SCRAMKeys(saltedPassword: try request.saltedPassword())
        let keys = try SCRAMKeys(clientKey: derived.clientKey, serverKey: derived.serverKey)
        // Not even a provider is asked.
        for canAsk in [false, true] {
            var exchange = exchange {
                $0.keys = keys
                $0.canAskForPassword = canAsk
            }
            _ = try exchange.receive(sasl)
            let final = try #require(sent(try exchange.receive(serverFirst)))
            #expect(final == "c=biws,r=\(SCRAMExample.combinedNonce),p=\(SCRAMExample.proof)")
            _ = try exchange.receive(serverFinal)
            #expect(code { try exchange.receive(.ok) } == nil)
        }
        // Keys are no password that could be sent, and being let in unasked is refused as with one.
        var plain = exchange({ $0.keys = keys }, { $0.isUnixSocket = true })
        #expect(code { try plain.receive(.cleartextPassword) } == .authenticationFailed)
        var trusting = exchange { $0.keys = keys }
        #expect(code { try trusting.receive(.ok) } == .authenticationFailed)
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationCredentials.swift: `password.flatMap { $0.isEmpty ? nil`
    @Test func anEmptyPasswordIsNone() {
        for message: Backend.Authentication in [.cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), sasl] {
            var exchange = exchange({ $0.password = Secret("") }, { $0.isUnixSocket = true })
            #expect(code { try exchange.receive(message) } == .authenticationFailed)
        }
        var trusting = exchange { $0.password = Secret("") }
        #expect(code { try trusting.receive(.ok) } == nil)
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMKeys.swift: `guard key.count == Digests.sha256Length`
    @Test(arguments: [0, 31, 33]) func keysHaveOneLength(length: Int) {
        let good = Secret([UInt8](repeating: 1, count: 32))
        let bad = Secret([UInt8](repeating: 1, count: length))
        #expect(throws: PostgresError.self) { try SCRAMKeys(clientKey: bad, serverKey: good) }
        #expect(throws: PostgresError.self) { try SCRAMKeys(clientKey: good, serverKey: bad) }
    }

    // Guard: Sources/PostgresWire/Authentication/SCRAMClient.swift: `guard iterations >= minimumIterations`
    @Test func aFloorForIterations() throws {
        for (floor, wanted) in [(4096, nil), (4097, .authenticationFailed), (1, nil)] as [(Int, PostgresError.Code?)] {
            var exchange = exchange({ $0.password = Secret("pencil") }, { $0.minimumIterations = floor })
            _ = try exchange.receive(sasl)
            #expect(code { try exchange.receive(serverFirst) } == wanted)
        }
    }

    // Guard: Sources/PostgresWire/Authentication/Secret.swift: `public var customMirror: Mirror`
    @Test func noDescriptionShowsAKey() throws {
        let keys = try SCRAMKeys(
            clientKey: Secret([UInt8](repeating: 0x70, count: 32)),
            serverKey: Secret([UInt8](repeating: 0x71, count: 32)))
        var exchange = exchange {
            $0.keys = keys
            $0.canAskForToken = true
        } _: {
            $0.isChannelTrusted = true
        }
        var text = ""
        dump(exchange, to: &text)
        dump(keys, to: &text)
        _ = try exchange.receive(.sasl(mechanisms: ["SCRAM-SHA-256"]))
        dump(try exchange.receive(serverFirst), to: &text)
        var tokens = self.exchange({ $0.canAskForToken = true }, { $0.isChannelTrusted = true })
        _ = try tokens.receive(.sasl(mechanisms: ["OAUTHBEARER"]))
        dump(try tokens.resume(token: Secret("pppppppp")), to: &text)
        dump(tokens, to: &text)
        for secret in ["112", "113", "pppp", "qqqq"] { #expect(!text.contains(secret), "\(secret) in \(text)") }
    }
}
