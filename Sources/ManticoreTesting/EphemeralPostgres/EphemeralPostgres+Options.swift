extension EphemeralPostgres {
    /// What a test server is like.
    ///
    /// ```swift
    /// let options = EphemeralPostgres.Options(settings: ["max_connections": "20"], tls: true, database: "shop")
    /// ```
    public struct Options: Sendable {
        /// Certificates that a server is to have, by the paths of their PEM files; the server gets copies.
        public struct Certificates: Sendable {
            /// The server's certificate, and after it what it descends from.
            public var certificateFile: String
            /// The key of the server's certificate.
            public var keyFile: String
            /// The roots of client certificates; without any, the server asks for none.
            public var clientAuthorityFile: String?
            /// The client certificates that are revoked.
            public var revocationListFile: String?

            public init(
                certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil,
                revocationListFile: String? = nil
            ) {
                self.certificateFile = certificateFile
                self.keyFile = keyFile
                self.clientAuthorityFile = clientAuthorityFile
                self.revocationListFile = revocationListFile
            }
        }

        /// Server settings by name, with their values as `SHOW` prints them; they win over the defaults of the test
        /// server, which switch off what guards against a power cut (`fsync`, `full_page_writes`). Commits survive
        /// ``EphemeralPostgres/kill()`` all the same.
        public var settings: [String: String] = [:]
        /// Lines of `pg_hba.conf` that come before the default ones, such as `host all bob 127.0.0.1/32 md5`. Without
        /// any, TCP wants the password by SCRAM and the socket, which nobody else can reach, wants nothing.
        public var hostBasedAuthentication: [String] = []
        /// Lines of `pg_ident.conf`, which say what the names in client certificates stand for, such as
        /// `staff "CN=alice,O=Example" alice` for the rule `hostssl all alice all cert map=staff clientname=DN`.
        public var userNameMaps: [String] = []
        /// Whether the server speaks TLS, with certificates made for this start by the command `openssl`.
        public var tls = false
        /// The server's certificates in place of those; with them the server speaks TLS whatever ``tls`` says, and
        /// ``EphemeralPostgres/url`` has no part in it.
        public var certificates: Certificates?
        /// The folder with `postgres` and `initdb` in it; nil means the first of ``EphemeralPostgres/installations()``.
        public var binaries: String?
        /// The superuser's name in the database.
        public var user = "postgres"
        /// The superuser's password; nil means a random one, the same for all servers of this process.
        public var password: String?
        /// The database that ``EphemeralPostgres/url`` leads to; it is made if it is not `postgres`.
        public var database = "postgres"
        /// The operating system's user to run the server as when the caller is root; nil means `postgres`, else
        /// `nobody`.
        public var systemUser: String?
        /// Whether the server's log is kept as ``EphemeralPostgres/keptLogFile`` after the stop.
        public var keepLogs = false
        /// How long the server may take until it accepts connections, its first `initdb` not counted.
        public var startupTimeout: Duration = .seconds(60)
        /// How long a stop may take before the server is told to drop everything.
        public var shutdownGrace: Duration = .seconds(5)

        /// Makes options; what is left out is as the property says.
        public init(
            settings: [String: String] = [:], hostBasedAuthentication: [String] = [], tls: Bool = false,
            binaries: String? = nil, user: String = "postgres", password: String? = nil,
            database: String = "postgres", systemUser: String? = nil, keepLogs: Bool = false,
            startupTimeout: Duration = .seconds(60), shutdownGrace: Duration = .seconds(5)
        ) {
            self.settings = settings
            self.hostBasedAuthentication = hostBasedAuthentication
            self.tls = tls
            self.binaries = binaries
            self.user = user
            self.password = password
            self.database = database
            self.systemUser = systemUser
            self.keepLogs = keepLogs
            self.startupTimeout = startupTimeout
            self.shutdownGrace = shutdownGrace
        }
    }
}
