/// What the streams have in common: opens the statement, receives a bufferful at a time, gives the connection back.
@usableFromInline
final class StreamReader: TupleSource {
    private let sql: SQL
    private let source: StreamSource
    private let holdsBytes: Bool
    private var connection: Connection?
    private var core: ConnectionCore?
    private var running: Running?
    private var hasEnded = false
    private var rowsBefore = 0

    /// Where the operation lies while the stream goes on: it is advanced in place, since copying it for every bufferful costs
    /// as much as reading some rows.
    private final class Running {
        var operation: StatementOperation<RowCollector>
        init(_ operation: StatementOperation<RowCollector>) { self.operation = operation }
    }

    init(_ sql: SQL, _ source: StreamSource, holdsBytes: Bool) {
        self.sql = sql
        self.source = source
        self.holdsBytes = holdsBytes
    }

    deinit {
        guard !hasEnded, running != nil else { return }
        // What the server still sends is settled by the connection's next use, or by the pool.
        if let core, !core.session.isIdle { core.isAbandoned = true }
        end()
    }

    @usableFromInline var columns: RowColumns { running?.operation.sink.columns ?? endedColumns }

    private var endedColumns = RowColumns.none

    /// What the server says it did; nil before the end.
    @usableFromInline private(set) var commandTag: CommandTag?

    /// The rows that the last advance brought.
    @usableFromInline var batch: RowBatch {
        RowBatch(bytes: core?.link.bytes ?? [], places: running?.operation.sink.places ?? [])
    }

    /// The same as a result of its own.
    func takeRows() -> Rows? {
        guard let core, let running else { return nil }
        var rows = running.operation.sink.finish(&core.link)
        rows.firstNumber = rowsBefore
        return rows
    }

    private func end() {
        hasEnded = true
        core?.isBusy = false
        core?.link.shrink()
        core = nil
        if let sink = running?.operation.sink {
            endedColumns = sink.columns
            commandTag = sink.tag
        }
        running = nil
        guard let connection else { return }
        self.connection = nil
        source.takeBack(connection)
    }

    private func begin(_ core: ConnectionCore, _ sql: RenderedSQL) {
        running = Running(
            StatementOperation(
                core, .sql(sql), RowCollector(holdsBytes: holdsBytes), returnsBatches: true))
        self.core = core
        core.isBusy = true
    }

    /// Gives the connection back early, after a row that could not be read.
    @usableFromInline
    func fail(_ error: PostgresError) -> PostgresError {
        let error = error.with(statement: running?.operation.text).with(host: core?.host)
        if running != nil { core?.isAbandoned = !isAtEnd }
        end()
        return error
    }

    private var isAtEnd = false

    /// The number of the first row of the batch.
    @usableFromInline var firstRow: Int { rowsBefore }

    private func startBatch(_ running: Running) {
        rowsBefore += running.operation.sink.count
        running.operation.sink.startNextBatch()
    }

    /// Receives the next rows; false at the end.
    @usableFromInline
    func advanceBlocking() throws(PostgresError) -> Bool {
        guard !hasEnded else { return false }
        if isAtEnd {
            end()
            return false
        }
        do throws(PostgresError) {
            if running == nil {
                let lent = try source.lendBlocking()
                connection = lent
                let rendered = try sql.render()
                begin(try lent.useBlocking(for: rendered), rendered)
            }
            guard let running else { return false }
            startBatch(running)
            try core?.checkEnds(&running.operation)
            isAtEnd = try BlockingDriver.run(&running.operation)
            return deliver(running)
        } catch {
            let failure = core?.settled(error) ?? error
            end()
            throw failure
        }
    }

    /// Receives the next rows; false at the end.
    @usableFromInline
    func advanceAsync() async throws(PostgresError) -> Bool {
        guard !hasEnded else { return false }
        if isAtEnd {
            end()
            return false
        }
        do throws(PostgresError) {
            if running == nil {
                let lent = try await source.lendAsync()
                connection = lent
                let rendered = try sql.render()
                begin(try await lent.useAsync(for: rendered), rendered)
            }
            guard let running else { return false }
            startBatch(running)
            // Where the server is always ahead no wait would ever tell of a cancellation.
            if Task.isCancelled {
                guard !running.operation.core.session.isIdle else {
                    throw PostgresError(.cancelled, "the task was cancelled before anything was sent")
                        .with(host: running.operation.core.host).with(isSafeToRetry: true)
                }
                try running.operation.interrupt(.taskCancelled)
            }
            try core?.checkEnds(&running.operation)
            isAtEnd = try await AsyncDriver.run(&running.operation)
            return deliver(running)
        } catch {
            let failure = core?.settled(error) ?? error
            end()
            throw failure
        }
    }

    private func deliver(_ running: Running) -> Bool {
        guard running.operation.sink.count > 0 else {
            end()
            return false
        }
        return true
    }
}
