import PostgresWire

extension ScriptedServer {
    /// The server's side of SCRAM-SHA-256: it knows the password, checks the client's proof and gives its own; and it
    /// can be made to lie in any attribute of its two messages.
    ///
    /// ```swift
    /// var scram = ScriptedServer.SCRAM(password: "secret")
    /// scram.rewriteChallenge = { $0["i"] = "2147483647" }
    /// let server = try ScriptedServer([.receiveStartup, .scram(scram), ScriptedServer.sessionStart])
    /// ```
    ///
    /// A wrong proof of the client ends the script; ``ScriptedServer/failure(on:)`` says so.
    ///
    /// Source: RFC 5802, RFC 7677; PostgreSQL manual, "SASL Authentication".
    public struct SCRAM: Sendable {
        /// How far the exchange goes.
        public enum Stage: Int, Sendable {
            /// AuthenticationSASL, which lists the mechanisms.
            case offer
            /// AuthenticationSASLContinue, with nonce, salt and iterations.
            case challenge
            /// AuthenticationSASLFinal, with the server's proof.
            case outcome
        }

        /// The password that both sides know.
        public var password: String
        /// The bytes that are mixed into the password.
        public var salt = Array("sixteen bytes in".utf8)
        /// How often the password is hashed.
        public var iterations = 4096
        /// What the server appends to the client's nonce.
        public var nonce = "VGhlIHNlcnZlcidzIG5vbmNl"
        /// The mechanisms that are offered.
        public var mechanisms = ["SCRAM-SHA-256"]
        /// The hash of the certificate that a client of SCRAM-SHA-256-PLUS must name; nil takes any.
        public var channelBinding: [UInt8]?
        /// After which message the step ends; further steps of the script may go on in their own way.
        public var lastStage = Stage.outcome
        /// Changes the first message (`r`, `s`, `i`) before it is sent; the proofs are over what was sent.
        public var rewriteChallenge: (@Sendable (inout SCRAMMessage) -> Void)?
        /// Changes the final message (`v`) before it is sent.
        public var rewriteOutcome: (@Sendable (inout SCRAMMessage) -> Void)?

        /// Prepares the exchange for a user with this password.
        public init(password: String) {
            self.password = password
        }
    }
}
