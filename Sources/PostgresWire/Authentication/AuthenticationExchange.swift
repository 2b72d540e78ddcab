/// The authentication of one session, as a value that is fed the server's requests and says what to do.
///
/// ```swift
/// var exchange = AuthenticationExchange(
///     user: "app", password: Secret("secret"), nonce: (0..<18).map { _ in UInt8.random(in: 0...255) },
///     policy: AuthenticationPolicy())
/// let action = try exchange.receive(.sasl(mechanisms: ["SCRAM-SHA-256"]))
/// ```
///
/// With a password configured, a server must prove with SCRAM that it knows it. A password as it is, or hashed with
/// MD5, is given only to a trusted channel; being let in unasked is accepted only on a Unix socket and after a client
/// certificate was sent; the settings `require_auth` and `channel_binding`, when given, decide instead. Without a
/// password, being let in is what was configured. An exchange that has begun must be finished in every case.
///
/// Source: PostgreSQL manual, "Message Flow", Start-up, and "SASL Authentication".
public struct AuthenticationExchange: Sendable {
    private enum Phase {
        case start
        /// A password, plain or hashed, was sent.
        case passwordSent
        case scram(SCRAMClient)
        case done
        case failed
    }

    private let user: String
    private let password: Secret?
    private let nonce: [UInt8]
    private let policy: AuthenticationPolicy
    private var phase = Phase.start

    /// The way that was taken; ``AuthenticationMethod/none`` as long as the server has not asked.
    public private(set) var method = AuthenticationMethod.none
    /// Whether SCRAM is tied to the TLS channel.
    public private(set) var usesChannelBinding = false

    /// Prepares an exchange.
    ///
    /// - Parameters:
    ///   - user: The user of the startup message.
    ///   - password: The password; nil if none is configured. An empty one counts as none, for it is never sent.
    ///   - nonce: 18 random bytes, fresh for each exchange.
    ///   - policy: What is known of the channel, and what to accept.
    public init(user: String, password: Secret?, nonce: [UInt8], policy: AuthenticationPolicy) {
        self.user = user
        self.password = password.flatMap { $0.isEmpty ? nil : $0 }
        self.nonce = nonce
        self.policy = policy
    }

    /// Takes a request of the server.
    ///
    /// - Returns: What to do next.
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if the request may not or cannot be answered or the server
    ///   does not prove itself, ``PostgresError/Code/unsupported`` for methods that this package does not do, and
    ///   ``PostgresError/Code/protocolViolation`` if the request comes out of order. The exchange is over then.
    public mutating func receive(_ message: Backend.Authentication) throws(PostgresError) -> AuthenticationAction {
        // Whatever throws below leaves the exchange failed.
        let current = phase
        phase = .failed
        switch (message, current) {
        case (.ok, .start):
            try checkUnasked()
            phase = .done
            return .done
        case (.ok, .passwordSent):
            phase = .done
            return .done
        case (.ok, .scram(let scram)):
            guard scram.isVerified else {
                throw PostgresError(
                    .authenticationFailed, "the server ended SCRAM without proving that it knows the password")
            }
            phase = .done
            return .done

        case (.cleartextPassword, .start):
            let password = try passwordToReveal(.password)
            return send(password.copyBytes(), as: .password)
        case (.md5Password(let salt), .start):
            let password = try passwordToReveal(.md5)
            return send(try MD5Password.hash(password: password, user: user, salt: salt), as: .md5)

        case (.sasl(let mechanisms), .start):
            return try startSASL(mechanisms)
        case (.saslContinue(let data), .scram(var scram)):
            let request = try scram.parseServerFirst(data)
            phase = .scram(scram)
            return .derive(request)
        case (.saslFinal(let data), .scram(var scram)):
            try scram.verify(serverFinal: data)
            phase = .scram(scram)
            return .wait

        case (.gss, .start), (.gssContinue, .start):
            throw unsupported("GSSAPI")
        case (.sspi, .start):
            throw unsupported("SSPI")
        case (.kerberosV5, .start):
            throw unsupported("Kerberos V5")
        case (.scmCredential, .start):
            throw unsupported("SCM credentials")
        default:
            throw PostgresError(.protocolViolation, "an authentication request came out of order")
        }
    }

    /// Goes on after ``AuthenticationAction/derive(_:)`` with what the request came to.
    ///
    /// - Throws: ``PostgresError/Code/protocolViolation`` if nothing was to be derived.
    public mutating func resume(saltedPassword: Secret) throws(PostgresError) -> AuthenticationAction {
        try resume(keys: try SCRAMKeys(saltedPassword: saltedPassword))
    }

    /// Goes on after ``AuthenticationAction/derive(_:)`` with keys kept for the same password, salt and iterations.
    ///
    /// - Throws: ``PostgresError/Code/protocolViolation`` if nothing was to be derived.
    public mutating func resume(keys: SCRAMKeys) throws(PostgresError) -> AuthenticationAction {
        let current = phase
        phase = .failed
        guard case .scram(var scram) = current else {
            throw PostgresError(.protocolViolation, "there is no SCRAM exchange to go on with")
        }
        let data = try scram.finish(keys: keys)
        phase = .scram(scram)
        return .send(Frontend.AuthenticationResponse(data: data))
    }

