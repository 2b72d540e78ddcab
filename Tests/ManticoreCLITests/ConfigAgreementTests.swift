import PostgresClient
import Testing

/// `manticore config` and libpq come to the same settings, or both refuse, for connection strings with everything that
/// adds to them: environment, service files, password files.
@Suite(.enabled(if: Libpq.complete != nil, "no libpq.so.5 of version 18 or later is on this machine"))
struct ConfigAgreementTests {
    private static let secrets: Set = [
        "password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret",
    ]

    /// The keywords whose default differs on purpose (docs/security.md), or is said where libpq keeps silent.
    private static let defaultsOfOurOwn: Set = [
        "sslmode", "connect_timeout", "host", "client_encoding", "gssencmode", "keepalives", "application_name",
        "min_protocol_version", "max_protocol_version", "passfile",
    ]

    /// The files that the cases speak of.
    private static func makeFiles() throws -> Scratch {
        let files = try Scratch()
        try files.write(
            "home/.pg_service.conf",
            """
            # services
            [bank]
            host=bank.example
            port=26257
            user=teller
            sslmode=verify-ca
            application_name=from the file
            [second]
            dbname=two
            [both]
            user=first
            user=second
            [nested]
            service=bank
            [wrong]
            nosuch=1
            [bad]
            sslmode=bogus

            """)
        try files.write(
            "etc/pg_service.conf", "[system]\nhost=sys.example\nconnect_timeout=7\n[bank]\nhost=no.example\n")
        try files.write("own.conf", "[bank]\nhost=own.example\noptions=-c a=b\n")
        try files.write("malformed.conf", "[bank]\nhost\n")
        let passwords = "h:*:*:teller:hunter2\nh:5433:d:u:hunter2\nlocalhost:*:*:*:hunter2\n127.0.0.1:*:*:*:hunter2\n"
        try files.writePrivate("home/.pgpass", passwords)
        try files.writePrivate("passwords", "*:*:*:*:hunter2\n")
        try files.write("open", "*:*:*:*:hunter2\n")
        return files
    }

    private static func environment(_ variables: [String: String], _ files: Scratch) -> [String: String] {
        ["HOME": files.path + "/home", "PGSYSCONFDIR": files.path + "/etc"].merging(
            variables.mapValues { $0.replacing("FILES", with: files.path) }
        ) { _, given in given }
    }

    /// Where the two part; nil if nowhere.
    ///
    /// Of several hosts libpq tells the password of the first only.
    private func difference(_ ours: ConfigReading, _ theirs: LibpqAnswer, _ libpq: Libpq) -> String? {
        for keyword in libpq.keywords {
            let own = ours.settings[keyword.name]
            let value = own?.value ?? ""
            var other = theirs.settings[keyword.name] ?? ""
            if keyword.name == "password" { other = theirs.password }
            if Self.secrets.contains(keyword.name) {
                if own?.source == "password file", ours.settings["host"]?.value.contains(",") == true { continue }
                if value != (other.isEmpty ? "" : ConfigReading.mask) {
                    return "\(keyword.name) is \(value), libpq's \(other)"
                }
                continue
            }
            if value.utf8.elementsEqual(other.utf8) { continue }
            let isDefault = own.map { $0.source == "default" } ?? true
            let isTheirDefault = other.isEmpty || other == keyword.defaultValue
            if Self.defaultsOfOurOwn.contains(keyword.name), isDefault, isTheirDefault { continue }
            // An empty value stands for the default, which libpq does not put in its place.
            if isDefault, other.isEmpty, value == keyword.defaultValue { continue }
            return "\(keyword.name) is \(value) (\(own?.source ?? "from nowhere")), in libpq \(other)"
        }
        return nil
    }

