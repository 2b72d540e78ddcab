import PostgresClient
import PostgresWire
import Testing

/// Our parser of connection strings beside libpq's own.
@Suite(.ownThread, .enabled(if: Libpq.newest != nil, "no libpq.so.5 is on this machine"))
struct LibpqAgreementTests {
    private func libpq() throws -> Libpq { try #require(Libpq.newest) }

    /// Whether the installed libpq is too old to be asked about a string: it does not know all keywords, and takes
    /// spaces in a URI as they are.
    private func isBeyond(_ text: String, _ libpq: Libpq) -> Bool {
        guard libpq.version < Libpq.version18 else { return false }
        let known = Set(libpq.keywords.map(\.name))
        let isNew = ConnectionKeyword.all.contains { !known.contains($0.name) && text.contains($0.name) }
        return isNew || text.hasPrefix("postgres") && text.contains(" ")
    }

    /// Expects that who wrote a string that is refused is told where.
    private func expectPosition(_ text: String) {
        let error = #expect(throws: PostgresError.self) { try ConnectionString(text) }
        let place = error?.message.firstMatch(of: /^the connection string is malformed at position (\d+): ./)
        let position = place.flatMap { Int($0.output.1) } ?? 0
        #expect((1...text.utf8.count + 1).contains(position), "\(text.debugDescription): \(error?.message ?? "")")
    }

    // MARK: Keywords

    @Test func theRegistryIsLibpqs() throws {
        let libpq = try libpq()
        let ours = Dictionary(uniqueKeysWithValues: ConnectionKeyword.all.map { ($0.name, $0) })
        for keyword in libpq.keywords {
            let own = try #require(ours[keyword.name], "\(keyword.name) is missing")
            #expect(own.environmentVariable == keyword.variable, "\(keyword.name)")
        }
        guard libpq.version >= Libpq.version18 else { return }
        #expect(ConnectionKeyword.all.map(\.name) == libpq.keywords.map(\.name))
        // Where libpq has a default, so do we; these differ on purpose or depend on how libpq was built.
        let others: Set = ["sslmode", "gssencmode", "options", "channel_binding"]
        for keyword in libpq.keywords where !others.contains(keyword.name) && keyword.defaultValue != nil {
            #expect(ours[keyword.name]?.defaultValue == keyword.defaultValue, "\(keyword.name)")
        }
    }

    @Test func everyKeywordInBothForms() throws {
        let libpq = try libpq()
        let known = Set(libpq.keywords.map(\.name))
        for keyword in ConnectionKeyword.all where known.contains(keyword.name) {
            for text in [
                "\(keyword.name)=a", "\(keyword.name) = 'a b'", "\(keyword.name)=",
                "\(keyword.name)=a \(keyword.name)=b",
                "postgresql://?\(keyword.name)=a%20b", "postgresql:///?\(keyword.name)=",
                "postgresql://h/d?\(keyword.name)=a&\(keyword.name)=b",
            ] {
                #expect(ConnectionStringAgreement.outcome(text, libpq: libpq.settings(text)) == .taken, "\(text)")
            }
        }
    }

    // MARK: Strings

    @Test func agreedOn() throws {
        let libpq = try libpq()
        #expect(Self.strings.count >= 150)
        #expect(Set(Self.strings.map { Array($0.utf8) }).count == Self.strings.count)
        var taken = 0
        for text in Self.strings where !isBeyond(text, libpq) {
            let outcome = ConnectionStringAgreement.outcome(text, libpq: libpq.settings(text))
            if outcome == .taken { taken += 1 }
            #expect(outcome == .taken || outcome == .refused, "\(text.debugDescription): \(outcome)")
            if outcome == .refused { expectPosition(text) }
        }
        #expect(taken > Self.strings.count / 3)
    }

    @Test(arguments: ["postgresql://%ff@h", "postgresql://h/%C3", "postgresql://h?user=%80"])
    func whatIsNotUTF8IsRefusedOnPurpose(text: String) throws {
        #expect(ConnectionStringAgreement.outcome(text, libpq: try libpq().settings(text)) == .notUTF8)
    }

    @Test func agreedOnWhateverGrows() throws {
        let libpq = try libpq()
        var source = SystemRandomNumberGenerator()
        let seed = source.next()
        print("connection strings are grown from the seed \(seed)")
        var grower = ConnectionStringGrower(
            seed: seed, keywords: libpq.keywords.map(\.name), hasSpaces: libpq.version >= Libpq.version18)
        var taken = 0
        var refused = 0
        for _ in 0..<30_000 {
            let text = grower.string()
            if isBeyond(text, libpq) { continue }
            switch ConnectionStringAgreement.outcome(text, libpq: libpq.settings(text)) {
            case .taken: taken += 1
            case .refused:
                refused += 1
                expectPosition(text)
            case .notUTF8: break
            case .different(let what):
                Issue.record("seed \(seed), \(text.debugDescription): \(what)")
                return
            }
        }
        // Neither side may be judged by one kind alone.
        #expect(taken > 5_000 && refused > 5_000, "taken \(taken), refused \(refused), seed \(seed)")
    }

    private static let strings = uris + brokenURIs + lists + brokenLists

    private static let uris = [
        "postgresql://", "postgres://", "postgresql:///", "postgresql://?", "postgresql:///?", "postgresql://h",
        "postgresql://h/", "postgresql://h?", "postgresql://h/?", "postgresql://h:5433", "postgresql://h:5433/",
        "postgresql://h:5433/d", "postgresql://h:/d", "postgresql://h:", "postgresql://:5433", "postgresql://:5433/d",
        "postgresql:///d", "postgresql://h/d/e", "postgresql://h/d%2Fe", "postgresql://h//", "postgresql:////d",
        "postgresql://u@h", "postgresql://u@", "postgresql://u@/d", "postgresql://u@:1", "postgresql://@",
        "postgresql://@h",
        "postgresql://:@h", "postgresql://u:@h", "postgresql://:p@h", "postgresql://u:p@h:1/d?port=2",
        "postgresql://u:p:q@h", "postgresql://u:p@q@h", "postgresql://u:p%40q@h", "postgresql://u:%2F%3F%23@h",
        "postgresql://u%3Av:p@h", "postgresql://u:p#q@h#r", "postgresql://u;v=w@h", "postgresql://%75%73@%68/%64",
        "postgresql://h%2ei", "postgresql://h:%31", "postgresql://h%3A1", "postgresql://h%2Ci", "postgresql://%25",
        "postgresql://%C3%A9:%F0%9F%90%98@h", "postgresql://é@ü/ö?user=ä", "postgresql://[::1]", "postgresql://[::1]/d",
        "postgresql://[::1]:5433", "postgresql://[::1]:5433/d?user=u", "postgresql://u@[::1]",
        "postgresql://[::1]?user=u",
        "postgresql://[::1]:", "postgresql://[x]", "postgresql://[%3A%3A1]", "postgresql://[fe80::1%25eth0]",
        "postgresql://[a,b]", "postgresql://[a:b]:c", "postgresql://[[::1]", "postgresql://[::1],[::2]:2,c",
        "postgresql://a,b", "postgresql://a:1,b:2", "postgresql://a:1,b", "postgresql://a,b:2",
        "postgresql://a,b:2,c/d",
        "postgresql://,", "postgresql://,,", "postgresql://,a", "postgresql://a,", "postgresql://:1,:2",
        "postgresql://a:1,:2,b", "postgresql://u:p@a:1,b:2/d?target_session_attrs=any", "postgresql://%2Fvar%2Frun",
        "postgresql://%2Fvar%2Frun:5433/d", "postgresql://%2fa,%2fb", "postgresql:///d?host=/var/run",
        "postgresql://h/d?host=/var/run", "postgresql://h?user=u&password=p", "postgresql://h?user=u&user=v",
        "postgresql://h?user=", "postgresql://h?user=&", "postgresql://u@h?user=v", "postgresql://h/d?dbname=e",
        "postgresql://h/d?dbname=", "postgresql://h?user=a+b", "postgresql://h?user=a%2Bb",
        "postgresql://h?user=a%26b%3Dc",
        "postgresql://h?us%65r=u", "postgresql://h?user=u?v", "postgresql://h?user=u/v", "postgresql://h?user=u@v",
        "postgresql://h?user=[u]", "postgresql://h?user=a,b", "postgresql://h?user=a:b", "postgresql://h?user='a'",
        "postgresql://h?user=a\\b", "postgresql://h?user=a;b", "postgresql://h?user=a#b", "postgresql://h?ssl=true",
        "postgresql://h?ssl=true&sslmode=disable", "postgresql://h?sslmode=disable&ssl=true",
        "postgresql://h?ssl=%74rue",
        "postgresql://h?requiressl=1", "postgresql://h?requiressl=0", "postgresql://h?requiressl=",
        "postgresql://h?sslmode=bogus&port=99999", "postgresql:// h /d", "postgresql://h / d ", "postgresql:// @h",
        "postgresql://u : p @h", "postgresql://h? user = u & port = 1 ", "postgresql://h?user=%20u%20",
        "postgresql://   ",
        "postgresql://h/   ", "postgresql://a:1 ", "postgresql://\t@h", "postgresql://h\n", "postgresql://h/d\r\n",
        "postgresql://h?options=-c%20geqo%3Doff%20--cluster%3Da-1", "postgresql://h?hostaddr=1.2.3.4,::1",
        "postgresql://u:p@h.i-j.k.example:26257/bank?sslmode=verify-full&application_name=%24%20x",
    ]

    private static let brokenURIs = [
        "postgresql://h?ssl=1", "postgresql://h?ssl=True", "postgresql://h?ssl=", "postgresql://h?nosuch=1",
        "postgresql://h?USER=u", "postgresql://h?=", "postgresql://h?=u", "postgresql://h?&", "postgresql://h?user",
        "postgresql://h?user&port=1", "postgresql://h?user=u&&port=1", "postgresql://h?user=u&port",
        "postgresql://h?user=u=v", "postgresql://h?user==", "postgresql://h?user=%", "postgresql://h?user=%4",
        "postgresql://h?user=%4g", "postgresql://h?user=%00", "postgresql://h?%75ser%=u", "postgresql://%",
        "postgresql://%4",
        "postgresql://h%zz", "postgresql://h%00", "postgresql://u%00:p@h", "postgresql://u:p%@h", "postgresql://h/%",
        "postgresql://h:%x", "postgresql://a%,2f", "postgresql://[::1", "postgresql://[", "postgresql://[]",
        "postgresql://[]:1", "postgresql://[::1]x", "postgresql://[::1] ", "postgresql://[::1]]",
        "postgresql://[::1]@h",
        "postgresql://a b", "postgresql://a ,b", "postgresql://a, b", "postgresql://a:1 ,b", "postgresql://u v@h",
        "postgresql://h/d e", "postgresql://h?user=u v", "postgresql://h?us er=u", "postgresql://h?service file=x",
        "postgresql:/h", "postgresql:h", "postgresql", "Postgresql://h", "postgresql ://h", " postgresql://h",
        "postgre://h",
        "mysql://h", "mysql://h?user=u", "http://h/?a=b", "postgresql+x://h", "postgresql://h?servicefile=x",
    ]

    private static let lists = [
        "", " ", "\t\r\n\u{B}\u{C}", "host=h", "host=h port=1", "host=h\tport=1\nuser=u\r\ndbname=d", " host = h ",
        "host\n=\nh", "host=h  ", "host=", "host= ", "host= port=1", "host=''", "host='' port=''", "host=' '",
        "host='a b'",
        "host='a'port=1", "host='a'  port='1'", "host=a'b", "host=a'b'", "host='a\\'b'", "host='a\\\\b'", "host='a\\b'",
        "host=a\\ b", "host=a\\'b", "host=a\\\\b", "host=\\'a", "host=a\\", "host=\\", "host='a\\\\'", "host=a=b",
        "host==",
        "host='=' port='='", "host=a,b port=1,2", "host=/var/run", "host=@abstract", "hostaddr=1.2.3.4 host=a",
        "password='p w' user=u", "password=p\\ w", "user=é dbname='🐘 x'", "user=\\é", "user=a user=b", "user=a user=",
        "user=a user=''", "requiressl=1", "requiressl=0", "requiressl=", "requiressl='1x' sslmode=disable",
        "sslmode=disable requiressl=1", "sslmode=bogus port=99999", "user=#a", "user=a#b", "user=%41", "user=a%20b",
        "options='-c a=b -c c=\\'d e\\''", "user=\"a dbname=c\" dbname=d",
        "user=postgresql://h", "dbname='postgresql://h'", "user='a\nb'", "user=a;port=1", "user=a,port=1",
    ]

    private static let brokenLists = [
        "host", "host ", "host h", "host h=", "host=h port", "host=h port ", "=", "=h", " = h", "host=h =x", "nosuch=1",
        "HOST=h", "Host=h", "hos=h", "hostt=h", "ho\\st=h", "'host'=h", "host='", "host='a", "host='a\\'", "host='a\\",
        "host='a' 'b'", "host=a b", "host=a b c=d", "password=a b", "ssl=true", "servicefile=x", "tty=x", "authtype=x",
        "user=\"a b\"", "user=\"a b=c\"", "host=h;port 1", "é=x", "host=a\\ b c",
    ]
}
