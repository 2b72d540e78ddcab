import Manticore

/// What the process's exit status says to a script.
enum ExitStatus: Int32 {
    /// Done, or there was nothing to do.
    case success = 0
    /// It failed.
    case failure = 1
    /// The command line or a setting makes no sense.
    case usage = 2
    /// Migrations are pending (`status --exit-code`).
    case pending = 3
    /// Folder and database do not fit each other, or a file cannot be run.
    case drift = 4
    /// Another runner holds the lock.
    case locked = 5
    /// The connection was lost at a commit: neither success nor failure is known.
    case outcomeUnknown = 6

    /// What an error that ended a command of migrations means.
    init(_ error: PostgresError) {
        self =
            switch error.code {
            case .invalidConfiguration, .invalidArgument: .usage
            // A file asks for what a migration cannot do; for settings the code is another.
            case .migrationFile, .migrationTable, .migrationOutOfOrder, .unsupported: .drift
            case .migrationLocked: .locked
            case .outcomeUnknown: .outcomeUnknown
            default: .failure
            }
    }
}
