package import PostgresWire

/// A whole run of migrations: takes the lock, reads what is applied, decides, runs the steps, releases the lock.
package struct MigrationRun: MigrationProcedure {
    private enum Stage {
        case session(MigrationSession)
        case lock(MigrationLock)
        case table(MigrationTable)
        case announced(MigrationExecution)
        case execution(MigrationExecution)
        case between
        case failed(PostgresError, isConnectionLost: Bool)
        case released(PostgresError?)
        case abandoned(PostgresError?)
    }

    private let command: MigrationCommand
    private let sources: [MigrationSource]
    private let context: MigrationContext
    private var stage: Stage
    private var table: Identifier
    private var settings: MigrationExecution.Settings?
    // Set while the lock is held.
    private var lock: MigrationLock?
    private var steps: [MigrationStep] = []
    private var index = 0
    private var sequence: Int64 = 0

    /// How many migrations this run has applied or taken back and committed.
    package private(set) var count = 0

    /// - Parameters:
    ///   - command: what to do.
    ///   - sources: all files, in the order of their versions.
    package init(_ command: MigrationCommand, _ sources: [MigrationSource], _ context: MigrationContext) {
        self.command = command
        self.sources = sources
        self.context = context
        table = context.table
        stage = .session(MigrationSession(context.dialect, context.table))
    }

    package mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .failed(let error, let isConnectionLost): return try end(with: error, isConnectionLost)
        case .released(let error): return try finish(error, answer)
        case .abandoned(let error):
            if let error { throw error }
            return .done
        default: break
        }
        do throws(PostgresError) {
            return try advance(answer)
        } catch {
            return try fail(error, answer)
        }
    }

    private mutating func advance(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .session(var session):
            let request = try session.next(answer)
            stage = .session(session)
            guard case .done = request else { return request }
            return try takeLock(session, answer.time)
        case .lock(var waiting):
            let request = try waiting.next(answer)
            stage = .lock(waiting)
            guard case .done = request else { return request }
            lock = waiting
            var reading = MigrationTable(context.dialect, table, mayChange: true)
            let first = try reading.next(.nothing(at: answer.time))
            stage = .table(reading)
            return first
        case .table(var reading):
            let request = try reading.next(answer)
            stage = .table(reading)
            guard case .done = request else { return request }
            try plan(reading.applied)
            return try startStep()
        case .between:
            return try startStep()
        case .announced(var execution):
            let request = try execution.next(answer)
            stage = .execution(execution)
            return request
        case .execution(var execution):
            let request = try execution.next(answer)
            stage = .execution(execution)
            guard case .done = request else { return request }
            return finishStep(execution)
        case .failed, .released, .abandoned:
            return .done
        }
    }

    private mutating func takeLock(
        _ session: MigrationSession, _ time: Duration
    ) throws(PostgresError) -> MigrationRequest {
        table = session.table
        settings = session.settings
        var waiting = try MigrationLock(
            context.dialect, schema: table.schema ?? "", table: table.name, timeout: context.lockTimeout,
            token: context.token, holder: context.holder)
        let first = try waiting.next(.nothing(at: time))
        stage = .lock(waiting)
        return first
    }

    private mutating func plan(_ applied: [AppliedMigration]) throws(PostgresError) {
        steps = try MigrationPlan(sources, applied: applied, table: table.description)
            .steps(for: command, allowsOutOfOrder: context.allowsOutOfOrder)
        sequence = applied.compactMap(\.sequence).max() ?? 0
        // There are some when this run has lost its connection at a COMMIT that then turned out well.
        if case .migrate = command { count = applied.count { $0.runToken == context.token } }
    }

    // MARK: The steps

    private mutating func startStep() throws(PostgresError) -> MigrationRequest {
        guard index < steps.count else { return try end(with: nil, false) }
        let step = steps[index]
        let next = sequence.addingReportingOverflow(1)
        sequence = next.overflow ? sequence : next.partialValue
        stage = .announced(
            MigrationExecution(step, table: table, token: context.token, sequence: sequence, settings: settings))
        let number = index + 1
        return switch step.direction {
        case .apply:
            .report(
                .applying(
                    version: step.version, description: step.description, number: number, count: steps.count))
        case .revert:
            .report(
                .rollingBack(
                    version: step.version, description: step.description, number: number, count: steps.count))
        }
    }

    private mutating func finishStep(_ execution: MigrationExecution) -> MigrationRequest {
        let step = steps[index]
        index += 1
        count += 1
        stage = .between
        return switch step.direction {
        case .apply:
            .report(
                .applied(
                    version: step.version, description: step.description, statements: step.statements.count,
                    duration: execution.duration))
        case .revert:
            .report(
                .rolledBack(
                    version: step.version, description: step.description, statements: step.statements.count,
                    duration: execution.duration))
        }
    }

    // MARK: The end

    private mutating func fail(_ error: PostgresError, _ answer: MigrationAnswer) throws(PostgresError)
        -> MigrationRequest
    {
        var isConnectionLost = false
        if case .failure(let failure) = answer.result {
            // Only the server's own refusal leaves no doubt about where the connection stands.
            isConnectionLost = failure.server == nil || failure.endsConnection
        }
        guard case .execution = stage else {
            // What was lost is no migration: the lock, or a table that the next run looks at again.
            let error = error.code == .outcomeUnknown ? error.with(code: .connectionLost) : error
            return try end(with: error, isConnectionLost)
        }
        let step = steps[index]
        stage = .failed(withEarlier(error), isConnectionLost: isConnectionLost)
        return .report(.failed(version: step.version, description: step.description))
    }

    /// The error with what this run did before it.
    private func withEarlier(_ error: PostgresError) -> PostgresError {
        let earlier: String
        switch command {
        case .migrate: earlier = "applied by this run before it and kept: \(count)"
        case .rollback, .rollbackTo: earlier = "rolled back by this run before it: \(count)"
        }
        return error.with(message: "\(error.message); \(earlier)")
    }

    /// Releases the lock if there is one, and the connection with it if that is not to be trusted.
    private mutating func end(
        with error: PostgresError?, _ isConnectionLost: Bool
    ) throws(PostgresError) -> MigrationRequest {
        if isConnectionLost {
            stage = .abandoned(error)
            return .abandon
        }
        guard let lock else {
            if let error { throw error }
            return .done
        }
        self.lock = nil
        stage = .released(error)
        return lock.release
    }

    private mutating func finish(
        _ error: PostgresError?, _ answer: MigrationAnswer
    ) throws(PostgresError) -> MigrationRequest {
        stage = .abandoned(error)
        guard case .failure(let failure) = answer.result else {
            // Scripts leave settings behind that whoever gets the session next must not inherit.
            if count > 0 { return .abandon }
            if let error { throw error }
            return .done
        }
        // PostgreSQL releases the lock with the session.
        if context.dialect == .cockroachDB, error == nil {
            stage = .abandoned(
                PostgresError(
                    .migrationLocked,
                    "the run is over (\(count) done), but its lock could not be released: \(failure.message); the next "
                        + "run will say how to clear it"))
        }
        return .abandon
    }
}
