extension EphemeralPgBouncer {
    /// How clients are authenticated (`auth_type`).
    public enum Authentication: String, Sendable, CaseIterable {
        /// As anybody, and with the server as its superuser.
        case any
        /// Whoever is in the list of users, without a password.
        case trust
        /// With the password in clear.
        case plain
        /// With the password hashed with MD5.
        case md5
        /// With SCRAM-SHA-256.
        case scram = "scram-sha-256"
    }

    /// When a server's session goes back to the pool (`pool_mode`).
    public enum PoolMode: String, Sendable, CaseIterable {
        case session
        case transaction
        case statement
    }

    /// What a pooler is like.
    ///
    /// ```swift
    /// let options = EphemeralPgBouncer.Options(authentication: .md5, poolMode: .transaction, tls: true)
    /// ```
    public struct Options: Sendable {
        /// How clients are authenticated.
        public var authentication = Authentication.scram
        /// When a server's session goes back to the pool.
        public var poolMode = PoolMode.session
        /// Whether clients must use TLS, with certificates made for this start by the command `openssl`.
        public var tls = false
        /// Users besides the server's superuser who may connect, and their passwords; the roles must be there.
        public var users: [String: String] = [:]
        /// Further settings by name, which win over those of the test pooler.
        public var settings: [String: String] = [:]

        /// Makes options; what is left out is as the property says.
        public init(
            authentication: Authentication = .scram, poolMode: PoolMode = .session, tls: Bool = false,
            users: [String: String] = [:], settings: [String: String] = [:]
        ) {
            self.authentication = authentication
            self.poolMode = poolMode
            self.tls = tls
            self.users = users
            self.settings = settings
        }
    }
}
