extension RowBatchReader {
    /// Reads all rows as tuples.
    @inlinable
    func tuplesBlocking<each Value: PostgresDecodable>() throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        // Nothing is known of the columns before the first rows, or the end, have come.
        var hasRows = try advanceBlocking()
        let plan: TuplePlan
        do throws(PostgresError) {
            plan = try TuplePlan((repeat each Value).self, columns)
        } catch {
            try finishBlocking()
            throw complete(error)
        }
        while hasRows {
            if let (failure, row) = plan.append(batch, to: &values) {
                let error = error(failure, plan, row)
                try finishBlocking()
                throw error
            }
            hasRows = try advanceBlocking()
        }
        return values
    }

    /// Reads all rows as tuples.
    @inlinable
    func tuplesAsync<each Value: PostgresDecodable>() async throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        // Nothing is known of the columns before the first rows, or the end, have come.
        var hasRows = try await advanceAsync()
        let plan: TuplePlan
        do throws(PostgresError) {
            plan = try TuplePlan((repeat each Value).self, columns)
        } catch {
            try await finishAsync()
            throw complete(error)
        }
        while hasRows {
            if let (failure, row) = plan.append(batch, to: &values) {
                let error = error(failure, plan, row)
                try await finishAsync()
                throw error
            }
            hasRows = try await advanceAsync()
        }
        return values
    }

    @usableFromInline
    func error(_ failure: DecodingFailure, _ plan: TuplePlan, _ row: Int) -> PostgresError {
        complete(plan.error(failure, columns, row: firstRow + row))
    }
}
