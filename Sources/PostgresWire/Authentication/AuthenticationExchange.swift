/// The authentication of one session, as a value that is fed the server's requests and says what to do.
///
/// ```swift
/// var exchange = AuthenticationExchange(
///     user: "app", password: Secret("secret"), nonce: (0..<18).map { _ in UInt8.random(in: 0...255) },
///     policy: AuthenticationPolicy())
/// let action = try exchange.receive(.sasl(mechanisms: ["SCRAM-SHA-256"]))
/// ```
///
/// A password or a token that is found out only when it is needed is asked for by an ``AuthenticationAction``, after it is
/// sure that the server may have it.
///
/// With a password configured, a server must prove with SCRAM that it knows it. A password as it is, or hashed with
/// MD5, is given only to a trusted channel; being let in unasked is accepted only on a Unix socket and after a client
/// certificate was sent; the settings `require_auth` and `channel_binding`, when given, decide instead. A token, which
/// is a password to whoever hears it, is given to a trusted channel and a Unix socket only, in every case. Without a
/// credential, being let in is what was configured. An exchange that has begun must be finished in every case.
///
/// Source: PostgreSQL manual, "Message Flow", Start-up, and "SASL Authentication".
public struct AuthenticationExchange: Sendable {
    private enum Phase {
        case start
        /// The server's request waits for the password.
        case askingPassword(Backend.Authentication)
        case askingToken
        /// A password, plain or hashed, was sent.
        case passwordSent
        case scram(SCRAMClient)
        case tokenSent
        /// The server has said why it does not accept the token, and will end the session.
        case tokenRefused(PostgresError)
        case done
        case failed
    }

