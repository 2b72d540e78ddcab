import Foundation
import Testing

/// What a program came to that was to open a session.
enum SessionOutcome: String, Sendable {
    case refuses
    case clear = "connects in clear"
    case tls = "connects over TLS"
}

/// One try of a program to open a session.
struct SessionAttempt: Sendable {
    let outcome: SessionOutcome
    /// The port that the server itself says it listens on (psql), or that the connection goes to (ping); 0 without any.
    var port = 0
    let text: String

    private struct Report: Decodable {
        struct TLS: Decodable { let version: String }
        let tls: TLS?, address: String
    }

    /// Runs `manticore ping`.
    ///
    /// - Parameter refusals: the exit statuses of which one says why, if there is to be no session.
    static func ping(
        _ url: String, _ environment: [String: String], refusals: Set<Int32>
    ) async throws -> SessionAttempt {
        let run = try await CommandRun.run(
            ["ping", "--json", "--no-env-file", "--count", "1", "--url", url], environment: environment)
        guard run.status == 0 else {
            #expect(refusals.contains(run.status), "\(url): \(run.status), \(run.error)")
            return SessionAttempt(outcome: .refuses, text: run.error)
        }
        let report = try run.json(Report.self)
        let port = report.address.split(separator: ":").last.flatMap { Int($0) } ?? 0
        return SessionAttempt(outcome: report.tls == nil ? .clear : .tls, port: port, text: run.output)
    }

    /// Runs `psql`.
    static func psql(_ url: String, _ environment: [String: String]) async throws -> SessionAttempt {
        let question = "SELECT ssl, current_setting('port') FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        let run = try await ProgramRun.run(
            ProgramRun.psql ?? "",
            ["--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "-d", url, "-c", question],
            environment: environment)
        guard run.status == 0 else {
            // psql's own status for a connection that did not come about.
            #expect(run.status == 2, "\(url): \(run.output)")
            return SessionAttempt(outcome: .refuses, text: run.output)
        }
        let words = run.output.split(separator: "\n").last?.split(separator: "|") ?? []
        let port = try #require(words.last.flatMap { Int($0) }, "\(run.output)")
        return SessionAttempt(outcome: words.first == "t" ? .tls : .clear, port: port, text: run.output)
    }
}
