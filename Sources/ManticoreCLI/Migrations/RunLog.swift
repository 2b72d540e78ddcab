import Manticore
import Synchronization

/// Shows what a run of migrations is doing, and keeps what it has done.
final class RunLog: Sendable {
    private struct Entry {
        let version: String
        let description: String
        let isApplied: Bool
        let statements: Int
        let duration: Duration
    }

    private let entries = Mutex<[Entry]>([])
    private let progress = ProgressLine(.error)
    private let terminal = Terminal.output
    private let prints: Bool

    /// - Parameter prints: whether each result is a line on standard output.
    init(prints: Bool) {
        self.prints = prints
    }

    /// Takes an event: progress to standard error, a result to standard output.
    func take(_ event: MigrationEvent) {
        switch event {
        case .waitingForLock:
            progress.show("waiting for another runner to finish")
        case .applying(let version, let description, let number, let count):
            progress.show("applying \(number) of \(count): \(version) \(PrintableText.line(description))")
        case .rollingBack(let version, let description, let number, let count):
            progress.show("rolling back \(number) of \(count): \(version) \(PrintableText.line(description))")
        case .applied(let version, let description, let statements, let duration):
            add(
                Entry(
                    version: version, description: description, isApplied: true, statements: statements,
                    duration: duration))
        case .rolledBack(let version, let description, let statements, let duration):
            add(
                Entry(
                    version: version, description: description, isApplied: false, statements: statements,
                    duration: duration))
        case .failed:
            progress.clear()
        }
    }

    /// Takes the progress off the screen.
    func end() { progress.clear() }

    private func add(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
        progress.clear()
        guard prints else { return }
        let verb = terminal.styled(entry.isApplied ? "applied" : "rolled back", entry.isApplied ? .green : .yellow)
        let statements = entry.statements == 1 ? "1 statement" : "\(entry.statements) statements"
        let detail = terminal.styled("(\(statements), \(Timings.text(entry.duration)))", .faint)
        Console.say("\(verb) \(entry.version) \(PrintableText.line(entry.description)) \(detail)")
    }

    /// The run for programs.
    func json(count: Int, currentVersion: String?) -> JSON {
        .object([
            "ok": .bool(true), "count": .int(count), "current_version": .optional(currentVersion),
            "migrations": migrations,
        ])
    }

    /// The run that failed, for programs: what is listed was done and stays done.
    func json(_ error: PostgresError) -> JSON {
        .object([
            "ok": .bool(false), "count": .int(entries.withLock { $0.count }), "migrations": migrations,
            "error": .error(error),
        ])
    }

    private var migrations: JSON {
        .array(
            entries.withLock { entries in
                entries.map { entry in
                    .object([
                        "version": .string(entry.version), "description": .string(entry.description),
                        "action": .string(entry.isApplied ? "applied" : "rolled back"),
                        "statements": .int(entry.statements), "ms": .milliseconds(entry.duration),
                    ])
                }
            })
    }
}
