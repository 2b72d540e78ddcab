extension RowBatchReader {
    /// Reads all rows as tuples.
    @inlinable
    func tuplesBlocking<each Value: PostgresDecodable>() throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        // Nothing is known of the columns before the first rows, or the end, have come.
        var hasRows = try advanceBlocking()
        let decoder: TupleDecoder<repeat each Value>
        do throws(PostgresError) {
            decoder = try TupleDecoder<repeat each Value>(columns)
        } catch {
            try finishBlocking()
            throw complete(error)
        }
        while hasRows {
            if let (failure, row) = decoder.decode(batch, into: &values) {
                let error = decoder.error(failure, columns, row: firstRow + row)
                try finishBlocking()
                throw complete(error)
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
        let decoder: TupleDecoder<repeat each Value>
        do throws(PostgresError) {
            decoder = try TupleDecoder<repeat each Value>(columns)
        } catch {
            try await finishAsync()
            throw complete(error)
        }
        while hasRows {
            if let (failure, row) = decoder.decode(batch, into: &values) {
                let error = decoder.error(failure, columns, row: firstRow + row)
                try await finishAsync()
                throw complete(error)
            }
            hasRows = try await advanceAsync()
        }
        return values
    }
}
