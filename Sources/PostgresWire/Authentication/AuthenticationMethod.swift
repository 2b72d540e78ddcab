/// A way to authenticate, by the name that `require_auth` gives it.
///
/// Source: PostgreSQL manual, "Parameter Key Words", `require_auth`.
public enum AuthenticationMethod: String, Hashable, Sendable, CaseIterable {
    /// The password as it is.
    case password
    /// The password hashed with MD5.
    case md5
    /// GSSAPI, which this package does not do.
    case gss
    /// SSPI, which this package does not do.
    case sspi
    /// SCRAM-SHA-256, with or without channel binding.
    case scramSHA256 = "scram-sha-256"
    /// OAuth with a bearer token (OAUTHBEARER).
    case oauth
    /// Nothing: the server lets the client in without asking.
    case none
}
