/// What the streams of a COPY have in common: opens the statement, receives a bufferful at a time, gives the connection
/// back.
final class CopyOutReader {
    /// What is copied, and how; made into text when the stream is opened.
    struct Order {
        let statement: () throws(PostgresError) -> String
        let description: () throws(PostgresError) -> String?
        let shape: () throws(PostgresError) -> CopyOutSink.Shape
    }

    private let order: Order
    private let source: StreamSource
    private var connection: Connection?
    private var core: ConnectionCore?
    private var running: Running?
    private var hasEnded = false
    private var isAtEnd = false
    private var rowsBefore = 0
    private var rowsInBatch = 0
    /// Whether the batch is the rows that were copied out of their messages; those that lie in the buffer come after them.
    private var isCopied = false
    private var hasMore = false
    private var endedColumns = RowColumns.none

    /// Where the operation lies while the stream goes on, so that it is advanced in place.
    private final class Running {
        var operation: CopyOutOperation
        init(_ operation: CopyOutOperation) { self.operation = operation }
    }

    init(_ order: Order, _ source: StreamSource) {
        self.order = order
        self.source = source
    }

    deinit {
        guard !hasEnded, running != nil else { return }
        // What the server still sends is settled by the connection's next use, or by the pool.
        if let core, !core.session.isIdle { core.isAbandoned = true }
        end()
    }

    /// What the server says it did; nil before the end.
    private(set) var commandTag: CommandTag?

    private func begin(_ core: ConnectionCore) throws(PostgresError) {
        let operation = CopyOutOperation(
            core, try order.statement(), describing: try order.description(), CopyOutSink(try order.shape()))
        running = Running(operation)
        self.core = core
        core.isBusy = true
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

    /// Goes on to rows that have come already; false if more must be received.
    private func goOn() -> Bool {
        rowsBefore += rowsInBatch
        rowsInBatch = 0
        guard let running, hasMore else { return false }
        hasMore = false
        isCopied = false
        rowsInBatch = running.operation.sink.places.count
        return true
    }

    private func deliver(_ running: Running) -> Bool {
        let sink = running.operation.sink
        guard sink.count > 0 else {
            end()
            return false
        }
        isCopied = !sink.copiedPlaces.isEmpty
        hasMore = isCopied && !sink.places.isEmpty
        rowsInBatch = isCopied ? sink.copiedPlaces.count : sink.places.count
        return true
    }

    func takeBytes() -> [UInt8] { running?.operation.sink.takeBytes() ?? [] }
}

extension CopyOutReader: TupleSource {
    var columns: RowColumns { running?.operation.sink.columns ?? endedColumns }
    var firstRow: Int { rowsBefore }

    var batch: RowBatch {
        guard let running else { return .empty }
        return isCopied
            ? RowBatch(bytes: running.operation.sink.copied, places: running.operation.sink.copiedPlaces)
            : RowBatch(bytes: core?.link.bytes ?? [], places: running.operation.sink.places)
    }

    func fail(_ error: PostgresError) -> PostgresError {
        let error = error.with(statement: running?.operation.text).with(host: core?.host)
        if let core, running != nil, !core.session.isIdle { core.isAbandoned = true }
        end()
        return error
    }

    func advanceBlocking() throws(PostgresError) -> Bool {
        guard !hasEnded else { return false }
        if goOn() { return true }
        if isAtEnd {
            end()
            return false
        }
        do throws(PostgresError) {
            if running == nil {
                let lent = try source.lendBlocking()
                connection = lent
                try begin(try lent.useBlocking())
            }
            guard let running else { return false }
            running.operation.sink.startNextBatch()
            try running.operation.core.checkEnds(&running.operation)
            isAtEnd = try BlockingDriver.run(&running.operation)
            return deliver(running)
        } catch {
            let failure = core?.settled(error) ?? error
            end()
            throw failure
        }
    }

    func advanceAsync() async throws(PostgresError) -> Bool {
        guard !hasEnded else { return false }
        if goOn() { return true }
        if isAtEnd {
            end()
            return false
        }
        do throws(PostgresError) {
            if running == nil {
                let lent = try await source.lendAsync()
                connection = lent
                try begin(try await lent.useAsync())
            }
            guard let running else { return false }
            running.operation.sink.startNextBatch()
            // Where the server is always ahead no wait would ever tell of a cancellation.
            if Task.isCancelled {
                guard !running.operation.core.session.isIdle else {
                    throw PostgresError(.cancelled, "the task was cancelled before anything was sent")
                        .with(host: running.operation.core.host).with(isSafeToRetry: true)
                }
                try running.operation.interrupt(.taskCancelled)
            }
            try running.operation.core.checkEnds(&running.operation)
            isAtEnd = try await AsyncDriver.run(&running.operation)
            return deliver(running)
        } catch {
            let failure = core?.settled(error) ?? error
            end()
            throw failure
        }
    }
}
