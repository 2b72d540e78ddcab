extension ConnectionProvider {
    /// Sends several statements in one flight and reads all their results; the calling thread waits.
    ///
    /// A pipeline costs one round trip where the statements one after another would cost one each.
    ///
    /// In the mode ``PipelineMode/atomic`` and outside a transaction block all statements are one transaction, as if BEGIN
    /// and COMMIT stood around them. The first that fails undoes what came before it and has the server skip what comes
    /// after it; the error names it and what was skipped. Inside a transaction block the block is then in the failed state.
    /// In the mode ``PipelineMode/independent`` each statement ends by itself, and its result says what became of it.
    ///
    /// ```swift
    /// let (name, moved) = try db.pipeline { pipeline in
    ///     (
    ///         try pipeline.query("SELECT name FROM accounts WHERE id = \(1)", as: String.self),
    ///         try pipeline.execute("UPDATE accounts SET balance = balance + \(100) WHERE id = \(1)")
    ///     )
    /// }
    /// print(try name.get(), try moved.get().rowsAffected)
    /// ```
    ///
    /// - Parameters:
    ///   - mode: Whether the statements stand or fall together.
    ///   - body: Adds the statements; what it returns is returned, with its ``PipelineResult``s filled in. What it throws
    ///     comes out as it is, and nothing is sent.
    /// - Throws: ``PostgresError`` if a statement of an atomic pipeline fails or the connection is lost.
    /// - Note: Source: PostgreSQL manual, "Message Flow", "Pipelining".
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func pipeline<Value>(
        _ mode: PipelineMode = .atomic, _ body: (Pipeline) throws -> Value
    ) throws -> Value {
        try withBlockingConnection { (connection) throws(PostgresError) -> Result<Value, any Error> in
            let core = try connection.useBlocking()
            let (pipeline, value) = connection.build(core, body)
            guard case .success = value, !pipeline.entries.isEmpty else { return value }
            do throws(PostgresError) {
                for entry in pipeline.entries {
                    switch entry.statement {
                    case .sql(let sql): try core.resolveTypesBlocking(sql)
                    case .prepared(let statement, _): _ = try statement.useBlocking()
                    }
                }
                var operation = PipelineOperation(core, pipeline.entries, mode)
                let outcome = try core.runBlocking(&operation)
                if let types = outcome.unaskedTypes { try core.learnBlocking(types) }
                try pipeline.settle(outcome, operation)
            } catch {
                pipeline.abort(error)
                throw error
            }
            return value
        }.get()
    }

    /// Sends several statements in one flight and reads all their results; the calling task waits.
    ///
    /// - Parameters:
    ///   - mode: Whether the statements stand or fall together.
    ///   - body: Adds the statements.
    /// - Throws: as the form above.
    @discardableResult
    public func pipeline<Value>(
        _ mode: PipelineMode = .atomic, _ body: (Pipeline) throws -> Value
    ) async throws -> Value {
        try await withAsyncConnection { (connection) async throws(PostgresError) -> Result<Value, any Error> in
            let core = try await connection.useAsync()
            let (pipeline, value) = connection.build(core, body)
            guard case .success = value, !pipeline.entries.isEmpty else { return value }
            do throws(PostgresError) {
                for entry in pipeline.entries {
                    switch entry.statement {
                    case .sql(let sql): try await core.resolveTypesAsync(sql)
                    case .prepared(let statement, _): _ = try await statement.useAsync()
                    }
                }
                var operation = PipelineOperation(core, pipeline.entries, mode)
                let outcome = try await core.runAsync(&operation)
                if let types = outcome.unaskedTypes { try await core.learnAsync(types) }
                try pipeline.settle(outcome, operation)
            } catch {
                pipeline.abort(error)
                throw error
            }
            return value
        }.get()
    }
}

extension Connection {
    fileprivate func build<Value>(
        _ core: ConnectionCore, _ body: (Pipeline) throws -> Value
    ) -> (Pipeline, Result<Value, any Error>) {
        let pipeline = Pipeline(self)
        defer { pipeline.end() }
        // What the closure ran meanwhile would come before what it has added.
        core.isBusy = true
        defer { core.isBusy = false }
        return (pipeline, Result { try body(pipeline) })
    }
}

extension Pipeline {
    /// Fills in the results.
    ///
    /// - Throws: The error that ended an atomic pipeline.
    fileprivate func settle(
        _ outcome: PipelineOperation.Outcome, _ operation: PipelineOperation
    ) throws(PostgresError) {
        if let error = outcome.error {
            abort(error)
            if let index = outcome.failedIndex { entries[index].receiver.fail(error) }
            throw error
        }
        for (index, (entry, reply)) in zip(entries, outcome.replies.replies).enumerated() {
            if let error = reply.error {
                entry.receiver.fail(operation.failure(error, at: index))
            } else {
                entry.receiver.receive(outcome.replies.rows(of: reply))
            }
        }
    }

    /// Tells the results that have not been told anything that nothing came of them.
    fileprivate func abort(_ error: PostgresError) {
        let aborted = PostgresError(
            .pipelineAborted, "nothing came of this statement, since its pipeline failed: \(error.message)"
        ).with(host: error.host)
        for entry in entries where entry.receiver.isPending {
            entry.receiver.fail(aborted.with(statement: entry.statement.text))
        }
    }
}
