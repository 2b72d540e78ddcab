import Testing

/// What `manticore config --json` says of a connection string in an environment.
struct ConfigReading: Sendable {
    private struct Report: Decodable {
        struct Setting: Decodable { let keyword: String, value: String, source: String, detail: String? }
        struct Failure: Decodable { let message: String }
        let settings: [Setting]?, error: Failure?, position: Int?
    }

    /// A value and where it comes from.
    struct Setting: Equatable, Sendable {
        let value: String
        let source: String
    }

    /// What stands for every secret.
    static let mask = "********"

    /// Why the string is refused; nil if it is not.
    let refusal: String?
    /// Where in the string that is, in bytes from 1.
    let position: Int?
    let settings: [String: Setting]

    /// Runs the command.
    init(of string: String, environment: [String: String]) async throws {
        let run = try await CommandRun.run(
            ["config", "--json", "--no-env-file", "--", string], environment: environment)
        let report = try run.json(Report.self)
        #expect(run.status == (report.settings == nil ? 2 : 0), "\(string): \(run.error)")
        refusal = report.error?.message
        position = report.position
        settings = Dictionary(
            (report.settings ?? []).map { ($0.keyword, Setting(value: $0.value, source: $0.source)) }
        ) { first, _ in first }
    }
}
