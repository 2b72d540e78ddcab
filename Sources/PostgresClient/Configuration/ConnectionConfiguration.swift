public import PostgresWire

/// What a connection is made from: where to, as whom, and how.
///
/// Values come from labelled arguments, a connection string, the `PG*` environment and defaults, in this order; the
/// function `resolve` puts them together. Keywords have libpq's meaning. What differs on purpose: without `sslmode` a
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
    /// A host name, a numeric address or the directory of a Unix socket; empty if only ``hostAddress`` says where to.
    public var host: String
    /// The numeric address to connect to, in place of resolving ``host``.
    public var hostAddress: String?
    /// The TCP port, or the number in the Unix socket's name.
    public var port: Int
    /// The role.
    public var user: String
    /// The password, if one was given.
    public var password: Secret?
    /// The database.
    public var database: String
    /// The `sslmode` that was given; `nil` if none was, and then ``sslMode`` depends on the host.
    public var requestedSSLMode: SSLMode?
    /// Which roots the server's certificate may descend from.
    public var rootCertificates = RootCertificates.default
    /// Whether SCRAM ties itself to the TLS session.
    public var channelBinding = ChannelBindingMode.prefer
    /// Which ways of authentication are allowed; `nil` if nobody said.
    public var requiredAuthentication: AuthenticationRequirement?
    /// The name that the server shows for the session.
    public var applicationName: String?
    /// How long connecting may take, the name lookup and authentication included; `nil` waits for ever.
    public var connectTimeout: Duration? = Self.defaultConnectTimeout
    /// How TCP finds out that the other side is gone.
    public var keepalive = KeepaliveSettings()
    /// Command-line options for the session on the server, such as `-c statement_timeout=5s`.
    public var options: String?
    /// Server settings to start the session with, in the order in which they are sent.
    public var runtimeParameters: [Frontend.StartupParameter] = []
    /// Every setting as it was resolved, and where it came from; secrets are redacted. Later changes are not in it.
    public internal(set) var settings: [ConnectionSetting] = []

    /// How long connecting may take where nobody says: 15 s.
    public static let defaultConnectTimeout = Duration.seconds(15)

    init(host: String, port: Int, user: String, database: String) {
        self.host = host
        self.port = port
        self.user = user
        self.database = database
    }

    /// Reads a `postgresql://` or `postgres://` URL; what it leaves out comes from the `PG*` environment.
    ///
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration`.
    public init(url: String) throws(PostgresError) {
        guard ConnectionString.schemes.contains(where: { url.utf8.starts(with: $0.utf8) }) else {
            throw PostgresError(
                .invalidConfiguration, "the connection URL does not begin with postgresql:// or postgres://")
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
        var resolver = SettingResolver(environment: variables)
        if let url = variables["DATABASE_URL"], !url.isEmpty {
            do {
                resolver.connectionString = try ConnectionString(url)
            } catch {
                throw error.with(message: "DATABASE_URL: \(error.message)")
            }
            resolver.connectionStringSource = .environment("DATABASE_URL")
        }
        return try resolver.configuration(system: system)
    }

    /// Puts a configuration together: arguments, then the connection string, then the environment, then defaults.
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
        var resolver = SettingResolver(environment: variables)
        if let connectionString { resolver.connectionString = try ConnectionString(connectionString) }
        resolver.arguments = [
            "host": host, "port": port.map(String.init), "user": user, "password": password, "dbname": database,
            "sslmode": sslmode?.rawValue, "application_name": applicationName,
        ].compactMapValues { $0 }
        resolver.connectTimeout = connectTimeout
        return try resolver.configuration(system: system)
    }
}
