import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Every PostgreSQL on this machine, by every way in, with every kind of authentication, in both faces.
@Suite(.ownThread) struct ServerMatrixTests {
    /// How a connection comes to the server, and how much the client may trust that way.
    private enum Way: CaseIterable {
        case socket
        /// TCP in clear, on loopback.
        case plain
        /// TCP in clear by a name that does not say that it is loopback.
        case plainElsewhere
        /// TLS with `verify-full`.
        case tls
        /// TLS that verifies nothing, by a name that does not say that it is loopback.
        case unverified

        var usesTLS: Bool { self == .tls || self == .unverified }
        /// Whether a password may be shown to the other end.
        var isTrusted: Bool { self != .plainElsewhere && self != .unverified }
    }

    /// The roles, each named for the kind of authentication that the server wants of it.
    private enum Role: String, CaseIterable {
        case trust
        case password
        case md5
        case scram
        case certificate
        case nobody
    }

    /// What should come of a connection.
    private enum Outcome: Equatable {
        case connects(authentication: String, bound: Bool)
        /// This side refuses.
        case fails(PostgresError.Code)
        /// The server refuses.
        case refused(SQLState)
    }

    private static let password = "the secret of them all"

    /// Which lines of pg_hba.conf make the roles what they are called.
    private static let access =
        ["local", "host"].flatMap { kind in
            let address = kind == "local" ? "" : " 127.0.0.1/32"
            return [
                "\(kind) all \(Role.trust)\(address) trust",
                "\(kind) all \(Role.password)\(address) password",
                "\(kind) all \(Role.md5)\(address) md5",
                "\(kind) all \(Role.scram)\(address) scram-sha-256",
            ]
        } + [
            "hostssl all \(Role.certificate) 127.0.0.1/32 cert",
            "host all \(Role.certificate) 127.0.0.1/32 reject",
        ]

    // The superuser is the one that the client certificate is for.
    private static func makeRoles(_ server: EphemeralPostgres) async throws {
        let admin = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
        defer { admin.close() }
        try await admin.simpleQuery(
            SQL(
                unsafeSQL: """
                    SET password_encryption = 'md5';
                    CREATE ROLE md5 LOGIN PASSWORD '\(password)';
                    SET password_encryption = 'scram-sha-256';
                    CREATE ROLE trust LOGIN;
                    CREATE ROLE password LOGIN PASSWORD '\(password)';
                    CREATE ROLE scram LOGIN PASSWORD '\(password)';
                    """))
    }

    private static func configuration(
        _ server: EphemeralPostgres, _ way: Way, _ role: Role, hasPassword: Bool
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            connectionString: way == .socket ? server.socketURL : server.url, user: role.rawValue, environment: [:])
        configuration.password = hasPassword ? Secret(password) : nil
        configuration.requestedSSLMode =
            switch way {
            case .socket: nil
            case .plain, .plainElsewhere: .disable
            case .tls: .verifyFull
            case .unverified: .require
            }
        if way == .plainElsewhere || way == .unverified {
            configuration.host = ServerHost("db.example", address: server.host, port: server.port)
        }
        if way == .unverified { configuration.tls.roots = .default }
        // Whatever lies in the home directory of who runs the tests is not asked for.
        configuration.tls.certificateMode = .disable
        if role == .certificate, way.usesTLS {
            configuration.tls.certificateMode = .allow
            configuration.tls.certificateFile = server.clientCertificateFile
            configuration.tls.keyFile = server.clientKeyFile
        }
        return configuration
    }

    /// What the policy says.
    private static func expected(_ way: Way, _ role: Role, hasPassword: Bool) -> Outcome {
        switch role {
        case .trust:
            // Not being asked is suspicious to who has a password, except where only this machine's users come.
            guard hasPassword, way != .socket else { return .connects(authentication: "none", bound: false) }
            return .fails(.authenticationFailed)
        case .password, .md5:
            guard hasPassword, way.isTrusted else { return .fails(.authenticationFailed) }
            return .connects(authentication: role.rawValue, bound: false)
        case .scram:
            guard hasPassword else { return .fails(.authenticationFailed) }
            return .connects(authentication: "scram-sha-256", bound: way.usesTLS)
        case .certificate:
            guard way.usesTLS || way == .socket else { return .refused(.invalidAuthorizationSpecification) }
            return .connects(authentication: "none", bound: false)
        case .nobody:
            if way == .socket { return .refused(.invalidAuthorizationSpecification) }
            // The server does not tell before the password that there is no such role.
            return hasPassword ? .refused(.invalidPassword) : .fails(.authenticationFailed)
        }
    }

    private static func outcome(
        _ configuration: ConnectionConfiguration, _ face: Face, _ way: Way, _ server: EphemeralPostgres
    ) async throws -> Outcome {
        do throws(PostgresError) {
            let client = try await Client.connect(configuration, face)
            defer { client.connection.close() }
            let connection = client.connection
            let row = try await client.query(
                "SELECT current_user::text, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())",
                as: (String, Bool).self)
            #expect(row.first.map { $0.0 == configuration.user && $0.1 == way.usesTLS } == true)
            #expect((connection.tls != nil) == way.usesTLS)
            #expect(connection.parameters["server_version"]?.hasPrefix("\(server.version)") == true)
            return .connects(authentication: connection.authentication, bound: connection.usesChannelBinding)
        } catch {
            #expect(!"\(error)".contains(password))
            #expect(error.host != nil, "\(error)")
            return error.sqlState.map { .refused($0) } ?? .fails(error.code)
        }
    }

    @Test(arguments: installations)
    func everyWayInIsAsThePolicySays(_ installation: EphemeralPostgres.Installation) async throws {
        let options = EphemeralPostgres.Options(
            settings: ["log_min_messages": "fatal"], hostBasedAuthentication: Self.access, tls: true,
            binaries: installation.directory, user: Role.certificate.rawValue)
        try await EphemeralPostgres.withServer(options) { server in
            try await Self.makeRoles(server)
            for way in Way.allCases {
                for role in Role.allCases {
                    for hasPassword in [true, false] {
                        let expected = Self.expected(way, role, hasPassword: hasPassword)
                        for face in Face.allCases {
                            let configuration = try Self.configuration(server, way, role, hasPassword: hasPassword)
                            let outcome = try await Self.outcome(configuration, face, way, server)
                            #expect(
                                outcome == expected,
                                "\(installation), \(way), \(role), \(hasPassword ? "with" : "no") password, \(face)")
                        }
                    }
                }
            }
        }
    }

    /// What is to be tested, for a missing version is to be named and not passed over in silence.
    private static let installations: [EphemeralPostgres.Installation] = {
        let found = EphemeralPostgres.installations()
        for major in 14...18 where !found.contains(where: { $0.version.major == major }) {
            print("PostgreSQL \(major) is not installed and is not tested: Fixtures/fetch-postgres.sh fetches it")
        }
        return found
    }()
}
