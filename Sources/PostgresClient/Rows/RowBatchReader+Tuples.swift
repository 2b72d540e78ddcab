extension RowBatchReader {
    /// Reads all rows as tuples.
    @inlinable
    func tuplesBlocking<each Value: PostgresDecodable>(
        _ tuple: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        // Nothing is known of the columns before the first rows, or the end, have come.
        var hasRows = try advanceBlocking()
        let plan: TuplePlan
        do throws(PostgresError) {
            plan = try TuplePlan((repeat each Value).self, columns)
        } catch {
            return try tuples(try resolveBlocking(error, hasRows))
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
    func tuplesAsync<each Value: PostgresDecodable>(
        _ tuple: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        // Nothing is known of the columns before the first rows, or the end, have come.
        var hasRows = try await advanceAsync()
        let plan: TuplePlan
        do throws(PostgresError) {
            plan = try TuplePlan((repeat each Value).self, columns)
        } catch {
            return try tuples(try await resolveAsync(error, hasRows))
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

    /// Reads batches that were kept.
    @usableFromInline
    func tuples<each Value: PostgresDecodable>(_ batches: [RowBatch]) throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        do throws(PostgresError) {
            let plan = try TuplePlan((repeat each Value).self, columns)
            for batch in batches {
                let before = values.count
                if let (failure, row) = plan.append(batch, to: &values) {
                    throw plan.error(failure, columns, row: before + row)
                }
            }
        } catch {
            throw complete(error)
        }
        return values
    }

    @usableFromInline
    func error(_ failure: DecodingFailure, _ plan: TuplePlan, _ row: Int) -> PostgresError {
        complete(plan.error(failure, columns, row: firstRow + row))
    }
}
