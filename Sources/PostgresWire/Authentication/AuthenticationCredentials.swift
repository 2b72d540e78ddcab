/// What a client can prove itself with, for an ``AuthenticationExchange``.
///
/// ```swift
/// var credentials = AuthenticationCredentials(password: Secret("secret"))
/// credentials.canAskForToken = true
/// ```
public struct AuthenticationCredentials: Sendable {
    /// The password; an empty one counts as none, for it is never sent.
    public var password: Secret? {
        didSet { password = Self.nonEmpty(password) }
    }
    /// Whether the password is found out only when a server wants it; goes before ``password``.
    public var canAskForPassword = false
    /// Keys that SCRAM uses in place of a password (`scram_client_key`, `scram_server_key`).
    public var keys: SCRAMKeys?
    /// Whether a token for OAuth can be had.
    public var canAskForToken = false

    public init(password: Secret? = nil) {
        self.password = Self.nonEmpty(password)
    }

    private static func nonEmpty(_ password: Secret?) -> Secret? { password.flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether there is something that a server could be made to prove itself by, or that it could ask for.
    var areConfigured: Bool { isPasswordConfigured || canAskForToken }

    /// Whether SCRAM is possible.
    var isPasswordConfigured: Bool { password != nil || canAskForPassword || keys != nil }
}