    private func compare(
        _ cases: [(string: String, environment: [String: String])], connects: Bool = false,
        _ check: (LibpqAnswer.Question, ConfigReading, LibpqAnswer, Libpq) throws -> Void
    ) async throws {
        let libpq = try #require(Libpq.complete)
        let files = try Self.makeFiles()
        defer { files.remove() }
        let questions = cases.map { item in
            LibpqAnswer.Question(
                string: item.string.replacing("FILES", with: files.path),
                environment: Self.environment(item.environment, files), connects: connects)
        }
        async let answers = LibpqAnswer.answers(to: questions)
        let readings = try await questions.mapped { question in
            try await ConfigReading(of: question.string, environment: question.environment)
        }
        try #require(try await answers.count == readings.count)
        for (question, (ours, theirs)) in zip(questions, zip(readings, try await answers)) {
            try check(question, ours, theirs, libpq)
        }
    }

    // MARK: What both take

    @Test func taken() async throws {
        #expect(Self.takenCases.count >= 60)
        try await compare(Self.takenCases) { question, ours, theirs, libpq in
            #expect(theirs.refusal == nil, "\(question): libpq does not take it: \(theirs.refusal ?? "")")
            #expect(ours.refusal == nil, "\(question): it is refused: \(ours.refusal ?? "")")
            guard ours.refusal == nil, theirs.refusal == nil else { return }
            let difference = difference(ours, theirs, libpq)
            #expect(difference == nil, "\(question): \(difference ?? "")")
        }
    }

    /// A value for each keyword that has to have a certain form, but for those that have cases of their own.
    private static let values = [
        "channel_binding": "disable", "connect_timeout": "33", "hostaddr": "127.0.0.1", "port": "6543",
        "client_encoding": "UTF8", "keepalives": "0", "keepalives_idle": "1", "keepalives_interval": "2",
        "keepalives_count": "3", "tcp_user_timeout": "4", "sslmode": "require", "sslnegotiation": "postgres",
        "sslcompression": "0", "sslcertmode": "disable", "sslsni": "0", "require_auth": "!none",
        "min_protocol_version": "3.0", "ssl_min_protocol_version": "tlsv1.1", "ssl_max_protocol_version": "TLSv1.3",
        "gssencmode": "disable", "krbsrvname": "postgres", "gssdelegation": "0", "replication": "off",
        "target_session_attrs": "prefer-standby", "load_balance_hosts": "random",
        "scram_client_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "scram_server_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "service": "bank",
        "sslrootcert": "/x", "sslcert": "/x", "sslkey": "/x", "passfile": "FILES/passwords",
    ]

    /// The other half, since one half alone is refused.
    private static let companions = [
        "scram_client_key": "scram_server_key", "scram_server_key": "scram_client_key",
    ]

    // Not taken here: nothing (gsslib) or not what libpq looks at last (max_protocol_version).
    private static let ofTheirOwn: Set = ["gsslib", "max_protocol_version"]

    private static var takenCases: [(string: String, environment: [String: String])] {
        var cases = strings.map { (string: $0, environment: [String: String]()) } + inEnvironments
        for keyword in ConnectionKeyword.all where !ofTheirOwn.contains(keyword.name) {
            let value = values[keyword.name] ?? "a b%c"
            let base = keyword.name == "host" || keyword.name == "hostaddr" ? "sslmode=prefer" : "host=h"
            var list = "\(base) \(keyword.name)='\(value)'"
            if let other = companions[keyword.name] { list += " \(other)=\(values[other] ?? "")" }
            cases.append((list, [:]))
            if let variable = keyword.environmentVariable {
                let server = keyword.name == "hostaddr" ? "host=h sslmode=prefer" : base
                cases.append((server, [variable: value]))
                if keyword.allowsEmpty { cases.append((server, [variable: ""])) }
            }
        }
        return cases
    }

