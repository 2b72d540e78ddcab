import Foundation

@testable import ManticoreTesting

/// One run of some other program to its end.
struct ProgramRun: Sendable {
    let status: Int32
    /// What it wrote to both of its output streams.
    let output: String

    /// Runs a program in the root folder, with nothing in its environment but what is given and where libraries are.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> ProgramRun {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.handle("output")
        let running = try RunningProgram(
            program, arguments, environment: environment, in: "/", output: file, error: file)
        let status = await running.finish()
        return ProgramRun(status: status, output: scratch.text("output"))
    }

    /// psql of the newest PostgreSQL on this machine, else the one in PATH; nil if there is none.
    static let psql: String? = {
        let folders = EphemeralPostgres.installations().sorted { $0.version > $1.version }.map(\.directory)
        return folders.map { $0 + "/psql" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? find("psql")
    }()

    /// psql's major version; 0 if there is none.
    static let psqlVersion: Int = {
        guard let psql else { return 0 }
        guard let run = try? ChildProcess.run([psql, "--version"]), run.status == 0 else { return 0 }
        // psql (PostgreSQL) 16.4 …
        return run.output.split(separator: " ").dropFirst(2).first.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
    }()

    /// Where a program is; nil if it is not installed.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (path.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/local/bin"])
            .map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
