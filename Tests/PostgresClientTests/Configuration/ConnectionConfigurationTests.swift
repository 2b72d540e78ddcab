import PostgresClient
import PostgresWire
import Testing

@Suite struct ConnectionConfigurationTests {
    private static func system(_ files: Set<String> = []) -> LocalSystem {
        LocalSystem(userName: { "os" }, homeDirectory: { "/users/os" }, fileExists: { files.contains($0) })
    }

    private func resolve(
        _ text: String? = nil, _ environment: [String: String] = [:], files: Set<String> = []
    ) throws(PostgresError) -> ConnectionConfiguration {
        try .resolve(connectionString: text, environment: environment, system: Self.system(files))
    }

    private func failure(_ text: String?, _ environment: [String: String] = [:]) -> String {
        do {
            let configuration = try resolve(text, environment)
            Issue.record("accepted as \(configuration)")
            return ""
        } catch {
            #expect(error.code == .invalidConfiguration)
            return error.message
        }
    }

    // MARK: Defaults and precedence

    @Test func defaults() throws {
        let configuration = try resolve()
        #expect(configuration.host.name == "localhost")
        #expect(configuration.host.port == 5432)
        #expect(configuration.user == "os")
        #expect(configuration.database == "os")
        #expect(configuration.password == nil)
        #expect(configuration.hostMode == .prefer)
        #expect(!configuration.isSSLModeGiven)
        #expect(configuration.connectTimeout == .seconds(15))
        #expect(configuration.channelBinding == .prefer)
        #expect(configuration.requiredAuthentication == nil)
        #expect(configuration.keepalive == KeepaliveSettings())
        #expect(configuration.applicationName == nil)
        #expect(configuration.displayHost == "localhost:5432")
    }

    @Test func hostDefaultsToASocketThatIsThere() throws {
        let both: Set = ["/var/run/postgresql/.s.PGSQL.5432", "/tmp/.s.PGSQL.5432", "/tmp/.s.PGSQL.6000"]
        #expect(try resolve(files: both).host.name == "/var/run/postgresql")
        #expect(try resolve("port=6000", files: both).host.socketPath == "/tmp/.s.PGSQL.6000")
        #expect(try resolve("port=6001", files: both).host.name == "localhost")
        #expect(try resolve("host=''", ["PGHOST": "db"], files: both).host.name == "/var/run/postgresql")
        #expect(try resolve("hostaddr=127.0.0.1", files: both).host.isUnixSocket == false)
    }

    @Test func precedence() throws {
        let environment = ["PGUSER": "env", "PGDATABASE": "env", "PGHOST": "env", "PGPORT": "1", "PGAPPNAME": "env"]
        let configuration = try ConnectionConfiguration.resolve(
            connectionString: "postgresql://string:word@string/string", host: "argument", user: "argument",
            sslmode: .require, connectTimeout: .milliseconds(1500), environment: environment, system: Self.system())
        #expect(configuration.host.name == "argument")
        #expect(configuration.user == "argument")
        #expect(configuration.database == "string")
        #expect(configuration.host.port == 1)
        #expect(configuration.applicationName == "env")
        #expect(configuration.connectTimeout == .milliseconds(1500))
        #expect(configuration.requestedSSLMode == .require)

        func source(_ keyword: String) -> ConnectionSetting.Source? {
            configuration.settings.first { $0.keyword == keyword }?.source
        }
        #expect(source("host") == .argument)
        #expect(source("dbname") == .connectionString)
        #expect(source("port") == .environment("PGPORT"))
        #expect(source("sslnegotiation") == .default)
        #expect(configuration.notes.isEmpty)
        #expect(configuration.settings.first { $0.keyword == "password" }?.value == "********")
        #expect(Set(configuration.settings.map(\.keyword)).count == configuration.settings.count)
    }

    @Test func emptyHidesWhatIsBehind() throws {
        let configuration = try resolve("user='' dbname=''", ["PGUSER": "env", "PGDATABASE": "env"])
        #expect(configuration.user == "os")
        #expect(configuration.database == "os")
        #expect(configuration.settings.first { $0.keyword == "user" }?.source == .system)
        #expect(configuration.settings.first { $0.keyword == "dbname" }?.source == .derived("user"))
    }

