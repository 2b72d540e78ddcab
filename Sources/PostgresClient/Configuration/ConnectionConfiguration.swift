public import PostgresWire

/// What a connection is made from: where to, as whom, and how.
///
/// Values come from labelled arguments, a connection string, a service file, the `PG*` environment and defaults, in this
/// order, and the password at last from a password file; the function `resolve` puts them together. Keywords have libpq's meaning. What differs on purpose: without `sslmode` a
/// remote host means ``SSLMode/verifyFull``, without roots of the user's own the system's are trusted, connecting
/// takes at most 15 s, GSS is never tried.
///
/// The description shows every setting but never the password.
///
/// ```swift
/// var configuration = try ConnectionConfiguration(url: "postgresql://app@db.example:26257/bank")
/// configuration.applicationName = "reports"
/// print(configuration.sslMode)  // verify-full
/// ```
///
/// Source: PostgreSQL manual, "Database Connection Control Functions".
public struct ConnectionConfiguration: Sendable {
    /// The servers to try, in this order; at least one.
    public var hosts: [ServerHost]
    /// The role.
    public var user: String
    /// The password, if one was given.
    public var password: Secret?
    /// Where the password comes from when a connection is made; goes before ``password``.
    public var passwordProvider: CredentialProvider?
    /// Where the token for OAuth (OAUTHBEARER) comes from; without it, OAuth is not offered.
    public var tokenProvider: CredentialProvider?
    /// The key of SCRAM that stands in for the password, as a proxy that saw it used has it; 32 bytes.
    public var scramClientKey: Secret?
    /// The key that SCRAM checks the server by, to go with ``scramClientKey``; 32 bytes.
    public var scramServerKey: Secret?
    /// What the token provider and the server must agree on for OAuth.
    public var oauth = OAuthSettings()
    /// The database.
    public var database: String
    /// The `sslmode` that was given; `nil` if none was, and then ``sslMode(for:)`` depends on the host.
    public var requestedSSLMode: SSLMode?
    /// The further settings of TLS.
    public var tls = TLSSettings()
    /// Whether SCRAM ties itself to the TLS session.
    public var channelBinding = ChannelBindingMode.prefer
    /// Which ways of authentication are allowed; `nil` if nobody said.
    public var requiredAuthentication: AuthenticationRequirement?
    /// The system user that must own the server behind a Unix socket (`requirepeer`); `nil` if it may be any.
    public var requiredPeer: String?
    /// The most hash iterations that a server may ask of SCRAM; 200,000 take about 60 ms.
    public var maximumSCRAMIterations = SCRAMClient.defaultMaximumIterations
    /// The fewest hash iterations that a server may ask of SCRAM. RFC 7677 wants 4096, which is recommended and
    /// PostgreSQL's own default; servers may be set to as few as 1. The fewer, the cheaper are guesses for whoever
    /// listened, or pretended to be the server.
    public var minimumSCRAMIterations = 1
    /// The lowest version of the protocol that is spoken.
    public var minimumProtocolVersion = ProtocolVersion.v3_0
    /// The highest version of the protocol that is asked for.
    public var maximumProtocolVersion = ProtocolVersion.v3_0
    /// What a session must be able to do for its server to be taken.
    public var targetSessionAttributes = TargetSessionAttributes.any
    /// In which order hosts and their addresses are tried.
    public var loadBalancing = LoadBalancing.disable
    /// The name that the server shows for the session.
    public var applicationName: String?
    /// How long connecting to one address may take, the name lookup before it and authentication included; `nil` waits
    /// for ever.
    public var connectTimeout: Duration? = Self.defaultConnectTimeout
    /// How long connecting may take in all, whatever the number of hosts and addresses; `nil` for no further limit.
    public var totalConnectTimeout: Duration?
    /// How long a call may take on a connection, from its first byte to the last of the answer; `nil` for ever.
    ///
    /// A statement that takes longer is cancelled, and its call throws ``PostgresError/Code-swift.struct/timedOut``. For a
    /// stream it is the time from its opening to its end. ``ConnectionProvider/within(_:)`` sets a limit for single calls, the
    /// server's own is `statement_timeout`, to be set by ``options``.
    public var callTimeout: Duration?
    /// How TCP finds out that the other side is gone.
    public var keepalive = KeepaliveSettings()
    /// The longest message that is taken from the server, in bytes, as the message's own length field counts: without its
    /// type, with the length. A row is one message; so this limits what a single row, notice or error can cost.
    ///
    /// A longer one ends the connection with ``PostgresError/Code-swift.struct/messageTooLong`` once its length has come,
    /// before memory is set aside for it. The default is what PostgreSQL itself can send, 1 GiB; at least 4096.
    public var maximumMessageLength = MessageLimits.hard
    /// How statements are run; behind a pooler in transaction mode not ``StatementMode/cached``.
    public var statementMode = StatementMode.cached
    /// How many prepared statements a session keeps, or in ``StatementMode/unnamed`` descriptions of them; of more the
    /// least recently used goes. 0 keeps none, so that every statement is run as in ``StatementMode/described``.
    public var statementCacheCapacity = 256
    /// Command-line options for the session on the server, such as `-c statement_timeout=5s`.
    public var options: String?
    /// Server settings to start the session with, in the order in which they are sent.
    public var runtimeParameters: [Frontend.StartupParameter] = []
    /// Every setting as it was resolved, and where it came from; secrets are redacted. Later changes are not in it.
    public internal(set) var settings: [ConnectionSetting] = []
    /// What the user should know although it is no error, such as a password file that others may read; a sentence each.
    public internal(set) var notes: [String] = []
    /// The keys that SCRAM derived for connections of this configuration and its copies.
    package var scramKeys = SCRAMKeyCache()

