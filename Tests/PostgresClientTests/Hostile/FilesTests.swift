import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Known vulnerabilities in what a client reads from configuration and writes to files and logs.
@Suite("Configuration, files and logs", .ownThread) struct FilesTests {
    private static let password = "s3cr3t-pa55w0rd"

    /// Strings that hold a password in every way in which one can be spelled, good and bad ones.
    static let strings = [
        "postgresql://app:\(password)@h/db", "postgresql://app:\(password)@h:0/db",
        "postgresql://app:\(password)@h:x/db",
        "postgresql://app:\(password)@[::1/db", "postgresql://app:\(password)@h/db?sslmode=bogus",
        "postgresql://app:\(password)@h/db?unknown=1", "postgresql://h/db?password=\(password)",
        "postgresql://h/db?pass%77ord=\(password)", "postgresql://h/db?pass%77ord=\(password)&port=0",
        "postgresql://h/db?sslpassword=\(password)", "postgresql://h/db?ssl%70assword=\(password)&port=x",
        "postgresql://h/db?password=\(password)%", "postgresql://h/db?password=\(password)=x",
        "postgresql://h/db?%70%61ssword=\(password)&sslmode=bogus", "postgres://app:\(password)%zz@h/db",
        "postgresql://app:pw@\(password)@h/db", "postgresql://app:pw@h,\(password)@i/db",
        "postgresql://app:pw@\(password),@i:0/db", "postgresql://app:pw@\(password)@h:1,i:2/db?sslnegotiation=direct",
        "host=h password=\(password)", "host=h password='\(password)", "host=h password=\(password) port=x",
        "host=h password = \(password) sslmode=bogus", "host=h sslpassword=\(password) port=0",
        "host=h password='\(password)' nonsense", "host=h password='\(password)\\' unknown=1", "password=\(password)\\",
    ]

    private func show(_ value: some Any) -> String {
        var text = "\(value)" + String(reflecting: value)
        dump(value, to: &text)
        return text
    }

    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Description.swift: `ConnectionSetting.redacted`
    @Test("847d69f64: a password is in no error, description, mirror or dump", arguments: strings)
    func passwordsAreNotShown(_ string: String) throws {
        do throws(PostgresError) {
            let configuration = try ConnectionConfiguration.resolve(connectionString: string, environment: [:])
            #expect(!show(configuration).contains(Self.password))
            for setting in configuration.settings { #expect(!show(setting).contains(Self.password)) }
        } catch {
            #expect(!show(error).contains(Self.password))
        }
    }

    // Guard: Sources/PostgresWire/Authentication/Secret.swift: `public var description: String { "redacted" }`
    @Test("847d69f64: nor is one from an argument or the environment")
    func otherPasswordsAreNotShown() throws {
        let configurations = [
            try ConnectionConfiguration.resolve(host: "h", password: Self.password, environment: [:]),
            try ConnectionConfiguration.resolve(host: "h", environment: ["PGPASSWORD": Self.password]),
            try ConnectionConfiguration.fromEnvironment(["DATABASE_URL": "postgresql://app:\(Self.password)@h/db"]),
        ]
        for configuration in configurations {
            #expect(configuration.password != nil)
            #expect(!show(configuration).contains(Self.password))
            #expect(!show(ConnectionPool(configuration)).contains(Self.password))
        }
        for bad in [
            "postgresql://app:\(Self.password)@h:x/db", "nonsense \(Self.password)",
            "host=h password='\(Self.password)",
        ] {
            let error = #expect(throws: PostgresError.self) {
                try ConnectionConfiguration.fromEnvironment(["DATABASE_URL": bad])
            }
            #expect(error.map { show($0).contains(Self.password) } == false, "\(error?.message ?? "")")
        }
        #expect(!show(Secret(Self.password)).contains(Self.password))
        #expect(!show(Frontend.PasswordMessage(password: Array(Self.password.utf8))).contains(Self.password))
    }