    @Test func userDoesNotComeFromLOGNAME() throws {
        #expect(try resolve(nil, ["LOGNAME": "other", "USER": "other"]).user == "os")
        let nobody = LocalSystem(userName: { nil }, homeDirectory: { nil }, fileExists: { _ in false })
        #expect(throws: PostgresError.self) {
            try ConnectionConfiguration.resolve(environment: [:], system: nobody)
        }
    }

    @Test func databaseURL() throws {
        let environment = ["DATABASE_URL": "postgres://app@db/bank", "PGUSER": "env", "PGPORT": "26257"]
        let configuration = try ConnectionConfiguration.fromEnvironment(environment, system: Self.system())
        #expect(configuration.user == "app")
        #expect(configuration.host.port == 26257)
        #expect(
            configuration.settings.first { $0.keyword == "host" }?.source == .environment("DATABASE_URL"))
        #expect(try resolve(nil, environment).user == "env")
        #expect(try ConnectionConfiguration.fromEnvironment(["PGUSER": "env"], system: Self.system()).user == "env")
        let error = #expect(throws: PostgresError.self) {
            try ConnectionConfiguration.fromEnvironment(["DATABASE_URL": "postgres://a:hunter2@[x"])
        }
        #expect(error?.message.hasPrefix("DATABASE_URL: ") == true)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func urlMustBeOne() {
        let error = #expect(throws: PostgresError.self) { try ConnectionConfiguration(url: "host=a") }
        #expect(error?.message.contains("postgresql://") == true)
    }

    @Test func theProcessesOwnEnvironmentAndUserCanBeRead() throws {
        #expect(throws: Never.self) { try ProcessEnvironment.variables() }
        #expect(LocalSystem.current.userName()?.isEmpty == false)
        #expect(LocalSystem.current.fileExists("/"))
        #expect(!LocalSystem.current.fileExists("/nowhere/at/all"))
    }

    // MARK: Hosts and TLS

    @Test(arguments: [
        ("host=/tmp", SSLMode.disable), ("host=/tmp sslmode=verify-full", .disable),
        ("host=localhost", .prefer), ("host=LocalHost", .prefer), ("host=127.0.0.1", .prefer),
        ("host=127.255.3.4", .prefer), ("host=::1", .prefer), ("host=0:0:0:0:0:0:0:1", .prefer),
        ("host=localhost.example.com", .verifyFull), ("host=127.0.0.1.example.com", .verifyFull),
        ("host=127.1", .verifyFull), ("host=128.0.0.1", .verifyFull), ("host=::2", .verifyFull),
        ("host=::", .verifyFull), ("host=db.example", .verifyFull), ("host=loc\u{2060}alhost", .verifyFull),
        ("host=\u{212A}ocalhost", .verifyFull),
        ("host=localhost sslmode=verify-full", .verifyFull), ("host=db.example sslmode=disable", .disable),
        ("host=localhost sslrootcert=system", .verifyFull),
        ("host=localhost hostaddr=10.0.0.1", .verifyFull), ("host=db.example hostaddr=127.0.0.1", .verifyFull),
        ("host=localhost hostaddr=127.0.0.1", .prefer), ("hostaddr=127.0.0.1", .prefer),
        ("host=/tmp hostaddr=127.0.0.1 sslmode=prefer", .prefer),
    ])
    func sslModeByHost(text: String, mode: SSLMode) throws {
        #expect(try resolve(text).hostMode == mode)
    }

    @Test func sslModeFollowsAChangeOfHost() throws {
        var configuration = try resolve("host=localhost")
        configuration.host.name = "db.example"
        #expect(configuration.hostMode == .verifyFull)
    }

    @Test func sslModeFromTheEnvironment() throws {
        #expect(try resolve("host=db", ["PGSSLMODE": "require"]).hostMode == .require)
        #expect(try resolve("host=localhost", ["PGREQUIRESSL": "1"]).requestedSSLMode == .require)
        #expect(try resolve("host=localhost", ["PGREQUIRESSL": "0"]).requestedSSLMode == nil)
        #expect(try resolve("host=localhost sslmode=disable", ["PGREQUIRESSL": "1"]).hostMode == .disable)
    }

    @Test(arguments: [
        ("host=db port=1", "db:1"), ("host=::1", "[::1]:5432"), ("hostaddr=10.0.0.1 sslmode=require", "10.0.0.1:5432"),
        ("host=db hostaddr=10.0.0.1", "db:5432"), ("host=/tmp", "/tmp/.s.PGSQL.5432"),
        ("host=/ port=7", "/.s.PGSQL.7"),
    ])
    func displayHost(text: String, shown: String) throws {
        #expect(try resolve(text).displayHost == shown)
    }

    @Test func socketPathHasALimit() throws {
        let directory = "/" + String(repeating: "a", count: 107 - 1 - "/.s.PGSQL.5432".utf8.count)
        #expect(try resolve("host=\(directory)").host.socketPath?.utf8.count == 107)
        #expect(failure("host=\(directory)a").contains("108 bytes"))
    }

    @Test func rootStore() throws {
        let userFile = "/users/os/.postgresql/root.crt"
        func store(_ text: String, _ environment: [String: String] = [:], _ files: Set<String> = []) throws -> RootStore
        {
            try resolve(text).rootStore(environment: environment, system: Self.system(files))
        }
        #expect(try store("host=db") == .system)
        #expect(try store("host=db", [:], [userFile]) == .userFile(userFile))
        #expect(
            try store("host=db", ["HOME": "/h"], ["/h/.postgresql/root.crt"]).description == "/h/.postgresql/root.crt")
        #expect(try store("host=db", ["HOME": "/h"], [userFile]) == .system)
        #expect(try store("host=db sslrootcert=system", [:], [userFile]) == .system)
        #expect(try store("host=db sslrootcert=./system") == .file("./system"))
        #expect(try store("host=db sslrootcert=/ca.pem", [:], [userFile]) == .file("/ca.pem"))
    }

    // MARK: Values

    @Test(arguments: [("15", 15), (" 3 ", 3), ("1", 2), ("2", 2), ("0", nil), ("-1", nil)] as [(String, Int?)])
    func connectTimeout(text: String, seconds: Int?) throws {
        let configuration = try resolve("connect_timeout='\(text)'")
        #expect(configuration.connectTimeout == seconds.map { .seconds($0) })
    }

    @Test func connectTimeoutAsAnArgument() throws {
        let configuration = try ConnectionConfiguration.resolve(
            connectTimeout: .zero, environment: ["PGCONNECT_TIMEOUT": "7"], system: Self.system())
        #expect(configuration.connectTimeout == nil)
        #expect(try resolve(nil, ["PGCONNECT_TIMEOUT": "7"]).connectTimeout == .seconds(7))
    }

    @Test func keepalives() throws {
        let keepalive = try resolve(
            "keepalives=0 keepalives_idle=30 keepalives_interval=-1 keepalives_count=3 tcp_user_timeout=1500"
        ).keepalive
        #expect(!keepalive.isEnabled)
        #expect(keepalive.idle == .seconds(30))
        #expect(keepalive.interval == nil)
        #expect(keepalive.count == 3)
        #expect(keepalive.userTimeout == .milliseconds(1500))
    }

    @Test func requireAuth() throws {
        #expect(try resolve("require_auth=scram-sha-256").requiredAuthentication?.methods == [.scramSHA256])
        #expect(try resolve("require_auth=!password").requiredAuthentication?.allows(.password) == false)
        #expect(try resolve("require_auth=!password").requiredAuthentication?.allows(.scramSHA256) == true)
        #expect(failure("require_auth=gss,sspi").contains("no method that is supported"))
        #expect(try resolve("require_auth=oauth").requiredAuthentication?.methods == [.oauth])
        #expect(failure("require_auth=scram").contains("position 14"))
        #expect(failure("require_auth=md5,!password").contains("mixed"))
    }

    @Test func startupParameters() throws {
        var configuration = try resolve(
            "postgresql://app@db/bank?options=-c%20a%3Db&fallback_application_name=tool",
            ["PGTZ": "UTC", "PGDATESTYLE": "DEFAULT", "PGGEQO": "", "PGCLIENTENCODING": "utf-8"])
        #expect(
            configuration.startupParameters == [
                .init("user", "app"), .init("database", "bank"), .init("client_encoding", "UTF8"),
                .init("application_name", "tool"), .init("options", "-c a=b"), .init("timezone", "UTC"),
            ])
        #expect(configuration.settings.last?.description == "timezone=UTC (environment variable PGTZ)")
        configuration.applicationName = nil
        configuration.options = nil
        configuration.runtimeParameters = [.init("search_path", "a, b")]
        #expect(configuration.startupParameters.map(\.name) == ["user", "database", "client_encoding", "search_path"])
        #expect(throws: Never.self) { try configuration.validate() }
    }

    @Test(arguments: ["user", "Database", "client_encoding", "replication", "_pq_.x", ""])
    func runtimeParametersCannotReplaceTheSession(name: String) throws {
        var configuration = try resolve()
        configuration.runtimeParameters = [.init(name, "x")]
        #expect(throws: PostgresError.self) { try configuration.validate() }
    }

    @Test func nulIsRefusedEverywhere() throws {
        let value = "app\0user\0admin"
        let changes: [(inout ConnectionConfiguration) -> Void] = [
            { $0.host.name = value }, { $0.host.address = value }, { $0.user = value }, { $0.database = value },
            { $0.applicationName = value }, { $0.password = Secret(value) }, { $0.options = value },
            { $0.tls.roots = .file(value) },
            { $0.runtimeParameters = [.init("a", value)] }, { $0.runtimeParameters = [.init(value, "a")] },
        ]
        for change in changes {
            var configuration = try resolve()
            change(&configuration)
            let error = #expect(throws: PostgresError.self) { try configuration.validate() }
            #expect(error?.message.contains("NUL") == true)
            #expect(error?.message.contains("admin") == false)
        }
        for keyword in ConnectionKeyword.all {
            guard let variable = keyword.environmentVariable else { continue }
            #expect(!failure(nil, [variable: value]).contains("admin"))
        }
        let error = #expect(throws: PostgresError.self) {
            try ConnectionConfiguration.resolve(password: "a\0b", environment: [:], system: Self.system())
        }
        #expect(error?.message.contains("NUL") == true)
    }

    // MARK: What is refused and what passes

    @Test(arguments: [
        "gssencmode=disable", "gssencmode=prefer", "target_session_attrs=any", "load_balance_hosts=disable",
        "sslcompression=0", "channel_binding=prefer", "channel_binding=disable", "sslnegotiation=postgres",
        "krbsrvname=postgres", "gssdelegation=0", "replication=false", "sslsni=1", "sslcertmode=allow",
        "sslcertmode=disable", "min_protocol_version=3.0", "max_protocol_version=3.0",
        "ssl_min_protocol_version=TLSv1.2", "ssl_max_protocol_version=TLSv1.3", "client_encoding=UTF8",
        "client_encoding=auto", "client_encoding=Unicode", "sslcert=''", "sslkey=", "passfile=''", "require_auth=''",
        "port=''",
        "ssl_min_protocol_version=''", "krbsrvname=''", "sslrootcert=system", "require_auth=oauth",
    ])
    func whatAsksForNothingPasses(text: String) {
        #expect(throws: Never.self) { try resolve(text) }
    }

    @Test(arguments: [
        "gssencmode=require", "gssencmode=''", "sslcompression=1", "krbsrvname=x", "gsslib=gssapi", "gssdelegation=1",
        "replication=database", "replication=true", "client_encoding=LATIN1", "sslmode=bogus", "sslmode=REQUIRE",
        "sslmode=''", "sslnegotiation=indirect", "sslnegotiation=''", "sslsni=2", "sslcertmode=maybe", "sslcertmode=''",
        "channel_binding=maybe", "channel_binding=''", "target_session_attrs=master", "target_session_attrs=''",
        "load_balance_hosts=yes", "load_balance_hosts=''", "min_protocol_version=3.1", "min_protocol_version=''",
        "max_protocol_version=4.0", "max_protocol_version=Latest", "min_protocol_version=3.2 max_protocol_version=3.0",
        "ssl_min_protocol_version=TLSv1.4", "ssl_max_protocol_version=SSLv3", "ssl_min_protocol_version=TLSv1\u{130}",
        "ssl_min_protocol_version=tlsv1.3 ssl_max_protocol_version=TLSv1.2", "scram_client_key=hunter2",
        "scram_client_key=''", "scram_server_key=AAAA", "port=0", "port=65536", "port=99999", "port=x", "port=1,2",
        "port=1,x host=a,b", "host=a,b port=1,2,3", "host=a,b,c port=1,2", "host=a,b hostaddr=10.0.0.1",
        "hostaddr=10.0.0.1,10.0.0.2 host=a", "hostaddr=localhost", "hostaddr=1.2.3.4%eth0", "hostaddr=10.0.0.1",
        "host=@abstract", "host=a,@b", "connect_timeout=1.5", "connect_timeout=99999999999", "connect_timeout=''",
        "keepalives=yes", "keepalives=''", "keepalives_idle=x", "tcp_user_timeout=x", "service=nosuch", "service=''",
        "sslmode=require sslrootcert=system", "sslmode=disable sslrootcert=system host=/tmp",
        "sslmode=prefer sslnegotiation=direct", "sslmode=disable sslnegotiation=direct host=/tmp", "require_auth=,",
        "require_auth=gss,sspi",
    ])
    func whatIsNotSupportedIsAnError(text: String) {
        let message = failure(text)
        let keyword = text.prefix { $0 != "=" }
        #expect(message.contains(keyword), "\(message)")
        #expect(message.contains("(connection string, position ") || keyword == "hostaddr", "\(message)")
        #expect(!message.contains("hunter2"))
    }

    @Test func everyKeywordWithAVariableIsReadFromIt() throws {
        for keyword in ConnectionKeyword.all {
            guard let variable = keyword.environmentVariable else { continue }
            let wrong = failure(nil, [variable: "a\0b"])
            #expect(wrong.contains("\(keyword.name) (environment variable \(variable)): "), "\(wrong)")
            let value: String
            switch keyword.name {
            case "service": continue
            case "sslmode", "sslnegotiation", "sslcertmode", "channel_binding", "target_session_attrs",
                "load_balance_hosts", "client_encoding", "require_auth", "ssl_max_protocol_version", "sslsni", "port",
                "connect_timeout", "hostaddr", "min_protocol_version", "max_protocol_version",
                "ssl_min_protocol_version":
                let values = [
                    "sslmode": "require", "sslnegotiation": "postgres", "require_auth": "none", "hostaddr": "127.0.0.1",
                    "client_encoding": "UTF8", "ssl_max_protocol_version": "TLSv1.3", "sslsni": "0", "port": "7",
                    "connect_timeout": "9", "min_protocol_version": "3.0", "max_protocol_version": "3.2",
                ]
                value = values[keyword.name] ?? keyword.defaultValue ?? ""
            default:
                switch keyword.support {
                case .supported: value = "a"
                case .values(let values, _): value = values[0]
                case .unsupported: continue
                }
            }
            let setting = try resolve(nil, [variable: value]).settings.first { $0.keyword == keyword.name }
            #expect(setting?.source == .environment(variable), "\(keyword.name)")
            #expect(setting?.value == (keyword.isSecret ? ConnectionSetting.redacted : value))
        }
    }

    @Test func errorsSayWhere() {
        #expect(failure("postgresql://db?gssencmode=require").contains("(connection string, position 28)"))
        #expect(failure("postgresql://\u{1f418},db:1,2,3?port=0").contains("position 33"))
        #expect(failure(nil, ["PGSSLMODE": "x"]).contains("(environment variable PGSSLMODE)"))
        #expect(failure(nil, ["PGSERVICE": "x"]).contains("(environment variable PGSERVICE): there is no group [x]"))
    }

    // MARK: Everything else that is read

    @Test func settingsOfTLS() throws {
        let tls = try resolve(
            "host=db sslnegotiation=direct sslcert=c sslkey=k sslpassword=hunter2 sslcertmode=require sslrootcert=r "
                + "sslcrl=l sslcrldir=d sslsni=0 sslkeylogfile=f ssl_min_protocol_version=TLSV1.1 "
                + "ssl_max_protocol_version=tlsv1.3"
        ).tls
        #expect(tls.negotiation == .direct)
        #expect(tls.certificateFile == "c" && tls.keyFile == "k" && tls.keyPassword?.count == 7)
        #expect(tls.certificateMode == .require && tls.roots == .file("r"))
        #expect(tls.revocationListFile == "l" && tls.revocationListDirectory == "d")
        #expect(!tls.sendsServerName && tls.keyLogFile == "f")
        #expect(tls.minimumVersion == .v1_1 && tls.maximumVersion == .v1_3)
        let defaults = try resolve("host=db").tls
        #expect(defaults.negotiation == .postgres && defaults.certificateMode == .allow)
        #expect(defaults.certificateFile == nil && defaults.keyFile == nil && defaults.keyPassword == nil)
        #expect(defaults.minimumVersion == .v1_2 && defaults.maximumVersion == nil && defaults.sendsServerName)
        #expect(try resolve("host=db ssl_min_protocol_version=''").tls.minimumVersion == .v1_0)
        #expect(try !resolve("host=db sslsni=''").tls.sendsServerName)
        #expect(failure("host=db ssl_max_protocol_version=TLSv1.1").contains("ssl_min_protocol_version"))
    }

    @Test(arguments: SSLMode.allCases) func everyMode(mode: SSLMode) throws {
        let configuration = try resolve("host=db sslmode=\(mode)")
        #expect(configuration.requestedSSLMode == mode && configuration.hostMode == mode)
    }

    @Test func directNegotiationNeedsAMode() throws {
        #expect(throws: Never.self) { try resolve("host=db sslnegotiation=direct") }
        #expect(throws: Never.self) { try resolve("host=localhost sslnegotiation=direct sslmode=require") }
        #expect(throws: Never.self) { try resolve("host=/tmp sslnegotiation=direct sslmode=require") }
        #expect(failure("host=localhost sslnegotiation=direct").contains("sslmode=prefer is too weak"))
    }

    @Test(arguments: [
        ("", ProtocolVersion.v3_0, ProtocolVersion.v3_0), ("max_protocol_version=3.2", .v3_0, .v3_2),
        ("max_protocol_version=latest", .v3_0, .v3_2), ("min_protocol_version=3.2", .v3_2, .v3_2),
        ("min_protocol_version=latest", .v3_2, .v3_2),
        ("min_protocol_version=3.0 max_protocol_version=3.2", .v3_0, .v3_2),
    ])
    func protocolVersions(text: String, minimum: ProtocolVersion, maximum: ProtocolVersion) throws {
        let configuration = try resolve(text)
        #expect(configuration.minimumProtocolVersion == minimum)
        #expect(configuration.maximumProtocolVersion == maximum)
    }

    @Test(arguments: TargetSessionAttributes.allCases) func sessionAttributes(_ attributes: TargetSessionAttributes)
        throws
    {
        #expect(try resolve("target_session_attrs=\(attributes.rawValue)").targetSessionAttributes == attributes)
    }

    @Test func theRest() throws {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        let configuration = try resolve(
            "requirepeer=postgres load_balance_hosts=random scram_client_key=\(key) scram_server_key=\(key) "
                + "oauth_issuer=https://i oauth_client_id=c oauth_client_secret=hunter2 oauth_scope='a b'")
        #expect(configuration.requiredPeer == "postgres")
        #expect(configuration.loadBalancing == .random)
        #expect(configuration.scramClientKey?.count == 32 && configuration.scramServerKey?.count == 32)
        #expect(configuration.oauth.issuer == "https://i" && configuration.oauth.clientID == "c")
        #expect(configuration.oauth.clientSecret?.count == 7 && configuration.oauth.scope == "a b")
        for setting in configuration.settings {
            #expect(!setting.value.contains("hunter2") && !setting.value.contains(key))
        }
        for wrong in [String(key.dropLast()), key + "=", " " + key, key + " ", "AAAA", String(key.dropLast(2)) + "9="] {
            let message = failure("scram_client_key='\(wrong)'")
            #expect(message.contains("32 bytes") && !message.contains("AAEC"))
        }
    }

    @Test func aPasswordTornByASlashIsNotQuoted() {
        // Without encoding, the first part of the password is where the port stands.
        #expect(!failure("postgresql://app:hunter2/x@host").contains("hunter2"))
    }

    @Test func theDescriptionRedacts() throws {
        let configuration = try resolve("postgresql://app:hunter2@db/bank")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("bank"))
        }
        #expect(configuration.description.contains("password=********"))
        #expect(configuration.password?.count == 7)
    }
}

extension ConnectionConfiguration {
    /// The mode for the only host.
    fileprivate var hostMode: SSLMode { sslMode(for: host) }
}
