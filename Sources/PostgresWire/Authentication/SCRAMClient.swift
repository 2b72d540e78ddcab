/// The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, as a value that is fed the server's messages.
///
/// ```swift
/// var scram = SCRAMClient(password: Secret("pencil"), nonce: (0..<18).map { _ in UInt8.random(in: 0...255) })
/// let first = try scram.firstMessage()
/// ```
///
/// Then ``parseServerFirst(_:)``, the slow ``SaltedPasswordRequest/saltedPassword()`` wherever it may run,
/// ``finish(saltedPassword:)``, and ``verify(serverFinal:)``, each exactly once and in this order; anything that the
/// standard does not allow ends the exchange. It proves nothing about the server before `verify` has returned.
///
/// The password is prepared by SASLprep; where that fails its bytes are used as they are, as PostgreSQL does.
///
/// Source: RFC 5802, RFC 7677; PostgreSQL manual, "SASL Authentication".
public struct SCRAMClient: Sendable {
    /// How the exchange is tied to the TLS channel that it runs in.
    public enum ChannelBinding: Hashable, Sendable {
        /// Not at all (`n`): there is no TLS, it was switched off, or the certificate has no defined hash.
        case none
        /// The client could, but the server did not offer it (`y`); a server that did then knows of the meddling.
        case supportedButNotUsed
        /// By the hash of the server's certificate (`p=tls-server-end-point`, RFC 5929).
        case tlsServerEndPoint([UInt8])
    }

    private enum Phase {
        case start
        case firstSent
        case deriving(serverFirst: [UInt8], nonce: [UInt8])
        case finalSent(serverSignature: [UInt8])
        case verified
        case failed
    }

    /// The most iterations asked of a client by default; CockroachDB has used 119,680.
    public static let defaultMaximumIterations = 200_000
    /// The longest message that a server may send.
    public static let maximumMessageLength = MessageLimits.authentication

    private let password: Secret
    private let nonce: [UInt8]
    private let gs2Header: [UInt8]
    private let bindingData: [UInt8]
    private let userName: [UInt8]
    private let maximumIterations: Int
    private let minimumIterations: Int
    private var phase = Phase.start

