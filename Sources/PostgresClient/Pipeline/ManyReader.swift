/// Runs one statement with many sets of values, and reads the rows of all of them in batches.
@usableFromInline
final class ManyReader {
    private let core: ConnectionCore
    @safe @exclusivity(unchecked) private var operation: ManyOperation
    @safe @exclusivity(unchecked) private var isFinished = false
    @safe @exclusivity(unchecked) private var rowsBefore = 0

    init(_ core: ConnectionCore, _ statement: StatementDescription, _ feed: @escaping ManyOperation.Feed) {
        self.core = core
        operation = ManyOperation(core, statement, keepsRows: true, feed)
    }

    private func startBatch() {
        rowsBefore += operation.sink.collector.count
        operation.sink.collector.startNextBatch()
    }

    private func append<each Value: PostgresDecodable>(
        _ plan: TuplePlan, to values: inout [(repeat each Value)]
    ) -> PostgresError? {
        let collector = operation.sink.collector
        let batch = RowBatch(bytes: core.link.bytes, places: collector.places)
        guard let (failure, row) = plan.append(batch, to: &values) else { return nil }
        return plan.error(failure, collector.columns, row: rowsBefore + row).with(host: core.host)
    }

    /// Reads all rows; the calling thread waits.
    func tuplesBlocking<each Value: PostgresDecodable>() throws(PostgresError) -> [(repeat each Value)] {
        let plan = try TuplePlan((repeat each Value).self, operation.sink.collector.columns)
        var values: [(repeat each Value)] = []
        var failure: PostgresError?
        while !isFinished {
            startBatch()
            isFinished = try core.runBlocking(&operation)
            if failure == nil { failure = append(plan, to: &values) }
        }
        core.link.shrink()
        if let failure { throw failure }
        return values
    }

    /// Reads all rows; the calling task waits.
    func tuplesAsync<each Value: PostgresDecodable>() async throws(PostgresError) -> [(repeat each Value)] {
        let plan = try TuplePlan((repeat each Value).self, operation.sink.collector.columns)
        var values: [(repeat each Value)] = []
        var failure: PostgresError?
        while !isFinished {
            startBatch()
            isFinished = try await core.runAsync(&operation)
            if failure == nil { failure = append(plan, to: &values) }
        }
        core.link.shrink()
        if let failure { throw failure }
        return values
    }
}
