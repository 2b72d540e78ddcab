import Testing

@testable import PostgresWire

@Suite(.ownThread) struct AuthenticationExchangeTests {
    private func policy(_ change: (inout AuthenticationPolicy) -> Void = { _ in }) -> AuthenticationPolicy {
        var policy = AuthenticationPolicy()
        change(&policy)
        return policy
    }

    private func exchange(
        _ password: String?, _ change: (inout AuthenticationPolicy) -> Void = { _ in }
    ) -> AuthenticationExchange {
        AuthenticationExchange(
            user: "app", password: password.map { Secret($0) }, nonce: SCRAMExample.nonce, policy: policy(change))
    }

    private func data(_ action: AuthenticationAction) throws -> String {
        guard case .send(let response) = action else {
            Issue.record("nothing was sent")
            return ""
        }
        return SCRAMExample.text(response.data)
    }

    private func code(
        _ exchange: AuthenticationExchange, _ messages: Backend.Authentication...
    ) -> PostgresError.Code? {
        error(exchange, messages)?.code
    }

    /// What the last of `messages` throws; the ones before must pass.
    private func error(_ exchange: AuthenticationExchange, _ messages: [Backend.Authentication]) -> PostgresError? {
        var exchange = exchange
        for (index, message) in messages.enumerated() {
            do {
                if case .derive(let request) = try exchange.receive(message) {
                    _ = try exchange.resume(saltedPassword: try request.saltedPassword())
                }
            } catch {
                #expect(index == messages.count - 1, "\(message) failed: \(error)")
                // A failed exchange stays failed.
                #expect(throws: PostgresError.self) { try exchange.receive(.ok) }
                return error
            }
        }
        return nil
    }

    private let sasl = Backend.Authentication.sasl(mechanisms: ["SCRAM-SHA-256"])
    private let saslPlus = Backend.Authentication.sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
    private let saslContinue = Backend.Authentication.saslContinue(Array(SCRAMExample.serverFirst.utf8))
    private let saslFinal = Backend.Authentication.saslFinal(Array(SCRAMExample.serverFinal.utf8))

    // MARK: SCRAM

    @Test func scram() throws {
        var exchange = exchange("pencil")
        let first = try data(try exchange.receive(sasl))
        #expect(first == "SCRAM-SHA-256\0\0\0\0\u{1c}n,,n=,r=rOprNGfwEbeRWgbNEkqO")
        guard case .derive(let request) = try exchange.receive(saslContinue) else {
            Issue.record("nothing to derive")
            return
        }
        let final = try data(try exchange.resume(saltedPassword: try request.saltedPassword()))
        #expect(final == "c=biws,r=\(SCRAMExample.combinedNonce),p=\(SCRAMExample.proof)")
        guard case .wait = try exchange.receive(saslFinal) else {
            Issue.record("not waiting")
            return
        }
        guard case .done = try exchange.receive(.ok) else {
            Issue.record("not done")
            return
        }
        #expect(exchange.method == .scramSHA256)
        #expect(!exchange.usesChannelBinding)
        #expect(throws: PostgresError.self) { try exchange.receive(.ok) }
    }

    @Test func okBeforeTheProofIsRefusedEverywhere() {
        for change: (inout AuthenticationPolicy) -> Void in [
            { _ in }, { $0.isUnixSocket = true }, { $0.isChannelTrusted = true },
            { $0.isClientCertificateSent = true },
            { $0.requirement = AuthenticationRequirement([.none, .scramSHA256]) },
        ] {
            #expect(code(exchange("pencil", change), sasl, .ok) == .authenticationFailed)
            #expect(code(exchange("pencil", change), sasl, saslContinue, .ok) == .authenticationFailed)
            #expect(code(exchange("pencil", change), sasl, saslContinue, saslFinal, .ok) == nil)
        }
    }

    @Test func okWhileDerivingIsRefused() throws {
        var exchange = exchange("pencil")
        _ = try exchange.receive(sasl)
        _ = try exchange.receive(saslContinue)
        #expect(throws: PostgresError.self) { try exchange.receive(.ok) }
        #expect(throws: PostgresError.self) { try exchange.resume(saltedPassword: Secret([1])) }
    }

    @Test func saslHappensOnceAndInOrder() {
        let exchange = exchange("pencil") { $0.isChannelTrusted = true }
        #expect(code(exchange, sasl, sasl) == .protocolViolation)
        #expect(code(exchange, sasl, saslFinal) == .protocolViolation)
        #expect(code(exchange, sasl, saslContinue, saslContinue) == .protocolViolation)
        #expect(code(exchange, sasl, saslContinue, saslFinal, saslFinal) == .protocolViolation)
        #expect(code(exchange, sasl, saslContinue, saslFinal, sasl) == .protocolViolation)
        #expect(code(exchange, saslContinue) == .protocolViolation)
        #expect(code(exchange, saslFinal) == .protocolViolation)
    }

