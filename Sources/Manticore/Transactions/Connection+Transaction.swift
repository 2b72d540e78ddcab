extension Connection {
    /// Runs `body` in a transaction on this connection: see ``Database/transaction(isolation:retry:_:)-(_,_,(Transaction)(throws)->R)``.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel? = nil, retry: RetryPolicy = RetryPolicy(), _ body: (Transaction) throws -> R
    ) throws -> R {
        try requireNoTransaction()
        let connection = self
        var run = TransactionRun(retry)
        while true {
            _ = connection.takeRetryableError()
            do throws(PostgresError) {
                try connection.simpleQuery(TransactionRun.begin(isolation))
            } catch {
                throw TransactionRun.beginFailed(error)
            }
            let transaction = Transaction(connection, attempt: run.attempt)
            var failure: any Error
            // Only what is still failed at the end asks to be repeated: a savepoint may have mended the rest.
            var hasFailed = false
            do {
                let value = try body(transaction)
                transaction.end()
                switch run.ending(connection) {
                case .commit:
                    // What failed before is mended, or the server would say so; only COMMIT itself may ask for a repetition.
                    _ = connection.takeRetryableError()
                    do throws(PostgresError) {
                        try TransactionRun.checkCommit(try connection.simpleQuery("COMMIT"), host: connection.host)
                        return value
                    } catch {
                        let commitFailure = TransactionRun.commitFailed(error, connection)
                        failure = commitFailure
                        hasFailed = commitFailure.code != .outcomeUnknown
                    }
                case .rollBack(let error):
                    failure = error
                    hasFailed = true
                case .fail(let error):
                    failure = error
                }
            } catch {
                transaction.end()
                failure = error
                hasFailed = connection.transactionStatus == .failed
            }
            let retryable = connection.takeRetryableError()
            connection.rollBackBlocking()
            guard hasFailed, retryable != nil, connection.isUsable, let pause = run.retry() else { throw failure }
            BlockingSleep.sleep(for: pause)
        }
    }

    /// Runs `body` in a transaction on this connection; the async form of the method above.
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel? = nil, retry: RetryPolicy = RetryPolicy(),
        _ body: nonisolated(nonsending) (Transaction) async throws -> R
    ) async throws -> R {
        try requireNoTransaction()
        let connection = self
        var run = TransactionRun(retry)
        while true {
            _ = connection.takeRetryableError()
            do throws(PostgresError) {
                try await connection.simpleQuery(TransactionRun.begin(isolation))
            } catch {
                throw TransactionRun.beginFailed(error)
            }
            let transaction = Transaction(connection, attempt: run.attempt)
            var failure: any Error
            // Only what is still failed at the end asks to be repeated: a savepoint may have mended the rest.
            var hasFailed = false
            do {
                let value = try await body(transaction)
                transaction.end()
                switch run.ending(connection, isCancelled: Task.isCancelled) {
                case .commit:
                    // What failed before is mended, or the server would say so; only COMMIT itself may ask for a repetition.
                    _ = connection.takeRetryableError()
                    do throws(PostgresError) {
                        try TransactionRun.checkCommit(
                            try await connection.simpleQuery("COMMIT"), host: connection.host)
                        return value
                    } catch {
                        let commitFailure = TransactionRun.commitFailed(error, connection)
                        failure = commitFailure
                        hasFailed = commitFailure.code != .outcomeUnknown
                    }
                case .rollBack(let error):
                    failure = error
                    hasFailed = true
                case .fail(let error):
                    failure = error
                }
            } catch {
                transaction.end()
                failure = error
                hasFailed = connection.transactionStatus == .failed
            }
            let retryable = connection.takeRetryableError()
            await connection.rollBackAsync()
            guard hasFailed, retryable != nil, connection.isUsable, let pause = run.retry() else { throw failure }
            try await Task.sleep(for: pause)
        }
    }

    private func requireNoTransaction() throws(PostgresError) {
        guard transactionStatus == .idle else {
            throw PostgresError(
                .invalidArgument,
                "the connection is in a transaction already; PostgreSQL knows savepoints, not nested transactions"
            ).with(host: host)
        }
    }
}