    /// Prepares an exchange.
    ///
    /// - Parameters:
    ///   - password: The password.
    ///   - nonce: 18 random bytes, fresh for each exchange.
    ///   - channelBinding: How to tie the exchange to TLS.
    ///   - maximumIterations: The most iterations to accept; a server that asks for more is refused before any is run.
    ///   - minimumIterations: The fewest iterations to accept; a false server that asks for few makes it cheaper to guess
    ///     the password from the client's proof.
    ///   - userName: The name to send; PostgreSQL ignores it and takes that of the startup message.
    public init(
        password: Secret, nonce: [UInt8], channelBinding: ChannelBinding = .none,
        maximumIterations: Int = defaultMaximumIterations, minimumIterations: Int = 1, userName: String = ""
    ) {
        self.password = password
        self.nonce = Base64.encode(nonce)
        self.maximumIterations = maximumIterations
        self.minimumIterations = minimumIterations
        switch channelBinding {
        case .none: (gs2Header, bindingData) = (Array("n,,".utf8), [])
        case .supportedButNotUsed: (gs2Header, bindingData) = (Array("y,,".utf8), [])
        case .tlsServerEndPoint(let hash): (gs2Header, bindingData) = (Array("p=tls-server-end-point,,".utf8), hash)
        }
        self.userName = userName.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: ","): Array("=2C".utf8)
            case UInt8(ascii: "="): Array("=3D".utf8)
            default: [byte]
            }
        }
    }

    /// Whether the server has proved that it knows the password.
    public var isVerified: Bool {
        if case .verified = phase { true } else { false }
    }

    private var firstMessageBare: [UInt8] {
        Array("n=".utf8) + userName + Array(",r=".utf8) + nonce
    }

    /// Makes the client's first message.
    ///
    /// - Throws: ``PostgresError/Code/invalidArgument`` if the nonce is empty,
    ///   ``PostgresError/Code/protocolViolation`` if it was made before.
    public mutating func firstMessage() throws(PostgresError) -> [UInt8] {
        guard case .start = phase else { throw outOfOrder() }
        guard !nonce.isEmpty else {
            throw PostgresError(.invalidArgument, "SCRAM needs a nonce of random bytes")
        }
        phase = .firstSent
        return gs2Header + firstMessageBare
    }

    /// Checks the server's first message.
    ///
    /// - Parameter message: The data of AuthenticationSASLContinue.
    /// - Returns: What to derive before ``finish(saltedPassword:)``; nothing slow has been done yet.
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if the message is malformed, its nonce does not continue
    ///   the client's, or it asks for more or fewer iterations than allowed;
    ///   ``PostgresError/Code/protocolViolation`` if it comes out of order.
    public mutating func parseServerFirst(_ message: [UInt8]) throws(PostgresError) -> SaltedPasswordRequest {
        guard case .firstSent = phase else { throw outOfOrder() }
        // Whatever fails from here on ends the exchange.
        phase = .failed
        let challenge = try SCRAMServerFirst(message, clientNonce: nonce)
        try check(iterations: challenge.iterations)
        phase = .deriving(serverFirst: message, nonce: challenge.nonce)
        return SaltedPasswordRequest(password: password, salt: challenge.salt, iterations: challenge.iterations)
    }

    private func check(iterations: Int) throws(PostgresError) {
        guard iterations <= maximumIterations else {
            throw PostgresError(
                .authenticationFailed,
                "the server asks for more SCRAM iterations than the \(maximumIterations) that are allowed")
        }
        guard iterations >= minimumIterations else {
            throw PostgresError(
                .authenticationFailed,
                "the server asks for \(iterations) SCRAM iterations, fewer than the \(minimumIterations) that are wanted"
            )
        }
    }

    /// Makes the client's final message from the derived password.
    ///
    /// - Parameter saltedPassword: What the request returned by ``parseServerFirst(_:)`` came to.
    /// - Throws: As ``finish(keys:)``.
    public mutating func finish(saltedPassword: Secret) throws(PostgresError) -> [UInt8] {
        try finish(keys: try SCRAMKeys(saltedPassword: saltedPassword))
    }

    /// Makes the client's final message from keys that were kept for the same password, salt and iterations.
    ///
    /// - Throws: ``PostgresError/Code/protocolViolation`` if it comes out of order,
    ///   ``PostgresError/Code/authenticationFailed`` if OpenSSL refuses.
    public mutating func finish(keys: SCRAMKeys) throws(PostgresError) -> [UInt8] {
        guard case .deriving(let serverFirst, let combinedNonce) = phase else { throw outOfOrder() }
        phase = .failed
        let comma = [UInt8(ascii: ",")]
        let withoutProof =
            Array("c=".utf8) + Base64.encode(gs2Header + bindingData) + Array(",r=".utf8) + combinedNonce
        let authMessage = firstMessageBare + comma + serverFirst + comma + withoutProof
        var clientKey = keys.clientKey.copyBytes()
        defer { Digests.wipe(&clientKey) }
        let storedKey = Secret(try Digests.sha256(clientKey))
        let clientSignature = try Digests.hmacSHA256(key: storedKey, authMessage)
        let proof = zip(clientKey, clientSignature).map { $0 ^ $1 }
        phase = .finalSent(serverSignature: try Digests.hmacSHA256(key: keys.serverKey, authMessage))
        return withoutProof + Array(",p=".utf8) + Base64.encode(proof)
    }

    /// Answers the server's first message in one go, for where the derivation may block.
    ///
    /// - Parameters:
    ///   - message: The data of AuthenticationSASLContinue.
    ///   - derive: Does the slow step.
    /// - Throws: As the two steps.
    public mutating func respond(
        to message: [UInt8],
        deriving derive: (SaltedPasswordRequest) throws(PostgresError) -> Secret = { request throws(PostgresError) in
            try request.saltedPassword()
        }
    ) throws(PostgresError) -> [UInt8] {
        let request = try parseServerFirst(message)
        return try finish(saltedPassword: try derive(request))
    }

    /// Checks the server's proof.
    ///
    /// - Parameter serverFinal: The data of AuthenticationSASLFinal.
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if the server reports an error or its proof is wrong,
    ///   ``PostgresError/Code/protocolViolation`` if it comes out of order.
    public mutating func verify(serverFinal message: [UInt8]) throws(PostgresError) {
        guard case .finalSent(let expected) = phase else { throw outOfOrder() }
        phase = .failed
        let signature = try SCRAMServerFinal(message).signature
        guard Digests.areEqual(signature, expected) else {
            throw PostgresError(
                .authenticationFailed, "the server could not prove that it knows the password (wrong SCRAM signature)")
        }
        phase = .verified
    }

    private mutating func outOfOrder() -> PostgresError {
        phase = .failed
        return PostgresError(.protocolViolation, "a SCRAM message came out of order")
    }
}

extension SCRAMClient: CustomStringConvertible, CustomReflectable {
    public var description: String { "SCRAMClient" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
