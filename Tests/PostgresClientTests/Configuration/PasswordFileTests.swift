import PostgresClient
import PostgresWire
import Testing

@Suite struct PasswordFileTests {
    /// The password of a session as text; only its length is public.
    private func password(
        _ text: String, host: String = "h", port: Int = 5432, database: String = "d", user: String = "u"
    ) -> String? {
        PasswordFile(Array(text.utf8)).password(host: host, port: port, database: database, user: user)
            .map { String(decoding: $0.copyBytes(), as: UTF8.self) }
    }

    @Test(arguments: [
        ("h:5432:d:u:word", "word"), ("h:5432:d:u:word\n", "word"), ("h:5432:d:u:word\r\n", "word"),
        ("h:5432:d:u:word\r\r\n", "word"), ("*:*:*:*:word", "word"), ("h:*:d:*:word", "word"),
        ("# comment\n\nh:5432:d:u:word", "word"), ("#h:5432:d:u:no\nh:5432:d:u:word", "word"),
        ("other:5432:d:u:no\nh:5432:d:u:word\nh:5432:d:u:late", "word"), ("*:5432:d:u:word\nh:5432:d:u:no", "word"),
        ("h:5432:d:u:a\\:b", "a:b"), ("h:5432:d:u:a\\\\b", "a\\b"), ("h:5432:d:u:a\\b", "ab"),
        ("h:5432:d:u:a\\", "a\\"),
        ("h:5432:d:u:a:b", "a"), ("h:5432:d:u: a ", " a "), ("\\h:5432:d:\\u:word", "word"), ("h:5432:d:u:w#d", "w#d"),
        ("h:5432:d:u:é🐘", "é🐘"), ("h:5432:d:u:\\", "\\"),
    ])
    func found(text: String, expected: String) {
        #expect(password(text) == expected)
    }

    @Test(arguments: [
        "", "\n\n", "h:5432:d:u", "h:5432:d", "h", ":5432:d:u:word", "h:5433:d:u:word", "H:5432:d:u:word",
        " h:5432:d:u:word", "h :5432:d:u:word", "h:05432:d:u:word", "hh:5432:d:u:word", "h:5432:dd:u:word",
        "*h:5432:d:u:word", "\\*:5432:d:u:word", "**:5432:d:u:word", "h:5432:d:*", "h:5432:d:u\\:word",
        "h\\:5432:d:u:word",
        "h:5432:d:u:", "h:5432:d:u::word", "h:5432:d:u:wo\0rd", "h\0:5432:d:u:word", "h:5432:d:u:\r\n",
    ])
    func nothingFound(text: String) {
        #expect(password(text) == nil)
    }

    @Test func theFirstLineThatFitsDecidesEvenIfEmpty() {
        #expect(password("h:5432:d:u:\nh:5432:d:u:word") == nil)
    }

    @Test func colonsAndStarsInNames() {
        #expect(password("::1:5432:d:u:word", host: "::1") == "word")
        #expect(password("\\:\\:1:5432:d:u:word", host: "::1") == "word")
        #expect(password("\\*:5432:d:u:word", host: "*") == "word")
        #expect(password("h:5432:a\\\\b:u:word", database: "a\\b") == "word")
        #expect(password("é:5432:d:u:word", host: "e\u{301}") == nil)
    }

    @Test func bytesThatAreNotText() {
        let file = PasswordFile(Array("h:5432:d:u:".utf8) + [0xFF, 0x80, 0x0A])
        #expect(file.password(host: "h", port: 5432, database: "d", user: "u")?.copyBytes() == [0xFF, 0x80])
    }

    // MARK: In a configuration

    private func resolve(
        _ text: String, _ files: [String: String], status: LocalSystem.FileStatus = .init(),
        _ environment: [String: String] = ["HOME": "/users/u"]
    ) throws -> ConnectionConfiguration {
        let system = LocalSystem(
            userName: { "u" }, homeDirectory: { nil }, fileExists: { files[$0] != nil },
            fileStatus: { files[$0] == nil ? nil : status }, readFile: { files[$0].map { Array($0.utf8) } })
        return try .resolve(connectionString: text, environment: environment, system: system)
    }

    private func passwords(_ configuration: ConnectionConfiguration) -> [String?] {
        configuration.hosts.map { host in
            configuration.password(for: host).map { String(decoding: $0.copyBytes(), as: UTF8.self) }
        }
    }

