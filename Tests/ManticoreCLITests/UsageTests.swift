import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        ["migrate", "--bogus"], ["frob"], ["migrate", "extra"], ["migrate", "--to", "abc"],
        ["migrate", "--to", "1..2"],
        ["migrate", "--lock-timeout", "-1"], ["rollback", "--steps", "-1"], ["rollback", "--steps", "x"],
        ["rollback", "--steps", "1", "--to", "2"], ["status", "--url", "mysql://h/x"],
        ["demo", "--url", "mysql://h/x"],
        ["demo", "extra"], ["migrate", "--url"], ["migrate", "--url", ""], ["new", "x", "--dir", ""],
        ["demo", "--url", ""],
    ])
    func mistakesAreExitStatus2(_ arguments: [String]) async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write("migrations/1_x.sql", "SELECT 1;")
        let result = try await CommandRun.run(arguments, in: folder.path)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(!result.error.isEmpty)
    }

    @Test(arguments: [
        ["migrate", "postgresql://u:secret@h/db"], ["--url=postgresql://u:secret@h/db"],
        ["status", "--urls", "postgresql://u:sec@ret@h/db"], ["migrate", "--url", "postgresql://u:secret@h:99999/db"],
        ["migrate", "--to", "password=secret"],
    ])
    func passwordsInMistakesAreMasked(_ arguments: [String]) async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write("migrations/1_x.sql", "SELECT 1;")
        let result = try await CommandRun.run(arguments, in: folder.path)
        #expect(result.status == 2)
        #expect(!(result.output + result.error).contains("secret"))
        #expect(!(result.output + result.error).contains("ret@h"))
    }

    @Test(arguments: [
        ["--help"], ["help"], [], ["help", "migrate"], ["new", "--help"], ["migrate", "--help"],
        ["rollback", "--help"],
        ["status", "--help"], ["ping", "--help"], ["demo", "--help"],
    ])
    func helpHasExamplesAndFits80Columns(_ arguments: [String]) async throws {
        let result = try await CommandRun.run(arguments)
        #expect(result.status == 0)
        #expect(result.error.isEmpty)
        #expect(result.output.contains("\nEXAMPLES\n  manticore "))
        let lines = result.output.split(separator: "\n").filter { !$0.hasPrefix("USAGE:") }
        #expect(lines.allSatisfy { $0.count <= 80 })
        // A line that was too long for the help leaves its end at the margin.
        #expect(!result.output.contains("\nits own"))
    }

    @Test func version() async throws {
        let result = try await CommandRun.run(["--version"])
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /manticore \d+\.\d+\.\d+\n/) != nil)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completions(_ shell: String) async throws {
        let result = try await CommandRun.run(["--generate-completion-script", shell])
        #expect(result.status == 0)
        #expect(result.output.contains("rollback"))
    }
}
