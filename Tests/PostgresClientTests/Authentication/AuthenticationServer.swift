import ManticoreTesting
import PostgresClient
import PostgresWire

/// Servers of two versions with a role for every way to authenticate over TCP; they speak TLS and plain.
///
/// The oldest and the newest version that authenticate differently for a client: 18 warns of MD5 passwords.
enum AuthenticationServer {
    /// The roles, each with its own line in `pg_hba.conf` but the last.
    enum Role: String, CaseIterable, Sendable {
        case trusting
        case plain
        case hashed
        /// A password that is stored for SCRAM, on a line that says md5.
        case upgraded
        case scrammed
    }

    static let password = "the-secret-of-every-role"

    /// The versions of these that are installed, or the newest that is.
    static let majors = {
        let installed = Set(EphemeralPostgres.installations().map(\.version.major))
        let wanted = installed.intersection([15, 18]).sorted()
        return wanted.isEmpty ? Array(installed.sorted().suffix(1)) : wanted
    }()

    /// The first of them, for tests to which the version does not matter; 0, which nobody starts, if there is none.
    static let major = majors.first ?? 0

    private static func installation(_ major: Int) -> EphemeralPostgres.Installation? {
        EphemeralPostgres.installations().first { $0.version.major == major }
    }

    private static let first = Result { () throws(PostgresError) in try start(major) }
    private static let last = Result { () throws(PostgresError) in try start(majors.last ?? 0) }

    static func server(_ major: Int) throws(PostgresError) -> EphemeralPostgres {
        try (major == self.major ? first : last).get()
    }

    private static func start(_ major: Int) throws(PostgresError) -> EphemeralPostgres {
        guard let installation = installation(major) else {
            throw PostgresError(.unsupported, "no PostgreSQL is installed to start for these tests")
        }
        let server = try EphemeralPostgres.start(
            .init(
                settings: ["max_connections": "100"],
                hostBasedAuthentication: [
                    "host all trusting 127.0.0.1/32 trust", "host all plain 127.0.0.1/32 password",
                    "host all hashed,upgraded 127.0.0.1/32 md5",
                ],
                tls: true, binaries: installation.directory, shutdownGrace: .seconds(2)))
        let connection = try Connection.connect(
            to: .resolve(connectionString: server.socketURL, environment: [:]))
        for role in Role.allCases {
            try connection.simpleQuery(
                SQL(
                    unsafeSQL: "SET password_encryption = '\(role == .hashed ? "md5" : "scram-sha-256")'; "
                        + "CREATE ROLE \(role) LOGIN PASSWORD '\(password)'"))
        }
        connection.close()
        return server
    }

    /// A connection to the server's superuser, which needs no password.
    static func superuser(_ major: Int) async throws -> Connection {
        try await Connection.connect(
            to: .resolve(connectionString: server(major).socketURL, environment: [:]))
    }

    /// How a connection looks to the client; it always leads to the same server.
    enum Channel: Sendable {
        /// Loopback, in the clear.
        case loopback
        /// Loopback, through TLS that is verified.
        case verified
        /// A host by another name, in the clear.
        case elsewhere
        /// A host by another name, through TLS that is not verified.
        case unverified
    }

    static func configuration(
        _ major: Int, _ role: String, _ channel: Channel = .loopback, password: String? = password
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            connectionString: server(major).url, user: role, environment: [:])
        configuration.password = password.map { Secret($0) }
        switch channel {
        case .verified: return configuration
        case .loopback:
            configuration.requestedSSLMode = .disable
        case .elsewhere, .unverified:
            configuration.host.name = "db.example"
            configuration.host.address = "127.0.0.1"
            configuration.requestedSSLMode = channel == .elsewhere ? .disable : .require
        }
        return configuration
    }
}