    @Test func oneForEachHost() throws {
        let file = "a:1:d:u:first\nb:*:d:u:second\n10.0.0.3:*:d:u:third\nlocalhost:*:d:u:local\n/srv:*:d:u:socket\n"
        let configuration = try resolve(
            "host=a,b,c,,/tmp,/var/run/postgresql,/srv,d hostaddr=,,,10.0.0.3,,,,127.0.0.1 port=1 dbname=d "
                + "sslmode=require", ["/users/u/.pgpass": file])
        #expect(
            passwords(configuration) == ["first", "second", nil, "third", "local", "local", "socket", nil])
        let setting = configuration.settings.first { $0.keyword == "password" }
        #expect(setting?.value == ConnectionSetting.redacted)
        #expect(setting?.source == .passwordFile(path: "/users/u/.pgpass"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("first") && !"\(configuration.settings)".contains("first"))
    }

    /// An address without a name is looked up as itself: looked up as `localhost`, it would give another server's
    /// password away.
    @Test func anAddressIsNotLocalhost() throws {
        let file = "localhost:*:d:u:wrong\n127.0.0.2:*:d:u:right\n"
        let configuration = try resolve("hostaddr=127.0.0.2 dbname=d", ["/users/u/.pgpass": file])
        #expect(passwords(configuration) == ["right"])
        #expect(passwords(try resolve("hostaddr=127.0.0.3 dbname=d", ["/users/u/.pgpass": file])) == [nil])
    }

    @Test func whichFile() throws {
        let files = ["/users/u/.pgpass": "*:*:*:*:home", "/p": "*:*:*:*:given", "/e": "*:*:*:*:environment"]
        let environment = ["HOME": "/users/u", "PGPASSFILE": "/e"]
        #expect(passwords(try resolve("host=a", files)) == ["home"])
        #expect(passwords(try resolve("host=a", files, environment)) == ["environment"])
        #expect(passwords(try resolve("host=a passfile=/p", files, environment)) == ["given"])
        #expect(passwords(try resolve("host=a passfile=''", files, environment)) == ["home"])
        #expect(passwords(try resolve("host=a passfile=/absent", files)) == [nil])
        #expect(passwords(try resolve("host=a", files, [:])) == [nil])
        #expect(passwords(try resolve("host=a password=own", files)) == ["own"])
        #expect(passwords(try resolve("host=a password=''", files)) == ["home"])
        #expect(
            passwords(try resolve("host=a", files, ["HOME": "/users/u", "PGPASSWORD": "variable"])) == ["variable"])
    }

    @Test(arguments: [
        (LocalSystem.FileStatus(permissions: 0o640), "chmod 0600"), (.init(permissions: 0o604), "chmod 0600"),
        (.init(permissions: 0o601), "chmod 0600"), (.init(permissions: 0o620), "chmod 0600"),
        (.init(isRegular: false), "regular"),
    ])
    func othersFilesAreIgnoredWithANote(status: LocalSystem.FileStatus, note: String) throws {
        let files = ["/users/u/.pgpass": "*:*:*:*:word"]
        let configuration = try resolve("host=a", files, status: status)
        #expect(passwords(configuration) == [nil])
        #expect(configuration.notes.count == 1)
        #expect(configuration.notes.first?.contains("/users/u/.pgpass is ignored") == true)
        #expect(configuration.notes.first?.contains(note) == true)
        #expect(try resolve("host=a password=x", files, status: status).notes.isEmpty)
        for permissions: UInt32 in [0o600, 0o400, 0o700] {
            #expect(passwords(try resolve("host=a", files, status: .init(permissions: permissions))) == ["word"])
        }
    }

    @Test func theMachinesOwnFiles() throws {
        let system = LocalSystem.current
        #expect(system.fileStatus("/nowhere/at/all") == nil && system.readFile("/nowhere/at/all") == nil)
        #expect(system.fileStatus("/")?.isRegular == false && system.readFile("/") == nil)
        #expect(system.fileStatus("/\0") == nil && system.readFile("/dev/null\0x") == nil && !system.fileExists("/\0"))
        #expect(system.readFile("/dev/null") == [])
        #expect(system.fileStatus(#filePath) == nil || system.readFile(#filePath)?.starts(with: "import ".utf8) == true)
    }
}