    // No line is the guard: no error is made of the password. Tests/Guards makes one, in place of
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `throw PostgresError(response.error) }`
    @Test("847d69f64: nor in what a failed connection says", arguments: Face.allCases)
    func failuresShowNoPassword(_ face: Face) async throws {
        let refusal = ServerError(severity: "FATAL", sqlState: .invalidPassword, message: "no")
        let scripts: [[ScriptedServer.Step]] = [
            [
                .receiveStartup, .messages([.authentication(.cleartextPassword)]), .receive(MessageType.password),
                .messages([.errorResponse(.init(refusal))]),
            ],
            [
                .receiveStartup, .messages([.authentication(.cleartextPassword)]), .receive(MessageType.password),
                .reset,
            ],
            [.receiveStartup, .messages([.authentication(.md5Password(salt: [1, 2, 3, 4]))]), .close],
            [.receiveStartup, .messages([.authentication(.sasl(mechanisms: ["SCRAM-SHA-256"]))]), .close],
            [.receiveStartup, .messages([.authentication(.gss)])],
            [.receiveStartup, .send(bytes: Array("HTTP/1.1".utf8))],
        ]
        for script in scripts {
            let server = try ScriptedServer(script + [.receiveToEnd])
            var configuration = try HostileSession.configuration(server)
            configuration.password = Secret(Self.password)
            let connecting = configuration
            let error = await failure { try await Client.connect(connecting, face) }
            #expect(error.map { show($0).contains(Self.password) } == false)
        }
    }

    // Guard: Sources/PostgresClient/Configuration/ConnectionURIParser.swift: `throw ConnectionString.unknownKeyword(`
    // Guard: Sources/PostgresClient/Configuration/KeywordValueParser.swift: `throw ConnectionString.unknownKeyword(`
    @Test(
        "CVE-2022-26520, CVE-2022-21724, CVE-2020-13692: no keyword of a URL writes a file or runs code",
        arguments: [
            "loggerFile", "loggerLevel", "socketFactory", "socketFactoryArg", "sslfactory", "sslhostnameverifier",
            "authenticationPluginClassName", "xmlFactoryFactory", "sslpasswordcallback", "jaasApplicationName",
            "plugin",
        ])
    func unknownKeywords(_ keyword: String) {
        let path = "/tmp/manticore-\(UInt64.random(in: .min ... .max))"
        for string in ["postgresql://app@h/db?\(keyword)=\(path)", "host=h \(keyword)=\(path)"] {
            let error = #expect(throws: PostgresError.self, "\(keyword)") {
                try ConnectionConfiguration.resolve(connectionString: string, environment: [:])
            }
            #expect(error?.code == .invalidConfiguration || error?.code == .unsupported)
        }
        #expect(unsafe access(path, F_OK) != 0)
    }

    // Nothing to take away: a pool has one configuration, which is a constant of a type of values, and no connection comes
    // to it but those that it has made from that.
    @Test(
        "Pools: each belongs to one configuration, so that no session passes from role to role",
        arguments: Face.allCases)
    func poolsAreApart(_ face: Face) async throws {
        let base = try TestServer.configuration()
        let admin = ConnectionPool(base)
        let role = "pool_role_\(UInt32.random(in: 0 ... .max))"
        _ = try await admin.query("CREATE ROLE \(identifier: role) LOGIN PASSWORD 'pw'" as SQL)
        var other = base
        other.user = role
        other.password = Secret("pw")
        let roles = ConnectionPool(other)
        for _ in 0..<5 {
            #expect(try await admin.query("SELECT current_user::text", as: String.self) == [base.user])
            #expect(try await roles.query("SELECT current_user::text", as: String.self) == [role])
        }
        // Changing a copy of the configuration changes no pool that was made from it.
        other.user = base.user
        #expect(roles.configuration.user == role)
        #expect(try await roles.query("SELECT session_user::text", as: String.self) == [role])
        roles.close()
        try await roles.shutdown(within: .seconds(5))
        _ = try await admin.query("DROP ROLE \(identifier: role)" as SQL)
        admin.close()
    }
}
