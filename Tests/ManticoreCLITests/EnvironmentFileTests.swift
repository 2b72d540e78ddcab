import Manticore
import Testing

@testable import ManticoreCLI

@Suite struct EnvironmentFileTests {
    @Test(arguments: [
        ("A=b", "b"), ("A = b ", "b"), ("export A=b", "b"), ("export\tA=b", "b"), ("A=", ""), ("A=b # c", "b"),
        ("A=b#c", "b#c"), ("A=# c", ""), ("A='b # c'", "b # c"), ("A='b\\n'", "b\\n"),
        ("A=\"b\\n\\\"\\\\\\$\"", "b\n\"\\$"),
        ("A=\"\\x\"", "\\x"), ("A=\"b\" # c", "b"), ("A=b\r", "b"),
        ("A=postgresql://u:p@h/d?x=1", "postgresql://u:p@h/d?x=1"),
        ("\u{FEFF}A=b", "b"), ("A=1\nA=2", "2"), ("# A=1\n\n  A=2", "2"), ("A=a=b", "a=b"),
    ])
    func values(_ text: String, _ expected: String) throws {
        #expect(try EnvironmentFile(text, path: ".env").variables["A"] == expected)
    }

    @Test(arguments: ["A", "=b", "1A=b", "A B=c", "A='b", "A=\"b", "A='b' c", "A-B=c", "exportA"])
    func malformedLinesAreNamedAndNotShown(_ line: String) throws {
        let error = #expect(throws: PostgresError.self) {
            try EnvironmentFile("\n" + line + "secret", path: "x.env")
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix("x.env:2:") == true)
        #expect(error?.message.contains("secret") == false)
    }

    // MARK: What a file may decide

    private static let taken: Set = [
        "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGCONNECT_TIMEOUT", "PGDATABASE", "PGHOST", "PGHOSTADDR", "PGPORT",
        "PGCLIENTENCODING", "PGOPTIONS", "PGAPPNAME", "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION",
        "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS", "PGGSSENCMODE", "PGKRBSRVNAME", "PGGSSLIB", "PGGSSDELEGATION",
        "PGDATESTYLE", "PGTZ", "PGGEQO",
    ]
    private static let refused: Set = [
        "PGSSLMODE", "PGSSLNEGOTIATION", "PGSSLCOMPRESSION", "PGSSLCERT", "PGSSLKEY", "PGSSLCERTMODE", "PGSSLROOTCERT",
        "PGSSLCRL", "PGSSLCRLDIR", "PGSSLSNI", "PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGREQUIREPEER",
        "PGREQUIREAUTH", "PGCHANNELBINDING", "PGSERVICE", "PGREQUIRESSL", "PGSERVICEFILE", "PGSYSCONFDIR",
    ]

    /// Of a new keyword somebody has to decide.
    @Test func everyVariableIsDecidedOn() {
        let known = Set(ConnectionKeyword.all.compactMap(\.environmentVariable))
        #expect(known.isSubset(of: Self.taken.union(Self.refused)))
        for name in Self.taken { #expect(!EnvironmentFile.isAboutProtection(name), "\(name)") }
        for name in Self.refused { #expect(EnvironmentFile.isAboutProtection(name), "\(name)") }
    }

    @Test func whatAFileAdds() throws {
        let file = try EnvironmentFile("PGHOST=a\nPGUSER=b\nDATABASE_URL=c\nHOME=/x\nOTHER=d\n", path: ".env")
        for origin in [EnvironmentFile.Origin.found, .named] {
            #expect(
                try file.additions(to: ["PGUSER": "own"], origin: origin) == ["PGHOST": "a", "DATABASE_URL": "c"])
        }
    }

    @Test(arguments: refused.sorted())
    func aFileThatIsFoundDoesNotProtectLess(_ name: String) throws {
        let file = try EnvironmentFile("PGHOST=a\n\(name)=hunter2\n", path: ".env")
        let error = #expect(throws: PostgresError.self) { try file.additions(to: [:], origin: .found) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix(".env:2: \(name) ") == true)
        #expect(error?.message.contains("hunter2") == false)
        // What the environment has already is not changed by the file.
        #expect(try file.additions(to: [name: "own"], origin: .found) == ["PGHOST": "a"])
        #expect(try file.additions(to: [:], origin: .named)[name] == "hunter2")
    }

    @Test func theCommandSaysSo() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write(".env", "PGHOST=db.example\nPGSSLMODE=disable\n")
        func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> CommandRun {
            try await CommandRun.run(arguments, environment: environment, in: folder.path)
        }
        for (arguments, status) in [
            (["config"], 2), (["config", "--", "host=other"], 2), (["ping"], 3), (["status"], 2),
            (["ping", "--url", "postgresql://127.0.0.1:1"], 3),
        ] as [([String], Int32)] {
            let refusal = try await run(arguments)
            #expect(refusal.status == status && refusal.output.isEmpty, "\(arguments): \(refusal.error)")
            #expect(refusal.error.contains(".env:2: PGSSLMODE"), "\(arguments): \(refusal.error)")
            #expect(refusal.error.contains("connection string"), "\(arguments): \(refusal.error)")
        }
        let mode = "\"value\":\"disable\",\"source\":\"environment\",\"detail\":\"PGSSLMODE\""
        let named = try await run(["config", "--json", "--env-file", ".env"])
        #expect(named.status == 0 && named.output.filter { !$0.isWhitespace }.contains(mode), "\(named.output)")
        let ignored = try await run(["config", "--json", "--no-env-file"])
        #expect(ignored.status == 0 && !ignored.output.contains("db.example"))
        let own = try await run(["config", "--json"], ["PGSSLMODE": "require"])
        #expect(
            own.status == 0 && own.output.contains("db.example")
                && !own.output.filter { !$0.isWhitespace }.contains(mode))
    }
}
