/// What a transaction's attempts come to, decided without I/O: the two faces below ask it what to do next.
struct TransactionRun {
    /// What to do once the body is done.
    enum Ending {
        case commit
        /// Roll back, and throw this unless it is run again.
        case rollBack(PostgresError)
        /// The session is gone, or the transaction has ended by itself.
        case fail(any Error)
    }

    private let policy: RetryPolicy
    private let start = ContinuousClock.now
    private(set) var attempt = 1
    private var generator = SystemRandomNumberGenerator()

    init(_ policy: RetryPolicy) {
        self.policy = policy
    }

    static func begin(_ isolation: IsolationLevel?) -> SQL {
        guard let isolation else { return "BEGIN" }
        return SQL(unsafeSQL: "BEGIN ISOLATION LEVEL \(isolation.rawValue)")
    }

    /// What follows a body that returned.
    ///
    /// - Parameter isCancelled: Whether the task was cancelled: then nobody waits for the result any more.
    func ending(_ connection: Connection, isCancelled: Bool = false) -> Ending {
        guard connection.isUsable else {
            return .fail(
                PostgresError(
                    .connectionLost, "the connection was lost during the transaction, which the server rolls back"
                )
                .with(host: connection.host))
        }
        switch connection.transactionStatus {
        case .inTransaction where isCancelled:
            return .fail(
                PostgresError(.cancelled, "the task was cancelled before COMMIT, so everything was rolled back")
                    .with(host: connection.host).with(isSafeToRetry: true))
        case .inTransaction: return .commit
        case .failed: return .rollBack(TransactionRun.swallowed(connection.retryableError, host: connection.host))
        case .idle:
            return .fail(
                PostgresError(
                    .transactionRolledBack,
                    "the transaction ended before its closure returned: a statement in it committed or rolled back by itself"
                ).with(host: connection.host))
        }
    }

    /// The error of a body that returned although one of its statements had failed.
    static func swallowed(_ error: ServerError?, host: String) -> PostgresError {
        let message =
            "a statement of the transaction failed and its closure went on regardless, so everything was rolled back"
        guard let error else { return PostgresError(.transactionRolledBack, message).with(host: host) }
        return PostgresError(error).with(code: .transactionRolledBack).with(message: message).with(host: host)
    }

    /// The error of a BEGIN: whatever became of it, nothing has happened.
    static func beginFailed(_ error: PostgresError) -> PostgresError {
        (error.code == .outcomeUnknown ? error.with(code: .connectionLost) : error).with(isSafeToRetry: true)
    }

    /// The error of a COMMIT that the server did not answer as such.
    static func commitFailed(_ error: PostgresError, _ connection: Connection) -> PostgresError {
        // 40003: CockroachDB does not know either.
        let isAmbiguous = !connection.isUsable || error.sqlState?.rawValue == "40003"
        guard isAmbiguous, error.code != .encodingFailed else { return error }
        return error.with(code: .outcomeUnknown).with(
            message: "\(error.message) while COMMIT was under way: the transaction may or may not have been committed")
    }

    /// Checks what the server did on COMMIT.
    static func checkCommit(_ results: [Rows], host: String) throws(PostgresError) {
        guard let tag = results.last?.commandTag, tag.command == "COMMIT" else {
            throw PostgresError(
                .transactionRolledBack, "the server answered COMMIT with ROLLBACK: the transaction had failed before"
            ).with(host: host)
        }
    }

    /// Moves on to the next attempt.
    ///
    /// - Returns: The pause before it; nil if there is none.
    mutating func retry() -> Duration? {
        let pause = policy.pause(
            after: attempt, elapsed: start.duration(to: .now), using: &generator)
        if pause != nil { attempt += 1 }
        return pause
    }
}