    private let user: String
    private let credentials: AuthenticationCredentials
    /// The one configured or, once it was asked for, the one found out.
    private var password: Secret?
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
        self.init(user: user, credentials: AuthenticationCredentials(password: password), nonce: nonce, policy: policy)
    }

    /// Prepares an exchange.
    ///
    /// - Parameters:
    ///   - user: The user of the startup message.
    ///   - credentials: What the client can prove itself with.
    ///   - nonce: 18 random bytes, fresh for each exchange.
    ///   - policy: What is known of the channel, and what to accept.
    public init(
        user: String, credentials: AuthenticationCredentials, nonce: [UInt8], policy: AuthenticationPolicy
    ) {
        self.user = user
        self.credentials = credentials
        password = credentials.canAskForPassword ? nil : credentials.password
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

        case (.ok, .tokenSent):
            phase = .done
            return .done

        case (.cleartextPassword, .start):
            try checkMayReveal(.password)
            guard let password = try passwordOrAsk(message) else { return .password }
            return send(password.copyBytes(), as: .password)
        case (.md5Password(let salt), .start):
            try checkMayReveal(.md5)
            guard let password = try passwordOrAsk(message) else { return .password }
            return send(try MD5Password.hash(password: password, user: user, salt: salt), as: .md5)

        case (.sasl(let mechanisms), .start):
            return try startSASL(mechanisms, message)
        case (.saslContinue(let data), .scram(var scram)):
            let request = try scram.parseServerFirst(data)
            phase = .scram(scram)
            if let keys = credentials.keys { return try resume(keys: keys) }
            return .derive(request)
        case (.saslFinal(let data), .scram(var scram)):
            try scram.verify(serverFinal: data)
            phase = .scram(scram)
            return .wait

        case (.saslContinue(let data), .tokenSent):
            let refusal =
                BearerTokenRefusal(data)?.error
                ?? PostgresError(.authenticationFailed, "the server refused the token, and its reason cannot be read")
            phase = .tokenRefused(refusal)
            return .send(Frontend.AuthenticationResponse(data: BearerToken.acknowledgement))
        case (_, .tokenRefused(let refusal)):
            throw refusal

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

    /// Goes on after ``AuthenticationAction/password``.
    ///
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if the password is empty or holds a NUL;
    ///   ``PostgresError/Code/protocolViolation`` if none was asked for.
    public mutating func resume(password: Secret) throws(PostgresError) -> AuthenticationAction {
        let current = phase
        phase = .failed
        guard case .askingPassword(let message) = current else {
            throw PostgresError(.protocolViolation, "no password was asked for")
        }
        guard !password.isEmpty else {
            throw PostgresError(.authenticationFailed, "the password that was provided is empty")
        }
        self.password = password
        phase = .start
        return try receive(message)
    }

    /// Goes on after ``AuthenticationAction/token``.
    ///
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if this can be no token;
    ///   ``PostgresError/Code/protocolViolation`` if none was asked for.
    public mutating func resume(token: Secret) throws(PostgresError) -> AuthenticationAction {
        let current = phase
        phase = .failed
        guard case .askingToken = current else {
            throw PostgresError(.protocolViolation, "no token was asked for")
        }
        let data = try BearerToken.initialResponse(token)
        phase = .tokenSent
        return sasl(BearerToken.mechanism, data)
    }

    /// Why the server did not accept the token, once it has said so; what else it says explains less.
    public var tokenRefusal: PostgresError? {
        if case .tokenRefused(let error) = phase { error } else { nil }
    }

    /// Checks whether a server that asks for nothing may let the client in.
    private func checkUnasked() throws(PostgresError) {
        try checkBindingNotRequired()
        let isAllowed =
            if let requirement = policy.requirement {
                requirement.allows(.none)
            } else {
                !credentials.areConfigured || policy.isUnixSocket || policy.isClientCertificateSent
            }
        guard isAllowed else {
            throw PostgresError(
                .authenticationFailed,
                "the server let the client in without asking for the credential, so that it may be any server; "
                    + "with `none` in its list, the setting require_auth would allow it")
        }
    }

    /// Checks whether this server may see the password.
    private func checkMayReveal(_ method: AuthenticationMethod) throws(PostgresError) {
        try checkBindingNotRequired()
        let what = method == .md5 ? "an MD5 hash of the password" : "the password itself"
        if let requirement = policy.requirement {
            guard requirement.allows(method) else { throw refusal(what, method) }
        } else if !policy.isChannelTrusted, !policy.isUnixSocket {
            throw refusal(what, method)
        }
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

    /// The password; nil if it has to be asked for first, after which `message` is taken again.
    private mutating func passwordOrAsk(_ message: Backend.Authentication) throws(PostgresError) -> Secret? {
        guard let password else {
            guard credentials.canAskForPassword else {
                throw PostgresError(.authenticationFailed, "the server asks for a password, and none is configured")
            }
            phase = .askingPassword(message)
            return nil
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

    private static let plain = "SCRAM-SHA-256"
    private static let plus = "SCRAM-SHA-256-PLUS"

    private mutating func startSASL(
        _ mechanisms: [String], _ message: Backend.Authentication
    ) throws(PostgresError) -> AuthenticationAction {
        func offers(_ name: String) -> Bool { mechanisms.contains { $0.utf8.elementsEqual(name.utf8) } }
        let offersSCRAM = offers(Self.plain) || offers(Self.plus)
        let isSCRAMAllowed = policy.requirement?.allows(.scramSHA256) ?? true
        // A token goes before a password only where there is no password or SCRAM was ruled out.
        if offers(BearerToken.mechanism), credentials.canAskForToken || !offersSCRAM,
            !offersSCRAM || !isSCRAMAllowed || !credentials.isPasswordConfigured
        {
            return try askForToken()
        }
        guard offersSCRAM else { throw unsupported("any of the SASL mechanisms that it offers") }
        guard isSCRAMAllowed else {
            throw PostgresError(
                .authenticationFailed,
                "the server asks for SCRAM; with `scram-sha-256` in its list, the setting require_auth would allow it")
        }
        return try startSCRAM(offersPlain: offers(Self.plain), offersPlus: offers(Self.plus), message)
    }

    private mutating func askForToken() throws(PostgresError) -> AuthenticationAction {
        guard credentials.canAskForToken else {
            throw PostgresError(.unsupported, "the server asks for an OAuth token, and no token provider is configured")
        }
        try checkBindingNotRequired()
        guard policy.requirement?.allows(.oauth) ?? !credentials.isPasswordConfigured else {
            throw PostgresError(
                .authenticationFailed,
                "the server asks for an OAuth token; with `oauth` in its list, the setting require_auth would allow it")
        }
        // Nobody proves anything by it, and whoever hears it can use it.
        guard policy.isChannelTrusted || policy.isUnixSocket else {
            throw PostgresError(
                .authenticationFailed,
                "the server asks for an OAuth token, which is given only through TLS with sslmode=verify-full, on "
                    + "loopback and through Unix sockets")
        }
        method = .oauth
        phase = .askingToken
        return .token
    }

    private func sasl(_ mechanism: String, _ data: [UInt8]) -> AuthenticationAction {
        var writer = WireWriter()
        Frontend.SASLInitialResponse(mechanism: mechanism, data: data).encodeBody(into: &writer)
        return .send(Frontend.AuthenticationResponse(data: writer.bytes))
    }

    private mutating func startSCRAM(
        offersPlain: Bool, offersPlus: Bool, _ message: Backend.Authentication
    ) throws(PostgresError) -> AuthenticationAction {
        let binding = try chooseBinding(isOffered: offersPlus)
        let isBound = if case .tlsServerEndPoint = binding { true } else { false }
        guard isBound || offersPlain else {
            throw PostgresError(
                .authenticationFailed,
                "the server offers SCRAM only with channel binding, which is switched off or "
                    + "not defined for its certificate (setting channel_binding)")
        }
        var password = Secret([])
        if credentials.keys == nil {
            guard let found = try passwordOrAsk(message) else { return .password }
            password = found
        }
        var scram = SCRAMClient(
            password: password, nonce: nonce, channelBinding: binding,
            maximumIterations: policy.maximumIterations, minimumIterations: policy.minimumIterations)
        let first = try scram.firstMessage()
        phase = .scram(scram)
        method = .scramSHA256
        usesChannelBinding = isBound
        return sasl(isBound ? Self.plus : Self.plain, first)
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