    @Test func noOtherMethodAfterSASLOrAPassword() {
        let exchange = exchange("pencil") { $0.isChannelTrusted = true }
        for other: Backend.Authentication in [
            .cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), .gss, .sspi, .kerberosV5, .scmCredential,
            .gssContinue([]),
        ] {
            #expect(code(exchange, sasl, other) == .protocolViolation)
            #expect(code(exchange, sasl, saslContinue, other) == .protocolViolation)
            #expect(code(exchange, sasl, saslContinue, saslFinal, other) == .protocolViolation)
            #expect(code(exchange, .cleartextPassword, other) == .protocolViolation)
        }
        #expect(code(exchange, .cleartextPassword, sasl) == .protocolViolation)
    }

    @Test func wrongProofs() {
        let exchange = exchange("wrong")
        #expect(code(exchange, sasl, saslContinue, saslFinal) == .authenticationFailed)
    }

    @Test func iterationAttacksAreNotDerived() throws {
        var exchange = exchange("pencil") { $0.maximumIterations = 4095 }
        _ = try exchange.receive(sasl)
        #expect(throws: PostgresError.self) { try exchange.receive(saslContinue) }
    }

    @Test func unknownMechanismsAreUnsupported() {
        for mechanisms in [[], ["OAUTHBEARER"], ["SCRAM-SHA-1"], ["scram-sha-256"], ["SCRAM-SHA-256 "]] {
            #expect(code(exchange("pencil"), .sasl(mechanisms: mechanisms)) == .unsupported)
        }
    }

    // MARK: Channel binding

    private let hash = AuthenticationPolicy.ChannelBindingData.tlsServerEndPoint([1, 2, 3])

    @Test func plusIsChosenWhereBothSidesCan() throws {
        var exchange = exchange("pencil") { $0.channelBindingData = hash }
        #expect(try data(try exchange.receive(saslPlus)).hasPrefix("SCRAM-SHA-256-PLUS\0\0\0\0\u{31}p=tls-server-end"))
        #expect(exchange.usesChannelBinding)
    }

    @Test func flagsSayWhatTheClientCanDo() throws {
        func flag(
            _ message: Backend.Authentication, _ change: (inout AuthenticationPolicy) -> Void
        ) throws -> Character? {
            var exchange = exchange("pencil", change)
            let sent = try data(try exchange.receive(message))
            #expect(sent.hasPrefix("SCRAM-SHA-256\0"))
            #expect(!exchange.usesChannelBinding)
            return sent.dropFirst("SCRAM-SHA-256\0\0\0\0\0".count).first
        }
        #expect(try flag(sasl) { _ in } == "n")
        #expect(try flag(sasl) { $0.channelBindingData = hash } == "y")
        #expect(try flag(sasl) { $0.channelBindingData = .undefined } == "n")
        #expect(try flag(saslPlus) { $0.channelBindingData = .undefined } == "n")
        #expect(
            try flag(saslPlus) {
                $0.channelBindingData = hash
                $0.channelBinding = .disable
            } == "n")
    }

    @Test func plusWithoutTLSMeansMeddling() {
        #expect(code(exchange("pencil"), saslPlus) == .authenticationFailed)
        #expect(code(exchange("pencil") { $0.channelBinding = .disable }, saslPlus) == .authenticationFailed)
    }

    @Test func plusAloneNeedsBinding() {
        let plusOnly = Backend.Authentication.sasl(mechanisms: ["SCRAM-SHA-256-PLUS"])
        #expect(code(exchange("pencil") { $0.channelBindingData = .undefined }, plusOnly) == .authenticationFailed)
        #expect(code(exchange("pencil") { $0.channelBindingData = hash }, plusOnly) == nil)
    }

    // CVE-2025-49146, CVE-2026-54291
    @Test func requiredBindingRefusesEverythingElse() {
        for data in [hash, .undefined, .noTLS] {
            let exchange = exchange("pencil") {
                $0.channelBindingData = data
                $0.channelBinding = .require
                $0.isChannelTrusted = true
                $0.isUnixSocket = true
                $0.requirement = AuthenticationRequirement(Set(AuthenticationMethod.allCases))
            }
            #expect(code(exchange, .ok) == .authenticationFailed)
            #expect(code(exchange, .cleartextPassword) == .authenticationFailed)
            #expect(code(exchange, .md5Password(salt: [1, 2, 3, 4])) == .authenticationFailed)
            #expect(code(exchange, sasl) == .authenticationFailed)
            #expect(code(exchange, .gss) == .unsupported)
        }
        for data in [AuthenticationPolicy.ChannelBindingData.undefined, .noTLS] {
            let exchange = exchange("pencil") {
                $0.channelBindingData = data
                $0.channelBinding = .require
            }
            #expect(code(exchange, saslPlus) == .authenticationFailed)
        }
    }

    // MARK: Being let in unasked

    @Test func withoutAPasswordTrustIsAccepted() {
        #expect(code(exchange(nil), .ok) == nil)
        #expect(code(exchange(""), .ok) == nil)
    }

    @Test func withAPasswordTrustIsRefused() throws {
        let refused = try #require(error(exchange("pencil"), [.ok]))
        #expect(refused.code == .authenticationFailed)
        #expect(refused.message.contains("require_auth"))
        #expect(code(exchange("pencil") { $0.isChannelTrusted = true }, .ok) == .authenticationFailed)
        #expect(code(exchange("pencil") { $0.isUnixSocket = true }, .ok) == nil)
        #expect(code(exchange("pencil") { $0.isClientCertificateSent = true }, .ok) == nil)
    }

    @Test func requirementsDecideAboutTrust() {
        func required(_ methods: Set<AuthenticationMethod>, _ password: String?) -> AuthenticationExchange {
            exchange(password) {
                $0.requirement = AuthenticationRequirement(methods)
                $0.isUnixSocket = true
            }
        }
        #expect(code(required([.none], "pencil"), .ok) == nil)
        #expect(code(required([.scramSHA256], "pencil"), .ok) == .authenticationFailed)
        #expect(code(required([.scramSHA256], nil), .ok) == .authenticationFailed)
        #expect(code(required([.md5], "pencil"), sasl) == .authenticationFailed)
    }

    // MARK: Passwords

    @Test func passwordsAreRefusedToUntrustedChannels() throws {
        for message: Backend.Authentication in [.cleartextPassword, .md5Password(salt: [1, 2, 3, 4])] {
            let refused = try #require(error(exchange("pencil"), [message]))
            #expect(refused.code == .authenticationFailed)
            #expect(refused.message.contains("require_auth"))
            #expect(refused.message.contains(message == .cleartextPassword ? "`password`" : "`md5`"))
            #expect(!refused.message.contains("pencil"))
            #expect(code(exchange("pencil") { $0.isUnixSocket = true }, message, .ok) == nil)
            #expect(code(exchange("pencil") { $0.isChannelTrusted = true }, message, .ok) == nil)
        }
        let onlyMD5 = exchange("pencil") { $0.requirement = AuthenticationRequirement([.md5]) }
        #expect(code(onlyMD5, .md5Password(salt: [1, 2, 3, 4]), .ok) == nil)
        #expect(code(onlyMD5, .cleartextPassword) == .authenticationFailed)
    }

    @Test func passwordsAreSentAsAsked() throws {
        var plain = exchange("md5 is in my password") { $0.isChannelTrusted = true }
        #expect(try data(try plain.receive(.cleartextPassword)) == "md5 is in my password\0")
        #expect(plain.method == .password)
        var hashed = exchange("secret") { $0.isUnixSocket = true }
        #expect(
            try data(try hashed.receive(.md5Password(salt: [1, 2, 3, 4]))) == "md5911f527656472583a006e7727877b33e\0")
        #expect(hashed.method == .md5)
    }

    @Test func emptyAndMissingPasswordsAreNeverSent() {
        for password in [nil, "", "a\0b"] {
            for message: Backend.Authentication in [.cleartextPassword, .md5Password(salt: [1, 2, 3, 4]), sasl] {
                #expect(code(exchange(password) { $0.isUnixSocket = true }, message) == .authenticationFailed)
            }
        }
    }

    @Test func otherMethodsAreUnsupported() {
        for message: Backend.Authentication in [.gss, .sspi, .kerberosV5, .scmCredential, .gssContinue([1])] {
            #expect(code(exchange("pencil"), message) == .unsupported)
            #expect(code(exchange(nil), message) == .unsupported)
        }
    }

    @Test func noDescriptionShowsThePassword() throws {
        var exchange = exchange("pencil") { $0.isChannelTrusted = true }
        var scram = exchange
        let response = try scram.receive(sasl)
        let derive = try scram.receive(saslContinue)
        let sent = try exchange.receive(.cleartextPassword)
        for value: Any in [exchange, scram, sent, derive, response, Secret("pencil"), SCRAMExample.client()] {
            var shown = "\(value) \(String(reflecting: value)) "
            dump(value, to: &shown)
            // As text, as bytes in decimal, and as Base64.
            for secret in ["pencil", "112, 101, 110", "\n      - 112\n", "cGVuY2ls"] {
                #expect(!shown.contains(secret), "\(shown)")
            }
        }
    }
}
