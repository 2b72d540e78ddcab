import Foundation
import Testing

@testable import ManticoreCLI

@Suite struct ConfigTests {
    private struct Report: Decodable {
        struct Setting: Decodable { let keyword: String, value: String, source: String, detail: String? }
        let settings: [Setting], notes: [String]

        subscript(keyword: String) -> [String?] {
            guard let setting = settings.first(where: { $0.keyword == keyword }) else { return [] }
            return [setting.value, setting.source, setting.detail]
        }
    }

    private struct Refusal: Decodable {
        struct Failure: Decodable { let code: String, message: String }
        let ok: Bool, error: Failure, position: Int?
    }

    @Test func everySource() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write(".pg_service.conf", "[bank]\nport=26257\n")
        try folder.write(".pgpass", "*:*:*:*:hunter2\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.path + "/.pgpass")
        let environment = ["HOME": folder.path, "PGUSER": "app", "PGTZ": "UTC"]
        let run = try await CommandRun.run(
            ["config", "--json", "--", "host=db.example service=bank sslpassword=hunter2"], environment: environment,
            in: folder.path)
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(!run.output.contains("hunter2"))
        let report = try run.json(Report.self)
        #expect(report["host"] == ["db.example", "connection string", nil])
        #expect(report["port"] == ["26257", "service file", folder.path + "/.pg_service.conf, line 2"])
        #expect(report["user"] == ["app", "environment", "PGUSER"])
        #expect(report["password"] == ["********", "password file", folder.path + "/.pgpass"])
        #expect(report["sslpassword"] == ["********", "connection string", nil])
        #expect(report["dbname"] == ["app", "default", "from user"])
        #expect(report["sslmode"] == ["verify-full", "default", nil])
        #expect(report["application_name"] == ["manticore", "default", "this command"])
        #expect(report["timezone"] == ["UTC", "environment", "PGTZ"])
        #expect(report.notes.isEmpty)
    }

    @Test func whereTheStringComesFrom() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write(".env", "DATABASE_URL=postgresql://file/d\nPGUSER=filed\n")
        func report(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Report {
            let run = try await CommandRun.run(
                ["config", "--json"] + arguments, environment: environment, in: folder.path)
            #expect(run.status == 0, "\(run.error)")
            return try run.json(Report.self)
        }
        #expect(try await report([])["host"] == ["file", "environment", "DATABASE_URL"])
        #expect(try await report([], ["DATABASE_URL": "postgresql://own"])["host"].first == "own")
        #expect(try await report(["--url", "host=url"])["host"] == ["url", "connection string", nil])
        #expect(try await report(["host=string"])["host"] == ["string", "connection string", nil])
        #expect(try await report(["host=string"])["user"] == ["filed", "environment", "PGUSER"])
        #expect(try await report(["--no-env-file"], ["PGHOST": "env"])["host"] == ["env", "environment", "PGHOST"])
        #expect(try await report(["application_name=x"])["application_name"] == ["x", "connection string", nil])
    }

