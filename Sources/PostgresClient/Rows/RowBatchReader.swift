/// A statement whose rows are received a bufferful at a time.
@usableFromInline
final class RowBatchReader {
    private let core: ConnectionCore
    @safe @exclusivity(unchecked) private var operation: StatementOperation<RowCollector>
    @safe @exclusivity(unchecked) private var isFinished = false
    @safe @exclusivity(unchecked) private var rowsBefore = 0

    init(_ core: ConnectionCore, _ source: StatementOperation<RowCollector>.Source) {
        self.core = core
        var places: [Rows.Place] = []
        swap(&places, &core.sparePlaces)
        operation = StatementOperation(
            core, source, RowCollector(holdsBytes: false, places: places), returnsBatches: true)
    }

    deinit {
        core.sparePlaces = operation.sink.takePlaces()
    }

    @usableFromInline var columns: RowColumns { operation.sink.columns }

    /// How many rows earlier batches had.
    @usableFromInline var firstRow: Int { rowsBefore }

    /// The rows that the last advance brought.
    @usableFromInline var batch: RowBatch { RowBatch(bytes: core.link.bytes, places: operation.sink.places) }

    private func startBatch() {
        rowsBefore += operation.sink.count
        operation.sink.startNextBatch()
    }

    /// Receives the next rows; false at the end.
    @usableFromInline
    func advanceBlocking() throws(PostgresError) -> Bool {
        guard !isFinished else {
            core.link.shrink()
            return false
        }
        startBatch()
        isFinished = try core.runBlocking(&operation)
        return operation.sink.count > 0
    }

    /// Receives the next rows; false at the end.
    @usableFromInline
    func advanceAsync() async throws(PostgresError) -> Bool {
        guard !isFinished else {
            core.link.shrink()
            return false
        }
        startBatch()
        isFinished = try await core.runAsync(&operation)
        return operation.sink.count > 0
    }

    /// Reads what is left without keeping it, so that the connection stays in step after a row that could not be read.
    @usableFromInline
    func finishBlocking() throws(PostgresError) {
        while try advanceBlocking() {}
    }

    /// Reads what is left without keeping it.
    @usableFromInline
    func finishAsync() async throws(PostgresError) {
        while try await advanceAsync() {}
    }

    /// Receives what is left and keeps it, then looks up the types that nobody has looked up yet: with these the columns
    /// may be readable after all, as an array of a domain is.
    ///
    /// - Parameters:
    ///   - error: Why they are not.
    ///   - hasRows: Whether there is a batch already.
    /// - Returns: All batches.
    /// - Throws: `error` if there is nothing to be looked up.
    @usableFromInline
    func resolveBlocking(_ error: PostgresError, _ hasRows: Bool) throws(PostgresError) -> [RowBatch] {
        guard let types = columns.unknownTypes else {
            try finishBlocking()
            throw complete(error)
        }
        var batches = hasRows ? [batch] : []
        while try advanceBlocking() { batches.append(batch) }
        do throws(PostgresError) {
            _ = try core.catalogBlocking(of: types)
        } catch {
            throw unresolved(error)
        }
        return batches
    }

    /// Receives what is left and keeps it, then looks up the types that nobody has looked up yet.
    @usableFromInline
    func resolveAsync(_ error: PostgresError, _ hasRows: Bool) async throws(PostgresError) -> [RowBatch] {
        guard let types = columns.unknownTypes else {
            try await finishAsync()
            throw complete(error)
        }
        var batches = hasRows ? [batch] : []
        while try await advanceAsync() { batches.append(batch) }
        do throws(PostgresError) {
            _ = try await core.catalogAsync(of: types)
        } catch {
            throw unresolved(error)
        }
        return batches
    }

    private func unresolved(_ error: PostgresError) -> PostgresError {
        error.with(message: "the types of the result's columns could not be looked up: \(error.message)")
    }

    /// The error of a row of the batch, complete with its number, the statement and the server.
    @usableFromInline
    func complete(_ error: PostgresError) -> PostgresError {
        error.with(statement: operation.text).with(host: core.host)
    }
}
