import ManticoreTesting
import Testing

@testable import ManticoreCLI

@Suite struct TerminalTests {
    @Test func coloursAndWidthOfATerminal() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        let long = String(repeating: "long_", count: 30) + "name"
        try folder.write("migrations/20230101120000_\(long).sql", "SELECT 1;")
        try await EphemeralPostgres.withServer { server in
            func run(columns: UInt16, _ environment: [String: String]) async throws -> String {
                let streams = try Scratch()
                defer { streams.remove() }
                let terminal = try PseudoTerminal(columns: columns)
                let run = try CommandRun.start(
                    ["status", "--url", server.url], environment: environment, in: folder.path, streams: streams,
                    output: terminal.terminal)
                #expect(await run.finish().status == 0)
                return terminal.text()
            }
            #expect(try await run(columns: 80, ["TERM": "xterm"]).contains("\u{1B}[33mpending\u{1B}[0m"))
            for environment in [["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "dumb"], [:]] {
                for columns: UInt16 in [60, 80, 120] {
                    let text = try await run(columns: columns, environment)
                    #expect(!text.contains("\u{1B}"))
                    let lines = text.split(separator: "\r\n")
                    #expect(lines.count == 4)
                    #expect(lines.allSatisfy { DisplayWidth.of(String($0)) <= Int(columns) })
                    #expect(lines.contains { $0.contains("…  pending") })
                }
            }
            let piped = try await CommandRun.run(
                ["status", "--url", server.url], environment: ["TERM": "xterm"], in: folder.path)
            #expect(!piped.output.contains("\u{1B}"))
            #expect(piped.output.contains(long.replacing("_", with: " ")))
        }
    }
}
