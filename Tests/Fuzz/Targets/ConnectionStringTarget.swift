import PostgresClient
import PostgresWire

/// Connection strings, as they are taken apart and as a configuration is made of them; what libpq makes of them is the
/// same, keyword by keyword, wherever its library can be loaded.
enum ConnectionStringTarget: FuzzTarget {
    static let name = "connection-string"
    static let maximumLength = 192

    /// A machine without files, so that nothing depends on the one that it runs on.
    private static let system = LocalSystem(
        userName: { "somebody" }, homeDirectory: { "/users/somebody" }, fileExists: { _ in false })

    static func run(_ input: [UInt8]) throws {
        guard let text = String(validating: input, as: UTF8.self) else { return }
        var parsed: ConnectionString?
        var refusal: PostgresError?
        do {
            parsed = try ConnectionString(text)
        } catch {
            refusal = error
        }
        if let libpq = Libpq.complete, !input.contains(0) { try compare(parsed, refusal, with: libpq, input) }
        if let parsed { _ = (parsed.description, parsed.isURI) }
        do {
            let configuration = try ConnectionConfiguration.resolve(
                connectionString: text, environment: [:], system: system)
            try require(parsed != nil, "a configuration from a string that is refused")
            try check(configuration)
        } catch let error as PostgresError {
            try require(!error.message.isEmpty, "an error without a message")
        }
    }

    private static func compare(
        _ parsed: ConnectionString?, _ refusal: PostgresError?, with libpq: Libpq, _ input: [UInt8]
    ) throws {
        guard let options = libpq.parse(input) else {
            return try require(parsed == nil, "libpq refuses what is accepted here")
        }
        // libpq passes any bytes on; a value that is not UTF-8 is refused here.
        let isText = options.allSatisfy { $0.value.map { String(validating: $0, as: UTF8.self) != nil } ?? true }
        guard let parsed else {
            // A value that a later one hides may be what is no text.
            let isAboutText = refusal?.message.hasSuffix("is not UTF-8") ?? false
            return try require(!isText || isAboutText, "libpq accepts what is refused here: \(refusal?.message ?? "")")
        }
        try require(isText, "a value that is not UTF-8 is accepted")
        for option in options {
            let own = parsed[option.keyword].map { Array($0.utf8) }
            try require(
                own == option.value,
                "\(option.keyword) is \(String(describing: own)), in libpq \(String(describing: option.value))")
        }
    }

    /// What holds of every configuration that is handed out.
    private static func check(_ configuration: ConnectionConfiguration) throws {
        try require(!configuration.hosts.isEmpty, "there is no host")
        do {
            try configuration.validate()
        } catch {
            throw FuzzFailure("a configuration is not valid: \(error)")
        }
        var writer = WireWriter()
        Frontend.StartupMessage(parameters: configuration.startupParameters).encode(into: &writer)
        try require(writer.failure == nil, "the startup message cannot be written")
        for host in configuration.hosts { _ = (host.description, configuration.sslMode(for: host)) }
        for setting in configuration.settings where setting.keyword == "password" {
            try require(setting.value.isEmpty || setting.value == ConnectionSetting.redacted, "a password is shown")
        }
    }

    static let seeds: [[UInt8]] = [
        "postgresql://", "postgres://",
        "postgresql://app:secret@db.example:26257/bank?sslmode=verify-full&application_name=x",
        "postgresql://a,b:1,[::1]:2/db", "postgresql://[fe80::1%25eth0]:5432/",
        "postgresql://%2Fvar%2Frun/db?host=/tmp",
        "postgresql://u%40x:p%3Aw@h/d%20b?options=-c%20geqo%3Doff", "postgresql:///db?host=h1,h2&port=1,2&ssl=true",
        "postgresql://h?sslmode=require&sslmode=disable", "postgresql://@h", "postgresql://:p@h", "postgresql://u@/d",
        "postgresql://h:/d", "postgresql://h?", "postgresql://h?a", "postgresql://h?user==x", "postgresql://h/%zz",
        "postgresql://h/%00",
        "postgresql://[::1", "postgresql://[]", "postgresql://[::1]x", "postgresql://h:1:2",
        "postgresql://h/a/b?user=x&",
        "postgresql:// h / d ", "postgresql://h?requiressl=1", "mysql://h/d", "postgresql:/h", "postgresql://h#f",
        "host=h port=5432 user=app dbname=bank", "host = 'a b' password = 'it\\'s \\\\'", "host=a\\ b user=\\'x",
        "dbname='' host=", "host=h,i hostaddr=::1,127.0.0.1 port=1", "sslmode=bogus", "host", "=x", "host=='",
        "host='x",
        "bogus=1", "user=a\tdbname=b\r\nport=1\u{B}\u{C}host=h", "requiressl=1", "service=bank",
        "passfile=/x sslrootcert=system",
        "sslmode=verify-full sslrootcert=system host=h",
        "target_session_attrs=read-write load_balance_hosts=random host=h",
        "require_auth=scram-sha-256,md5 channel_binding=require host=h", "require_auth=!none host=h",
        "gssencmode=disable host=h",
        "connect_timeout=5 keepalives=0 keepalives_idle=1 tcp_user_timeout=100 host=h",
        "min_protocol_version=3.2 host=h",
        "max_protocol_version=latest host=h", "sslnegotiation=direct sslmode=require host=h", "replication=true host=h",
        "sslcert=c sslkey=k sslpassword=p sslcertmode=require sslcrl=x sslcrldir=y sslsni=0 host=h",
        "requirepeer=postgres host=/tmp",
        "ssl_min_protocol_version=TLSv1.2 ssl_max_protocol_version=TLSv1.3 host=h", "client_encoding=auto host=h",
        "é=1", "host=é",
        "oauth_issuer=https://x oauth_client_id=y oauth_client_secret=z oauth_scope=s host=h",
        "sslcompression=1 host=h", "",
        "scram_client_key=AAAA scram_server_key=AAAA sslkeylogfile=/x host=h",
        "options='-c x=1' fallback_application_name=f host=h",
    ].map { [UInt8](text: $0) }

    static let dictionary: [[UInt8]] =
        [
            "postgresql://", "postgres://", "%20", "%2F", "%3D", "%00", "%C3%A9", "%FF", "[::1]", "127.0.0.1", "'",
            "\\'", "\\\\", "=",
            "&", "?", ",", "@", ":", "/", " ", "ssl=true", "sslmode=", "requiressl=1", "require", "verify-full",
            "disable", "prefer",
            "system", "read-write", "random", "scram-sha-256", "!none", "3.2", "latest", "TLSv1.3", "5432", "65536",
            "localhost",
            "direct", "allow", "verify-ca", "any", "standby",
        ].map { [UInt8](text: $0) } + ConnectionKeyword.all.map { [UInt8](text: $0.name + "=") }
}