    /// Checks whether a server that asks for nothing may let the client in.
    private func checkUnasked() throws(PostgresError) {
        try checkBindingNotRequired()
        let isAllowed =
            if let requirement = policy.requirement {
                requirement.allows(.none)
            } else {
                password == nil || policy.isUnixSocket || policy.isClientCertificateSent
            }
        guard isAllowed else {
            throw PostgresError(
                .authenticationFailed,
                "the server let the client in without asking for the password, so that it may be any server; "
                    + "with `none` in its list, the setting require_auth would allow it")
        }
    }

    /// The password, if it may be shown to this server.
    private func passwordToReveal(_ method: AuthenticationMethod) throws(PostgresError) -> Secret {
        try checkBindingNotRequired()
        let what = method == .md5 ? "an MD5 hash of the password" : "the password itself"
        if let requirement = policy.requirement {
            guard requirement.allows(method) else { throw refusal(what, method) }
        } else if !policy.isChannelTrusted, !policy.isUnixSocket {
            throw refusal(what, method)
        }
        return try configuredPassword()
    }

    private func refusal(_ what: String, _ method: AuthenticationMethod) -> PostgresError {
        PostgresError(
            .authenticationFailed,
            "the server asks for \(what), which is not given to it; with `\(method.rawValue)` in its list, the setting "
                + "require_auth would allow it (without that setting it is given only through TLS with "
                + "sslmode=verify-full, on loopback and through Unix sockets)")
    }

    private func checkBindingNotRequired() throws(PostgresError) {
        guard policy.channelBinding != .require else {
            throw PostgresError(
                .authenticationFailed,
                "the setting channel_binding=require demands SCRAM with channel binding, and the server does without")
        }
    }

    private func configuredPassword() throws(PostgresError) -> Secret {
        guard let password else {
            throw PostgresError(.authenticationFailed, "the server asks for a password, and none is configured")
        }
        // The protocol ends a password at its first NUL, and PostgreSQL can store none that has one.
        guard unsafe !password.withUnsafeBytes({ unsafe $0.contains(0) }) else {
            throw PostgresError(.authenticationFailed, "the configured password holds a NUL byte")
        }
        return password
    }

    private mutating func send(_ bytes: [UInt8], as method: AuthenticationMethod) -> AuthenticationAction {
        phase = .passwordSent
        self.method = method
        return .send(Frontend.AuthenticationResponse(data: bytes + [0]))
    }

    private mutating func startSASL(_ mechanisms: [String]) throws(PostgresError) -> AuthenticationAction {
        let plain = "SCRAM-SHA-256"
        let plus = "SCRAM-SHA-256-PLUS"
        func offers(_ name: String) -> Bool { mechanisms.contains { $0.utf8.elementsEqual(name.utf8) } }

        guard offers(plain) || offers(plus) else {
            throw unsupported("any of the SASL mechanisms that it offers")
        }
        if let requirement = policy.requirement, !requirement.allows(.scramSHA256) {
            throw PostgresError(
                .authenticationFailed,
                "the server asks for SCRAM; with `scram-sha-256` in its list, the setting require_auth would allow it")
        }
        let binding = try chooseBinding(isOffered: offers(plus))
        if case .tlsServerEndPoint = binding { usesChannelBinding = true }
        guard usesChannelBinding || offers(plain) else {
            throw PostgresError(
                .authenticationFailed,
                "the server offers SCRAM only with channel binding, which is switched off or "
                    + "not defined for its certificate (setting channel_binding)")
        }
        var scram = SCRAMClient(
            password: try configuredPassword(), nonce: nonce, channelBinding: binding,
            maximumIterations: policy.maximumIterations)
        let first = try scram.firstMessage()
        phase = .scram(scram)
        method = .scramSHA256
        var writer = WireWriter()
        Frontend.SASLInitialResponse(mechanism: usesChannelBinding ? plus : plain, data: first)
            .encodeBody(into: &writer)
        return .send(Frontend.AuthenticationResponse(data: writer.bytes))
    }

    private func chooseBinding(isOffered: Bool) throws(PostgresError) -> SCRAMClient.ChannelBinding {
        switch policy.channelBindingData {
        case .noTLS:
            // No server offers it without TLS: someone between has taken the TLS away.
            guard !isOffered else {
                throw PostgresError(
                    .authenticationFailed,
                    "the server offers channel binding, which needs TLS, on a connection without TLS")
            }
            try checkBindingNotRequired()
            return .none
        case .undefined:
            try checkBindingNotRequired()
            return .none
        case .tlsServerEndPoint(let hash):
            if policy.channelBinding == .disable { return .none }
            if isOffered { return .tlsServerEndPoint(hash) }
            try checkBindingNotRequired()
            return .supportedButNotUsed
        }
    }

    private func unsupported(_ what: String) -> PostgresError {
        PostgresError(.unsupported, "the server asks for \(what), which is not supported")
    }
}
