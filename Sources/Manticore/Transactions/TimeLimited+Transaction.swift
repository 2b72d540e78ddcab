extension TimeLimited where Base: TransactionProvider {
    /// Runs `body` in a transaction that may take the time as a whole, repetitions included: see
    /// ``Database/transaction(isolation:retry:_:)-(_,_,(Transaction)(throws)->R)``.
    ///
    /// ```swift
    /// try db.within(.seconds(5)).transaction { tx in
    ///     try tx.update("accounts", ["balance": 0], where: ["id": 7])
    /// }
    /// ```
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel? = nil, retry: RetryPolicy = RetryPolicy(), _ body: (Transaction) throws -> R
    ) throws -> R {
        try withConnection { connection in
            try connection.transaction(isolation: isolation, retry: retry, body)
        }
    }

    /// Runs `body` in a transaction that may take the time as a whole; the async form of the method above.
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel? = nil, retry: RetryPolicy = RetryPolicy(),
        _ body: nonisolated(nonsending) (Transaction) async throws -> R
    ) async throws -> R {
        try await withConnection { connection in
            try await connection.transaction(isolation: isolation, retry: retry, body)
        }
    }
}
