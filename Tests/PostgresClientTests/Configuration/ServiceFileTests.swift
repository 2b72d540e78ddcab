import PostgresClient
import PostgresWire
import Testing

@Suite struct ServiceFileTests {
    private func settings(_ text: String, _ service: String = "a") throws(PostgresError) -> [String]? {
        try ServiceFile(Array(text.utf8), path: "/f").settings(of: service)?
            .map { "\($0.line):\($0.keyword.name)=\($0.value)" }
    }

    @Test(arguments: [
        ("[a]\nhost=h\nport=1\n", ["2:host=h", "3:port=1"]), ("[a]", []), ("[a]\r\nhost=h\r\n", ["2:host=h"]),
        ("# c\n\n  [a]  \n\thost=h\t\n#port=1\n\nuser=u", ["4:host=h", "7:user=u"]),
        ("[b]\nhost=no\n[a]\nhost=h\n[c]\nport=1", ["4:host=h"]), ("[a]\nhost=h\n[a]\nport=1", ["2:host=h"]),
        ("[a]\nhost=h\nhost=i", ["2:host=h"]), ("[a]\nhost=", ["2:host="]), ("[a]\nhost= a b ", ["2:host= a b"]),
        ("[a]\noptions=-c a=b", ["2:options=-c a=b"]), ("[a]\nhost='h'", ["2:host='h'"]),
        ("[a]rest\nhost=h", ["2:host=h"]),
        ("[b]\nnonsense\nldap://x\nservice=x\n[a]\nhost=é", ["6:host=é"]), ("nonsense\n[a]\nhost=h", ["3:host=h"]),
        ("[a]\nhost=h\n[b]\nnonsense", ["2:host=h"]),
    ])
    func found(text: String, expected: [String]) throws {
        #expect(try settings(text) == expected)
    }

    @Test(arguments: ["", "[b]\nhost=h", "[ab]\nhost=h", "[A]\nhost=h", "[ a]", "[a ]", "a\nhost=h", "[a"])
    func notFound(text: String) throws {
        #expect(try settings(text) == nil)
    }

    @Test(arguments: [
        ("[a]\nhost", 2, "without ="), ("[a]\nhost = h", 2, "blanks around ="), ("\n[a]\nnosuch=1", 3, "no keyword"),
        ("[a]\nHOST=h", 2, "no keyword"), ("[a]\n=h", 2, "no keyword"), ("[a]\nservice=b", 2, "cannot name another"),
        ("[a]\nldap://ldap.example/x?y?one", 2, "LDAP"), ("[a]\nhost=a\0b", 2, "NUL"),
        ("[a]\nrequiressl=1", 2, "keyword"),
        ("[a]\npassword=" + String(repeating: "p", count: 1100), 2, "longer than"),
    ])
    func malformed(text: String, line: Int, reason: String) {
        let error = #expect(throws: PostgresError.self) { try settings(text) }
        #expect(error?.message.hasPrefix("the service file /f is malformed at line \(line): ") == true)
        #expect(error?.message.contains(reason) == true)
        #expect(error?.message.contains("ppp") == false)
    }

    @Test func bytesThatAreNotText() {
        let file = ServiceFile(Array("[a]\npassword=".utf8) + [0xFF], path: "/f")
        let error = #expect(throws: PostgresError.self) { try file.settings(of: "a") }
        #expect(error?.message.contains("line 2: the value of password is not UTF-8") == true)
    }

    // MARK: In a configuration

    private static let home = "/users/u/.pg_service.conf"
    private static let files = [
        home: "[a]\nhost=home\nuser=home\npassword=hunter2\nsslmode=require\n[bad]\nport=99999\n",
        "/f": "[a]\nhost=file\n", "/etc/postgresql-common/pg_service.conf": "[a]\nhost=system\n[b]\nhost=common\n",
        "/etc/pg/pg_service.conf": "[b]\nhost=other\n",
    ]

    private func resolve(
        _ text: String?, _ environment: [String: String] = [:], user: String? = nil
    ) throws(PostgresError) -> ConnectionConfiguration {
        let system = LocalSystem(
            userName: { "os" }, homeDirectory: { "/users/u" }, fileExists: { Self.files[$0] != nil },
            readFile: { Self.files[$0].map { Array($0.utf8) } })
        return try .resolve(connectionString: text, user: user, environment: environment, system: system)
    }

    @Test func whichFile() throws {
        #expect(try resolve("service=a").host.name == "home")
        #expect(try resolve(nil, ["PGSERVICE": "a"]).host.name == "home")
        #expect(try resolve("service=a", ["PGSERVICE": "nosuch"]).host.name == "home")
        #expect(try resolve("service=a", ["PGSERVICEFILE": "/f"]).host.name == "file")
        #expect(try resolve("service=a", ["HOME": "/elsewhere"]).host.name == "system")
        #expect(try resolve("service=b").host.name == "common")
        #expect(try resolve("service=b", ["PGSERVICEFILE": "/f"]).host.name == "common")
        #expect(try resolve("service=b", ["PGSYSCONFDIR": "/etc/pg"]).host.name == "other")
        #expect(try resolve("postgresql:///?service=b").host.name == "common")
    }

    @Test func precedence() throws {
        let environment = ["PGHOST": "env", "PGUSER": "env", "PGPORT": "7", "PGREQUIRESSL": "1", "PGPASSWORD": "x"]
        let configuration = try resolve("service=a sslmode=disable", environment, user: "argument")
        #expect(configuration.host.name == "home")
        #expect(configuration.user == "argument")
        #expect(configuration.host.port == 7)
        #expect(configuration.requestedSSLMode == .disable)
        #expect(configuration.password?.count == 7)
        let settings = configuration.settings
        #expect(settings.first { $0.keyword == "host" }?.source == .serviceFile(path: Self.home, line: 2))
        #expect(settings.first { $0.keyword == "service" }?.source == .connectionString)
        #expect(settings.first { $0.keyword == "password" }?.value == ConnectionSetting.redacted)
        #expect(try resolve("service=a host=''", environment).host.name == "localhost")
    }

    @Test func whatIsWrong() {
        func message(_ text: String, _ environment: [String: String] = [:]) -> String {
            let error = #expect(throws: PostgresError.self) { try resolve(text, environment) }
            return error?.message ?? ""
        }
        let notFound = message("service=nosuch")
        #expect(
            notFound.contains("service (connection string, position 9): there is no group [nosuch] in \(Self.home)"))
        #expect(notFound.contains("/etc/postgresql-common/pg_service.conf"))
        #expect(message("service=a", ["PGSERVICEFILE": "/absent"]).contains("/absent cannot be read"))
        #expect(message("service=''").contains("empty"))
        #expect(message("service=bad").contains("port (service file \(Self.home), line 7): not a whole number"))
    }
}
