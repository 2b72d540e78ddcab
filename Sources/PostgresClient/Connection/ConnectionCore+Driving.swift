extension ConnectionCore {
    package static func connectBlocking(_ configuration: ConnectionConfiguration) throws(PostgresError)
        -> ConnectionCore
    {
        var operation = try ConnectOperation(configuration, surroundings: Surroundings(mayBlock: true))
        return try BlockingDriver.run(&operation)
    }

    package static func connectAsync(_ configuration: ConnectionConfiguration) async throws(PostgresError)
        -> ConnectionCore
    {
        var operation = try ConnectOperation(configuration)
        return try await AsyncDriver.run(&operation)
    }

    func runBlocking<Work: Operation>(_ operation: inout Work) throws(PostgresError) -> Work.Output {
        isBusy = true
        defer { isBusy = false }
        do throws(PostgresError) {
            return try BlockingDriver.run(&operation)
        } catch {
            throw settled(error)
        }
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
        do throws(PostgresError) {
            return try await AsyncDriver.run(&operation, isShielded: isShielded)
        } catch {
            throw settled(error)
        }
    }

    func rowsBlocking(_ source: StatementOperation<RowCollector>.Source) throws(PostgresError) -> Rows {
        var operation = StatementOperation(self, source, RowCollector())
        _ = try runBlocking(&operation)
        return operation.sink.finish(&link)
    }

    func rowsAsync(_ source: StatementOperation<RowCollector>.Source) async throws(PostgresError) -> Rows {
        var operation = StatementOperation(self, source, RowCollector())
        _ = try await runAsync(&operation)
        return operation.sink.finish(&link)
    }
}
