package import PostgresWire

/// Runs one migration and records it, both in one transaction.
package struct MigrationExecution: MigrationProcedure {
    private enum Stage {
        case start
        case statement(Int)
        case settingsRestored
        case recorded
        case committed
        case rolledBack(PostgresError)
    }

    /// The settings of the session that a script may change and that matter for what comes after it.
    package struct Settings: Sendable {
        package var role: String
        package var searchPath: String

        package init(role: String, searchPath: String) {
            self.role = role
            self.searchPath = searchPath
        }
    }

    private let step: MigrationStep
    private let table: Identifier
    private let token: PostgresUUID
    private let sequence: Int64
    private let settings: Settings?
    private var stage = Stage.start
    private var started = Duration.zero

    /// How long it took, from BEGIN on, once it is done.
    package private(set) var duration = Duration.zero

    /// - Parameters:
    ///   - table: the table of migrations, with its schema.
    ///   - token: what tells this run's rows from others.
    ///   - sequence: the place in the order of application.
    ///   - settings: restored after the script; nil on CockroachDB.
    package init(
        _ step: MigrationStep, table: Identifier, token: PostgresUUID, sequence: Int64, settings: Settings?
    ) {
        self.step = step
        self.table = table
        self.token = token
        self.sequence = sequence
        self.settings = settings
    }

    package mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .start:
            started = answer.time
            stage = .statement(-1)
            return .run("BEGIN")
        case .statement(let index):
            do throws(PostgresError) {
                try checkStatement(index, answer)
            } catch {
                return try fail(error)
            }
            return try runStatement(after: index, now: answer.time)
        case .settingsRestored:
            if case .failure(let error) = answer.result { return try fail(bookkeeping(error)) }
            return record(now: answer.time)
        case .recorded:
            do throws(PostgresError) {
                try checkRecord(answer)
            } catch {
                return try fail(bookkeeping(error))
            }
            stage = .committed
            return .run("COMMIT")
        case .committed:
            try checkCommit(answer)
            duration = answer.time - started
            return .done
        case .rolledBack(let error):
            throw error
        }
    }

    // MARK: The statements

    private mutating func runStatement(after index: Int, now: Duration) throws(PostgresError) -> MigrationRequest {
        let next = index + 1
        if next < step.statements.count {
            stage = .statement(next)
            return .run(step.statements[next].text)
        }
        guard let settings else { return record(now: now) }
        stage = .settingsRestored
        // A script may leave another role or search_path behind (pg_dump's output empties it).
        return .query(
            """
            SELECT pg_catalog.set_config('role', \(settings.role), false), \
            pg_catalog.set_config('search_path', \(settings.searchPath), false)
            """)
    }

    private func checkStatement(_ index: Int, _ answer: MigrationAnswer) throws(PostgresError) {
        guard step.statements.indices.contains(index) else {
            _ = try answer.reply()
            return
        }
        let statement = step.statements[index]
        let reply: MigrationAnswer.Reply
        do throws(PostgresError) {
            reply = try answer.reply()
        } catch {
            var place = statement.location
            if let position = error.server?.position,
                let excerpt = StatementExcerpt(of: statement.text, position: position)
            {
                place = place.offset(by: excerpt.location)
            }
            throw failure(error, at: ":\(place)").with(statement: statement.text)
        }
        // Nothing in the text said so, or it would have been refused.
        if settings != nil, reply.status != .inTransaction {
            throw PostgresError(
                .transactionEnded,
                "\(step.origin):\(statement.location): this statement ended the transaction of the "
                    + "migration, so that it and what came before it may remain"
            ).with(statement: statement.text)
        }
    }

    private func failure(_ error: PostgresError, at place: String) -> PostgresError {
        let code = error.server != nil || error.code == .unsupported ? .migrationFailed : error.code
        return error.with(code: code).with(message: "\(step.origin)\(place): \(error.message)")
    }

    // MARK: The record

    private mutating func record(now: Duration) -> MigrationRequest {
        stage = .recorded
        switch step.direction {
        case .apply(let checksum, let undoText):
            let milliseconds = Int64((now - started) / .milliseconds(1))
            return .query(
                """
                INSERT INTO \(identifier: table) (version, description, applied_at, checksum, undo_sql, \
                execution_ms, run_token, statements, sequence) VALUES (\(step.version), \(step.description), \
                \(currentTime), \(checksum), \(undoText), \(milliseconds), \(token), \
                \(Int32(clamping: step.statements.count)), \(sequence))
                """)
        case .revert:
            return .query(
                "DELETE FROM \(identifier: table) WHERE (version OPERATOR(pg_catalog.=) \(step.version))")
        }
    }

    private var currentTime: SQL { settings == nil ? "now()" : "pg_catalog.now()" }

    private func checkRecord(_ answer: MigrationAnswer) throws(PostgresError) {
        guard try answer.reply().tag.rowCount == 1 else {
            throw PostgresError(
                .migrationTable,
                "the row of the version \(step.version) is not in \(table) any more; somebody else "
                    + "changes the table")
        }
    }

    private func bookkeeping(_ error: PostgresError) -> PostgresError {
        error.with(
            message: "\(step.origin): the version \(step.version) could not be recorded in \(table): \(error.message)")
    }

    // MARK: The end

    private func checkCommit(_ answer: MigrationAnswer) throws(PostgresError) {
        let reply: MigrationAnswer.Reply
        do throws(PostgresError) {
            reply = try answer.reply()
        } catch {
            // The server's refusal, of a deferred constraint for example, is a rollback; everything else may be either.
            if error.server != nil, !error.endsConnection, error.sqlState != .statementCompletionUnknown {
                throw leftBehind(failure(error, at: ": at COMMIT"))
            }
            throw outcomeUnknown(error)
        }
        if reply.tag.description == "ROLLBACK" {
            throw PostgresError(
                .transactionRolledBack,
                "\(step.origin): COMMIT was answered by ROLLBACK: the transaction had failed before")
        }
    }

    private func outcomeUnknown(_ error: PostgresError) -> PostgresError {
        let query: String
        let meaning: String
        switch step.direction {
        case .apply:
            query = "SELECT 1 FROM \(quotedTable) WHERE version = '\(step.version)' AND run_token = '\(token)'"
            meaning = "a row means that it is applied, none that nothing of it is"
        case .revert:
            query = "SELECT 1 FROM \(quotedTable) WHERE version = '\(step.version)'"
            meaning = "a row means that it is still applied, none that it is rolled back"
        }
        return error.with(code: .outcomeUnknown).with(
            message: "\(step.origin): the connection was lost while the version \(step.version) was being committed: "
                + "\(error.message); look with \(query): \(meaning)")
    }

    private var quotedTable: String { (try? table.quoted()) ?? table.description }

    /// Rolls back, unless there is nothing to talk to, and throws afterwards.
    private mutating func fail(_ error: PostgresError) throws(PostgresError) -> MigrationRequest {
        // Before COMMIT there is no doubt about the outcome.
        let outcome = leftBehind(error.code == .outcomeUnknown ? error.with(code: .connectionLost) : error)
        // The server rolls back by itself when the connection is gone.
        if error.endsConnection { throw outcome }
        stage = .rolledBack(outcome)
        return .run("ROLLBACK")
    }

    /// The error with what it leaves behind.
    private func leftBehind(_ error: PostgresError) -> PostgresError {
        if error.code == .transactionEnded { return error.with(code: .migrationFailed) }
        let consequence: String
        switch (step.direction, settings == nil) {
        case (.apply, false): consequence = "rolled back: nothing of this migration remains"
        case (.revert, false): consequence = "rolled back: this migration is applied as it was"
        case (_, true): consequence = "rolled back, but CockroachDB may keep schema changes made before the failure"
        }
        return error.with(message: error.message + "; " + consequence)
    }
}

extension PostgresError.Code {
    /// Told apart from other failures only until it is known what they leave behind.
    fileprivate static let transactionEnded = PostgresError.Code("transaction ended by a migration")
}
