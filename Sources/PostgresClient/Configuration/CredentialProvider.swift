public import PostgresWire

/// Where a credential comes from at the moment when a connection is made, for those that change: a password from a
/// vault, a token that expires.
///
/// It is called once for each connection that is made, at the moment when the server asks for what cannot be answered
/// without it and may be answered at all; never on the cooperative pool's threads where it may block. What it returns after
/// the connection's deadline is dropped; a closure that suspends is cancelled then. An error that it throws ends the
/// search for a server and comes out as one of the code `authenticationFailed` that has its type and description, so no
/// secret belongs there; a ``PostgresError`` of the code `cancelled` or `timedOut` keeps its code.
///
/// ```swift
/// var configuration = try ConnectionConfiguration(url: "postgresql://app@db.example/bank")
/// configuration.passwordProvider = CredentialProvider { request in
///     Secret("the password of \(request.user) today")
/// }
/// ```
public struct CredentialProvider: Sendable {
    /// For whom a credential is asked.
    public struct Request: Sendable {
        /// The role.
        public let user: String
        /// The database.
        public let database: String
        /// The server that is being connected to.
        public let host: ServerHost
        /// What the configuration says about OAuth.
        public let oauth: OAuthSettings
    }

    enum Body: Sendable {
        case blocking(@Sendable (Request) throws -> Secret)
        case suspending(@Sendable (Request) async throws -> Secret)
    }

    let body: Body

    /// A closure that may block; it runs on a thread of its own.
    public init(_ body: @escaping @Sendable (Request) throws -> Secret) {
        self.body = .blocking(body)
    }

    /// A closure that may suspend; it runs in a task of its own, in the blocking face too.
    @_disfavoredOverload
    public init(_ body: @escaping @Sendable (Request) async throws -> Secret) {
        self.body = .suspending(body)
    }
}