    private static let strings = [
        "", " ", "postgresql://", "postgres://h", "postgresql://u@h/d", "postgresql://u:p%40w@h:6543/d?sslmode=require",
        "postgresql://u%20v:p@h/d%20e", "postgresql:///d?host=/tmp&port=5433", "postgresql://%2Ftmp:5433/d",
        "postgresql://[::1]:5433/d", "postgresql://[fe80::1%25lo]/d", "postgresql://a,b:6000,[::1]:6001/d",
        "postgresql://a:1,b:2?target_session_attrs=read-write",
        "postgresql://a,b/d?hostaddr=127.0.0.1,::1&load_balance_hosts=random", "postgresql://u@/d",
        "postgresql://h/?user=u",
        "postgresql://h?ssl=true", "postgresql://h?requiressl=1", "postgresql://h?requiressl=0", "postgresql://h:/d",
        "postgresql://h?application_name=a%20b%26c%3Dd%25", "postgresql://%75:%70@%68/%64", "postgresql://u@h?user=v",
        "postgresql://h?user=u&user=v", "postgresql://h?fallback_application_name=f", "postgresql://é@ü/ö",
        "postgresql://u@h:26257/bank?sslmode=verify-full&options=--cluster%3Dblue-dog-147",
        "postgresql://h/d?connect_timeout=0", "postgresql://h/d?sslrootcert=system", "postgresql://h//",
        "host=a,b,c port=1,,3", "host=a,b,c port=1", "host=a, port=1,2", "host=,b", "hostaddr=127.0.0.1,127.0.0.2",
        "host='/a b' port=6543 user='it\\'s'", "host=/tmp sslmode=verify-full sslrootcert=/x", "user=u dbname=",
        "host=h user= password=", "host=h password='p w'", "host=h sslpassword=x", "host=h connect_timeout=-1",
        "host=h connect_timeout=' 12 '", "host=h port=' 12 '", "host=h sslmode=disable requiressl=1",
        "requiressl=1 host=h",
        "host=h require_auth=password,md5,scram-sha-256,none", "host=h require_auth=!password,!md5",
        "host=h sslmode=require sslnegotiation=direct", "host=h client_encoding=auto",
        "host=h ssl_min_protocol_version=", "host=h sslsni=", "host=h ssl_max_protocol_version=TLSv1.2",
        "host=h min_protocol_version=3.2", "host=h gssencmode=prefer", "host=h fallback_application_name=f",
        "host=h fallback_application_name=f application_name=a", "host=h oauth_issuer=https://i oauth_client_id=c",
        "host=h oauth_client_secret=s oauth_client_id=c oauth_issuer=https://i oauth_scope='a b'",
        // Services.
        "service=bank", "service=bank host=h", "service=bank user=", "service=second", "service=both",
        "service=system", "postgresql:///?service=bank", "postgresql://u@h/d?service=bank&sslmode=require",
        "host=h service=bank sslmode=disable",
        // Passwords.
        "host=h user=teller", "host=h user=other", "host=h port=5433 user=u dbname=d", "host=h port=5433 user=u",
        "host=/tmp", "host=localhost user=x", "hostaddr=127.0.0.1 user=x sslmode=prefer",
        "host=other passfile=FILES/passwords", "host=h user=teller passfile=FILES/nosuch",
        "host=h user=teller passfile=FILES/open", "host=h user=teller passfile=FILES", "host=h passfile=",
        "host=h user=teller password=own", "host=h user=teller password=",
    ]

    private static let inEnvironments: [(string: String, environment: [String: String])] = [
        ("", ["PGHOST": "h", "PGPORT": "5433", "PGUSER": "u", "PGDATABASE": "d"]),
        ("host=h", ["PGSERVICE": "bank"]), ("", ["PGSERVICE": "bank"]), ("service=second", ["PGSERVICE": "bank"]),
        ("service=bank", ["PGSERVICEFILE": "FILES/own.conf"]), ("", ["PGSERVICE": "bank", "PGUSER": "u"]),
        ("service=system", ["PGSERVICEFILE": "FILES/own.conf"]), ("user=", ["PGUSER": "u", "PGHOST": "h"]),
        ("port=", ["PGPORT": "1", "PGHOST": "h"]), ("dbname=", ["PGDATABASE": "d", "PGUSER": "u"]),
        ("host=h", ["PGREQUIRESSL": "1"]), ("host=h", ["PGREQUIRESSL": "0"]),
        ("host=h", ["PGREQUIRESSL": "1", "PGSSLMODE": "disable"]), ("host=h sslmode=allow", ["PGREQUIRESSL": "1"]),
        ("host=h", ["PGPASSWORD": "p"]), ("host=h user=teller", ["PGPASSWORD": ""]),
        ("host=other", ["PGPASSFILE": "FILES/passwords"]), ("host=other passfile=", ["PGPASSFILE": "FILES/passwords"]),
        ("host=a,b", ["PGPORT": "1,2"]), ("hostaddr=127.0.0.1", ["PGHOST": "h"]), ("host=h", ["PGHOSTADDR": "::1"]),
        ("host=h", ["PGSSLROOTCERT": "system"]), ("host=h sslrootcert=/x", ["PGSSLROOTCERT": "system"]),
        ("postgresql://h/d", ["PGDATABASE": "e", "PGHOST": "i", "PGPORT": "7"]), ("host=h", ["HOME": "/nonexistent"]),
    ]

