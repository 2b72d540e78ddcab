/// What to do next in an ``AuthenticationExchange``.
public enum AuthenticationAction: Sendable {
    /// Send this message. Its bytes may hold the password; its description does not.
    case send(Frontend.AuthenticationResponse)
    /// Find out the password, then call ``AuthenticationExchange/resume(password:)``.
    case password
    /// Find out the OAuth token, then call ``AuthenticationExchange/resume(token:)``.
    case token
    /// Derive this where it may block, then call ``AuthenticationExchange/resume(saltedPassword:)``, or
    /// ``AuthenticationExchange/resume(keys:)`` with keys kept from an earlier time.
    case derive(SaltedPasswordRequest)
    /// Wait for the server's next message.
    case wait
    /// The session is authenticated.
    case done
}
