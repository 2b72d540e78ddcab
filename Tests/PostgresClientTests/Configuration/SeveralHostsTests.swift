import PostgresClient
import PostgresWire
import Testing

@Suite struct SeveralHostsTests {
    private func hosts(_ text: String, files: Set<String> = []) throws(PostgresError) -> [ServerHost] {
        let system = LocalSystem(
            userName: { "os" }, homeDirectory: { nil }, fileExists: { files.contains($0) })
        return try ConnectionConfiguration.resolve(connectionString: text, environment: [:], system: system).hosts
    }

    private func shown(_ hosts: [ServerHost]) -> [String] {
        hosts.map { "\($0.name)|\($0.address ?? "")|\($0.port)" }
    }

    @Test(arguments: [
        ("host=a,b", ["a||5432", "b||5432"]),
        ("host=a,b port=1", ["a||1", "b||1"]),
        ("host=a,b port=1,2", ["a||1", "b||2"]),
        ("host=a,b port=,2", ["a||5432", "b||2"]),
        ("host=a,b port=,", ["a||5432", "b||5432"]),
        ("host=a,b port='1, 2 '", ["a||1", "b||2"]),
        ("host=a,,b", ["a||5432", "localhost||5432", "b||5432"]),
        ("host=, port=1,2", ["localhost||1", "localhost||2"]),
        ("hostaddr=10.0.0.1,10.0.0.2 sslmode=require", ["|10.0.0.1|5432", "|10.0.0.2|5432"]),
        ("host=a,b hostaddr=10.0.0.1,10.0.0.2", ["a|10.0.0.1|5432", "b|10.0.0.2|5432"]),
        ("host=a,b hostaddr=,10.0.0.2 port=1,2", ["a||1", "b|10.0.0.2|2"]),
        ("host=,b hostaddr=127.0.0.1,::1", ["|127.0.0.1|5432", "b|::1|5432"]),
        ("host=a,/tmp", ["a||5432", "/tmp||5432"]),
        ("postgresql://a:1,[::1]:2,c/d", ["a||1", "::1||2", "c||5432"]),
        ("postgresql://a,b/d?port=7", ["a||7", "b||7"]),
        ("postgresql://a:1,b:2/d?host=c,d", ["c||1", "d||2"]),
    ])
    func lists(text: String, expected: [String]) throws {
        #expect(shown(try hosts(text)) == expected)
    }

    @Test func anEmptyHostIsTheSocketOfItsPort() throws {
        let files: Set = ["/tmp/.s.PGSQL.1", "/var/run/postgresql/.s.PGSQL.2"]
        #expect(
            shown(try hosts("host=,,, port=1,2,3,1", files: files))
                == ["/tmp||1", "/var/run/postgresql||2", "localhost||3", "/tmp||1"])
    }

    @Test(arguments: [
        ("host=a,b hostaddr=127.0.0.1", "host", "2 hosts but 1 address in hostaddr"),
        ("host=a hostaddr=127.0.0.1,127.0.0.2", "host", "1 host but 2 addresses in hostaddr"),
        ("port=1,2", "port", "2 ports but 1 host"),
        ("host=a,b,c port=1,2", "port", "2 ports but 3 hosts"),
        ("host=a,b port=1,2,", "port", "3 ports but 2 hosts"),
        ("host=a port=1,", "port", "2 ports but 1 host"),
        ("hostaddr=127.0.0.1,localhost", "hostaddr", "localhost:5432: not a numeric"),
        ("host=a,b port=1,99999", "port", "from 1 to 65535"),
        ("host=a,b port=1,-1", "port", "from 1 to 65535"),
    ])
    func lengthsMustFit(text: String, keyword: String, reason: String) {
        let error = #expect(throws: PostgresError.self) { try hosts(text) }
        #expect(error?.message.hasPrefix("\(keyword) (connection string, position ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func theDefaultModeIsJudgedPerHost() throws {
        let system = LocalSystem(userName: { "os" }, homeDirectory: { nil }, fileExists: { _ in false })
        let configuration = try ConnectionConfiguration.resolve(
            connectionString: "host=db.example,localhost,/tmp,127.0.0.1", environment: [:], system: system)
        #expect(
            configuration.hosts.map { configuration.sslMode(for: $0) } == [.verifyFull, .prefer, .disable, .prefer])
        let setting = configuration.settings.first { $0.keyword == "sslmode" }
        #expect(setting?.value == "verify-full,prefer,disable,prefer")
        #expect(configuration.description.contains("sslmode=verify-full,prefer,disable,prefer"))
    }
}