    // MARK: What both refuse

    @Test func refused() async throws {
        let cases = Self.refusedStrings.map { (string: $0, environment: [String: String]()) } + Self.refusedEnvironments
        try await compare(cases) { question, ours, theirs, _ in
            #expect(theirs.refusal != nil, "\(question): libpq takes it")
            #expect(ours.refusal != nil, "\(question): it is taken")
            guard
                !question.environment.keys.contains(where: {
                    $0 != "HOME" && $0.hasPrefix("PG") && $0 != "PGSYSCONFDIR"
                })
            else { return }
            // What is wrong with the string is said with its place; what a file lacks has no other.
            let position = ours.position ?? 0
            #expect(
                (1...question.string.utf8.count + 1).contains(position)
                    || ours.refusal?.contains("pg_service.conf") == true,
                "\(question): \(ours.refusal ?? "")")
        }
    }

    private static let refusedStrings = [
        "host", "host=h nosuch=1", "host='a", "=x", "HOST=h", "host=a b", "postgresql://h?nosuch=1",
        "postgresql://h/%zz",
        "postgresql://h/%00", "postgresql://[::1", "postgresql://[]", "postgresql://[::1]x", "postgresql://h?user",
        "postgresql://h?user==", "postgresql://u v@h", "mysql://h/d", "postgresql:/h", "postgresql://h?ssl=1",
        "host=h sslmode=bogus", "host=h sslmode=", "host=h sslmode=Require", "host=h channel_binding=maybe",
        "host=h channel_binding=", "host=h require_auth=bogus", "host=h require_auth=md5,!password",
        "host=h require_auth=md5,md5", "host=h require_auth=,", "host=h sslmode=require sslnegotiation=bogus",
        "host=h sslmode=prefer sslnegotiation=direct", "host=h sslcertmode=bogus", "host=h sslcertmode=",
        "host=h ssl_min_protocol_version=bogus", "host=h ssl_max_protocol_version=TLSv1.4",
        "host=h ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2",
        "host=h sslmode=require sslrootcert=system", "host=h target_session_attrs=master",
        "host=h target_session_attrs=", "host=h load_balance_hosts=yes", "host=h load_balance_hosts=",
        "host=h scram_client_key=x", "host=h scram_client_key=AAAA", "host=h scram_server_key=x",
        "host=h gssencmode=bogus",
        "host=h min_protocol_version=2.0", "host=h min_protocol_version=3.1", "host=a,b port=1,2,3",
        "host=a,b hostaddr=127.0.0.1", "host=a hostaddr=127.0.0.1,::1", "postgresql://a,b?port=1,2,3",
        "service=nosuch", "service=", "service=wrong", "service=nested", "service=bad host=h",
    ]

    private static let refusedEnvironments: [(string: String, environment: [String: String])] = [
        ("host=h", ["PGSSLMODE": "bogus"]), ("host=h", ["PGSSLMODE": ""]), ("host=h", ["PGSERVICE": "nosuch"]),
        ("service=bank", ["PGSERVICEFILE": "FILES/nosuch"]),
        ("service=bank", ["PGSERVICEFILE": "FILES/malformed.conf"]),
        ("host=h", ["PGCHANNELBINDING": "x"]), ("host=h", ["PGREQUIREAUTH": "x"]),
        ("host=h", ["PGTARGETSESSIONATTRS": "x"]), ("host=a,b", ["PGPORT": "1,2,3"]),
        ("host=h", ["PGSSLCERTMODE": "x"]),
        ("host=h", ["PGLOADBALANCEHOSTS": "x"]), ("host=h sslmode=require", ["PGSSLROOTCERT": "system"]),
        ("host=h sslmode=allow", ["PGSSLNEGOTIATION": "direct"]), ("host=h", ["PGMINPROTOCOLVERSION": "9"]),
    ]

    // MARK: What libpq refuses once it comes to it

    /// Before the first host is tried these are fine for libpq; here they are refused at once, and where it is said.
    private static let refusedLater = [
        ("host=127.0.0.1 port=%", "99999"), ("host=127.0.0.1 port=%", "0"), ("host=127.0.0.1 port=%", "-1"),
        ("host=127.0.0.1 port=%", "abc"), ("hostaddr=127.0.0.1 port='%'", "5432x"),
        ("postgresql://127.0.0.1:%/d", "99999"), ("postgresql://127.0.0.1/d?port=%", "65536"),
        ("port=1 sslmode=prefer hostaddr=%", "localhost"), ("port=1 sslmode=prefer hostaddr=%", "127.0.0.256"),
        ("host=127.0.0.1 port=1 keepalives=%", "x"), ("host=127.0.0.1 port=1 keepalives_idle=%", "1s"),
        ("host=127.0.0.1 port=1 keepalives_interval=%", "x"), ("host=127.0.0.1 port=1 keepalives_count=%", "x"),
        ("host=127.0.0.1 port=1 tcp_user_timeout=%", "99999999999"),
        ("host=127.0.0.1 port=1 max_protocol_version=%", "2.0"),
    ]

    @Test func refusedAtOnce() async throws {
        let cases = Self.refusedLater.map { (string: $0.0.replacing("%", with: $0.1), environment: [String: String]()) }
        let places = Self.refusedLater.map {
            $0.0.split(separator: "%", omittingEmptySubsequences: false)[0].utf8.count
        }
        var next = places.makeIterator()
        try await compare(cases, connects: true) { question, ours, theirs, _ in
            #expect(theirs.refusal != nil, "\(question): libpq takes it")
            #expect(ours.refusal != nil, "\(question): it is taken")
            let place = (next.next() ?? 0) + 1
            // A quote before the value belongs to it.
            #expect(ours.position == place || ours.position == place - 1, "\(question): \(ours.refusal ?? "")")
        }
    }

    @Test func whatOnlyTheConnectionShows() async throws {
        // libpq reads it when it begins to wait.
        let reading = try await ConfigReading(of: "host=h connect_timeout=soon", environment: [:])
        #expect(reading.position == 24 && reading.refusal?.contains("whole number") == true)
        // The highest version, which libpq looks at last.
        try await compare([("host=127.0.0.1 port=1 max_protocol_version=latest", [:])], connects: true) {
            question, ours, theirs, libpq in
            #expect(theirs.refusal == nil, "\(theirs.refusal ?? "")")
            #expect(ours.settings["max_protocol_version"] == .init(value: "latest", source: "connection string"))
            #expect(difference(ours, theirs, libpq) == nil)
        }
    }

    // MARK: What is refused here alone

    /// What libpq takes and this client refuses: docs/security.md, "Where it differs from libpq".
    private static let refusedHere: [(string: String, environment: [String: String])] = [
        ("host=h sslcompression=1", [:]), ("host=h client_encoding=LATIN1", [:]), ("host=h replication=database", [:]),
        ("host=h krbsrvname=other", [:]), ("host=h gssdelegation=1", [:]), ("host=h sslsni=2", [:]),
        ("host=u@h", [:]), ("host=@abstract", [:]), ("postgresql://h/%ff", [:]), ("hostaddr=10.0.0.1", [:]),
        ("host=h", ["PGCLIENTENCODING": "LATIN1"]),
        ("host=h scram_client_key=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", [:]),
    ]

    @Test func refusedHereAlone() async throws {
        try await compare(Self.refusedHere) { question, ours, theirs, _ in
            #expect(theirs.refusal == nil, "\(question): \(theirs.refusal ?? "")")
            #expect(ours.refusal != nil, "\(question): it is taken")
        }
    }
}