    /// How long connecting may take where nobody says: 15 s.
    public static let defaultConnectTimeout = Duration.seconds(15)
    static let scramKeyLength = 32

    init(hosts: [ServerHost], user: String, database: String) {
        self.hosts = hosts
        self.user = user
        self.database = database
    }

    /// Reads a `postgresql://` or `postgres://` URL; what it leaves out comes from the `PG*` environment.
    ///
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration`.
    public init(url: String) throws(PostgresError) {
        guard ConnectionString.schemes.contains(where: { url.utf8.starts(with: $0.utf8) }) else {
            throw ConnectionString.failure("it does not begin with postgresql:// or postgres://", at: 0)
        }
        self = try Self.resolve(connectionString: url)
    }

    /// Reads a URL or a list of `keyword=value`; what it leaves out comes from the `PG*` environment.
    ///
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration`.
    public init(connectionString: String) throws(PostgresError) {
        self = try Self.resolve(connectionString: connectionString)
    }

    /// Reads `DATABASE_URL`, and what that leaves out, or all of it where it is not set, from the `PG*` environment.
    ///
    /// - Parameters:
    ///   - environment: the variables; `nil` reads the process's.
    ///   - system: what is asked of the machine.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration`.
    public static func fromEnvironment(
        _ environment: [String: String]? = nil, system: LocalSystem = .current
    ) throws(PostgresError) -> ConnectionConfiguration {
        let variables = if let environment { environment } else { try ProcessEnvironment.variables() }
        var resolver = SettingResolver(environment: variables, system: system)
        if let url = variables["DATABASE_URL"], !url.isEmpty {
            do {
                resolver.connectionString = try ConnectionString(url)
            } catch {
                throw error.with(message: "DATABASE_URL: \(error.message)")
            }
            resolver.connectionStringSource = .environment("DATABASE_URL")
        }
        return try resolver.configuration()
    }

    /// Puts a configuration together: arguments, then the connection string, then the service file that one of them or
    /// `PGSERVICE` asks for, then the environment, then defaults; and the password file where no password is given.
    ///
    /// - Parameters:
    ///   - connectionString: a URL or a list of `keyword=value`.
    ///   - host: a host name, a numeric address or the directory of a Unix socket.
    ///   - port: 1 to 65535.
    ///   - user: the role; by default the name of the system user who runs the process.
    ///   - password: the role's password.
    ///   - database: the database; by default named as the role.
    ///   - sslmode: how much TLS; by default it depends on the host.
    ///   - applicationName: the name that the server shows for the session.
    ///   - connectTimeout: how long connecting may take; zero or less waits for ever.
    ///   - environment: the environment variables; `nil` reads the process's.
    ///   - system: what is asked of the machine.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` if a value cannot be read, asks for what is not
    ///   supported or holds a NUL; its message names the keyword and where the value came from.
    ///
    /// ```swift
    /// let configuration = try ConnectionConfiguration.resolve(
    ///     host: "localhost", database: "bank", environment: ["PGUSER": "app"])
    /// print(configuration)
    /// ```
    public static func resolve(
        connectionString: String? = nil,
        host: String? = nil,
        port: Int? = nil,
        user: String? = nil,
        password: String? = nil,
        database: String? = nil,
        sslmode: SSLMode? = nil,
        applicationName: String? = nil,
        connectTimeout: Duration? = nil,
        environment: [String: String]? = nil,
        system: LocalSystem = .current
    ) throws(PostgresError) -> ConnectionConfiguration {
        let variables = if let environment { environment } else { try ProcessEnvironment.variables() }
        var resolver = SettingResolver(environment: variables, system: system)
        if let connectionString { resolver.connectionString = try ConnectionString(connectionString) }
        resolver.arguments = [
            "host": host, "port": port.map(String.init), "user": user, "password": password, "dbname": database,
            "sslmode": sslmode?.rawValue, "application_name": applicationName,
        ].compactMapValues { $0 }
        resolver.connectTimeout = connectTimeout
        return try resolver.configuration()
    }
}
