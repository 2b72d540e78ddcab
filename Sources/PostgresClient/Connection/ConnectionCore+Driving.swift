extension ConnectionCore {
    package static func connectBlocking(
        _ configuration: ConnectionConfiguration, until limit: Deadline? = nil
    ) throws(PostgresError) -> ConnectionCore {
        var operation = try ConnectOperation(configuration, until: limit, surroundings: Surroundings(mayBlock: true))
        return try BlockingDriver.run(&operation)
    }

    package static func connectAsync(
        _ configuration: ConnectionConfiguration, until limit: Deadline? = nil
    ) async throws(PostgresError) -> ConnectionCore {
        var operation = try ConnectOperation(configuration, until: limit)
        return try await AsyncDriver.run(&operation)
    }

    /// - Parameter isShielded: Whether the deadline and the cancellation of calls are no reason to end it early, as for what
    ///   must be put in order after them.
    func runBlocking<Work: Operation>(
        _ operation: inout Work, isShielded: Bool = false
    ) throws(PostgresError) -> Work.Output {
        isBusy = true
        defer { isBusy = false }
        if isShielded { limits.spend() }
        do throws(PostgresError) {
            try checkLimits(&operation)
            return try BlockingDriver.run(&operation)
        } catch {
            throw settled(error)
        }
    }

    /// Tells an operation if it must wind down although it has yet to wait: where the server is always ahead, no wait would
    /// ever show it. One that has yet to begin is left alone.
    func checkLimits<Work: Operation>(_ operation: inout Work) throws(PostgresError) {
        guard let reason = limits.takeDue() else { return }
        guard !session.isIdle else {
            throw PostgresError(reason.code, "the call was ended before anything was sent").with(host: host)
                .with(isSafeToRetry: true)
        }
        try operation.interrupt(reason)
    }

    /// The error of an operation that has ended: a wait that failed leaves replies on the way, after which nobody else may
    /// use the connection.
    func settled(_ error: PostgresError) -> PostgresError {
        isUsable && !session.isIdle ? fail(error) : error
    }

    func runAsync<Work: Operation>(
        _ operation: inout Work, isShielded: Bool = false
    ) async throws(PostgresError) -> Work.Output {
        // Only a statement that is not yet under way can be left alone.
        if !isShielded, session.isIdle, Task.isCancelled {
            throw PostgresError(.cancelled, "the task was cancelled before anything was sent").with(host: host)
                .with(isSafeToRetry: true)
        }
        isBusy = true
        defer { isBusy = false }
        if isShielded { limits.spend() }
        do throws(PostgresError) {
            try checkLimits(&operation)
            return try await AsyncDriver.run(&operation, isShielded: isShielded)
        } catch {
            throw settled(error)
        }
    }

    /// What is to be looked up for the rows of a user's statement; a look-up of this library's own needs none.
    private func missingTypes(_ rows: Rows, _ source: StatementOperation<RowCollector>.Source) -> [PostgresOID]? {
        if case .sql(_, isOwn: true) = source { return nil }
        return rows.isEmpty ? nil : rows.columns.unaskedTypes
    }

    func rowsBlocking(
        _ source: StatementOperation<RowCollector>.Source, mayBeSuspended: Bool = false
    ) throws(PostgresError) -> Rows {
        var operation = StatementOperation(self, source, RowCollector(mayBeSuspended: mayBeSuspended))
        _ = try runBlocking(&operation)
        let rows = operation.sink.finish(&link)
        if let types = missingTypes(rows, source) { try learnBlocking(types) }
        return rows
    }

    func rowsAsync(
        _ source: StatementOperation<RowCollector>.Source, mayBeSuspended: Bool = false
    ) async throws(PostgresError) -> Rows {
        var operation = StatementOperation(self, source, RowCollector(mayBeSuspended: mayBeSuspended))
        _ = try await runAsync(&operation)
        let rows = operation.sink.finish(&link)
        if let types = missingTypes(rows, source) { try await learnAsync(types) }
        return rows
    }
}