    @Test func notesGoToStandardError() async throws {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write(".pgpass", "*:*:*:*:hunter2\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path + "/.pgpass")
        let run = try await CommandRun.run(
            ["config", "host=a user=b"], environment: ["HOME": folder.path], in: folder.path)
        #expect(run.status == 0)
        #expect(run.error.hasPrefix("note: the password file \(folder.path)/.pgpass is ignored"))
        #expect(!run.output.contains("password file"))
        let json = try await CommandRun.run(
            ["config", "--json", "host=a user=b"], environment: ["HOME": folder.path], in: folder.path)
        #expect(try json.json(Report.self).notes.count == 1 && json.error.isEmpty)
    }

    @Test(
        arguments: [
            ("postgresql://app:hunter2@h?sslmode=bogus", 36), ("postgresql://app:hunter2@h:99999/d", 28),
            ("postgresql://app:hunter2@h/%zz", 28), ("password=hunter2 nosuch=1", 18), ("host='a", 6),
            ("postgresql://app:hun/hunter2?hunter2=x@host", 30), ("mysql://app:hunter2@h", 1),
            ("host=a target_session_attrs=hunter3", 29),
        ] as [(String, Int?)])
    func refused(_ text: String, _ position: Int?) async throws {
        let run = try await CommandRun.run(["config", "--", text])
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(!run.error.contains("hunter2"))
        if let position { #expect(run.error.contains("position \(position)"), "\(run.error)") }
        let json = try await CommandRun.run(["config", "--json", "--", text])
        #expect(json.status == 2)
        let refusal = try json.json(Refusal.self)
        #expect(!refusal.ok && refusal.position == position && refusal.error.code == "invalid configuration")
        #expect(!json.output.contains("hunter2"))
    }

    @Test func theStringIsGivenOnce() async throws {
        let run = try await CommandRun.run(["config", "--url", "host=a", "host=b"])
        #expect(run.status == 2)
        #expect(run.error.contains("twice"))
    }

    @Test func onATerminal() async throws {
        func text(_ columns: UInt16, _ environment: [String: String]) async throws -> String {
            let streams = try Scratch()
            defer { streams.remove() }
            let terminal = try PseudoTerminal(columns: columns)
            let run = try CommandRun.start(
                ["config", "--", "host=\(String(repeating: "long.", count: 20)) user=u"], environment: environment,
                in: streams.path, streams: streams, output: terminal.terminal)
            #expect(await run.finish().status == 0)
            return terminal.text()
        }
        let coloured = try await text(120, ["TERM": "xterm"])
        #expect(coloured.contains("\u{1B}[2mport\u{1B}[0m"))
        #expect(coloured.contains("\r\nhost  "))
        for columns: UInt16 in [50, 80] {
            let plain = try await text(columns, ["TERM": "xterm", "NO_COLOR": "1"])
            #expect(!plain.contains("\u{1B}"))
            #expect(plain.split(separator: "\r\n").allSatisfy { DisplayWidth.of(String($0)) <= Int(columns) })
            // Nothing of a value is left out.
            #expect(!plain.contains("…") && plain.filter { $0 == "." }.count >= 20)
        }
    }

    // MARK: The mark below a string

    private func lines(_ text: String, _ position: Int, width: Int = 60) -> [String] {
        StringPointer(text, position: position).lines(for: Terminal(isTerminal: true, hasColours: false, width: width))
    }

    @Test func theMarkStandsBelowTheByte() {
        #expect(lines("host=a port=x", 13) == ["  host=a port=x", "              ^"])
        #expect(lines("host='é🐘' port=x", 20) == ["  host='é🐘' port=x", "                  ^"])
        #expect(lines("a\tb=", 3) == ["  a\\tb=", "     ^"])
        #expect(lines("", 1) == ["  ", "  ^"])
        #expect(lines("host", 99) == ["  host", "      ^"])
        let long = lines("postgresql://" + String(repeating: "h", count: 200) + "%zz", 214, width: 40)
        #expect(long.allSatisfy { DisplayWidth.of($0) <= 40 })
        let column = long[1].utf8.count - 1
        #expect(Array(long[0].utf8)[column] == UInt8(ascii: "%"))
    }

    @Test(arguments: [
        ("postgresql://u:hunter2@h/d", "postgresql://u:*******@h/d"),
        ("postgresql://h:5432/d", "postgresql://h:5432/d"),
        ("postgresql://u:hunter2", "postgresql://u:*******"), ("postgresql://u:hunter2/x", "postgresql://u:*********"),
        ("postgresql://u:hun/ter?2@h", "postgresql://u:*********@h"), ("password=hunter2 x", "password=*********"),
        ("host=a PASSWORD = 'hunter2", "host=a PASSWORD =*********"), ("host=a port=x", "host=a port=x"),
        ("postgresql://h?pass%77ord=hunter2", "postgresql://h?pass%77ord=*******"),
        ("postgresql://h?%70assword=hunter2", "postgresql://h?%70assword=*******"),
        ("scram_client_key=hunter2", "scram_client_key=*******"),
        ("oauth_client_secret=hunter2", "oauth_client_secret=*******"),
    ])
    func theMarkedStringIsMasked(text: String, shown: String) {
        #expect(lines(text, 1) == ["  " + shown, "  ^"])
    }

    @Test func positionsAreFoundInMessages() {
        #expect(StringPointer.position(in: "malformed at position 12: x") == 12)
        #expect(StringPointer.position(in: "port (connection string, position 7): x") == 7)
        #expect(StringPointer.position(in: "in this position there is none") == nil)
    }

    // MARK: The guide

    private static let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/connecting.md").path

    @Test(.enabled(if: FileManager.default.isReadableFile(atPath: guide), "the sources are not readable"))
    func theGuideHasTheTable() async throws {
        let guide = String(decoding: try #require(FileManager.default.contents(atPath: Self.guide)), as: UTF8.self)
        let run = try await CommandRun.run(["config", "--keywords"])
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").count == 52)
        let section = try #require(guide.range(of: "\n## Keywords\n"))
        let rows = guide[section.upperBound...].split(separator: "\n")
            .filter { $0.hasPrefix("|") && !$0.hasPrefix("|---") }
        let expected = run.output.split(separator: "\n").filter { !$0.hasPrefix("|---") }
        #expect(rows == expected, "docs/connecting.md: put in what manticore config --keywords prints")
    }
}
