public import PostgresWire

/// What a configuration says about OAuth; the token itself comes from ``ConnectionConfiguration/tokenProvider``.
///
/// ```swift
/// let configuration = try ConnectionConfiguration(
///     connectionString: "host=db.example user=app oauth_issuer=https://id.example oauth_client_id=app")
/// print(configuration.oauth.issuer ?? "")  // https://id.example
/// ```
///
/// Source: PostgreSQL manual, "Parameter Key Words": `oauth_issuer` to `oauth_scope`.
public struct OAuthSettings: Sendable {
    /// The URL of the issuer that is trusted to give out tokens.
    public var issuer: String?
    /// The identifier by which the issuer knows this client.
    public var clientID: String?
    /// The password of the client with the issuer.
    public var clientSecret: Secret?
    /// The scope to ask the issuer for, as names with spaces between them; `nil` is what the server asks for.
    public var scope: String?

    /// Makes settings that say nothing.
    public init() {}
}
