/// One execution whose result is received a bufferful at a time: is given a connection when it is opened, occupies it, and
/// gives it back at the end, after an error, or when it is dropped.
final class StreamExecution<Work: StreamedOperation> {
    /// Where the operation lies while the stream goes on: it is advanced in place, since copying it for every bufferful costs
    /// as much as reading some rows.
    private final class Running {
        var operation: Work
        init(_ operation: Work) { self.operation = operation }
    }

    /// Makes the operation for the connection that was lent; the two forms of one thing.
    private let openBlocking: (Connection) throws(PostgresError) -> Work
    private let openAsync: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Work
    private let source: StreamSource
    private var connection: Connection?
    private var running: Running?
    /// Whether the server has nothing more; the last rows may not be read yet.
    private var isAtEnd = false
    private var hasEnded = false
    private var endedColumns = RowColumns.none

    /// What the server says it did; nil before the end.
    private(set) var commandTag: CommandTag?

    init(
        _ source: StreamSource, openBlocking: @escaping (Connection) throws(PostgresError) -> Work,
        openAsync: nonisolated(nonsending) @escaping (Connection) async throws(PostgresError) -> Work
    ) {
        self.source = source
        self.openBlocking = openBlocking
        self.openAsync = openAsync
    }

    deinit {
        abandon()
        end()
    }

    /// The columns; none before the first rows have come.
    var columns: RowColumns { running?.operation.sink.columns ?? endedColumns }

    /// The sink and the core while there are rows to be read; nil before the first and after the end.
    var sink: Work.Sink? { running?.operation.sink }
    var core: ConnectionCore? { running?.operation.core }

    /// Has the sink give what it has gathered.
    func take<Value>(_ body: (inout Work.Sink, ConnectionCore) -> Value) -> Value? {
        guard let running else { return nil }
        let core = running.operation.core
        return body(&running.operation.sink, core)
    }

    // MARK: - Its end

    private func end() {
        hasEnded = true
        if let operation = running?.operation {
            operation.core.isBusy = false
            operation.core.link.shrink()
            endedColumns = operation.sink.columns
            commandTag = operation.sink.tag
            running = nil
        }
        guard let connection else { return }
        self.connection = nil
        source.takeBack(connection)
    }

    /// What the server still sends is nobody's: the connection's next use settles it, or the pool.
    private func abandon() {
        guard let core, !core.session.isIdle else { return }
        core.isAbandoned = true
    }

    /// Gives the connection back early, after a row that could not be read.
    func fail(_ error: PostgresError) -> PostgresError {
        let error = error.with(statement: running?.operation.text).with(host: core?.host)
        abandon()
        end()
        return error
    }

    private func fail(in error: PostgresError) -> PostgresError {
        let failure = core?.settled(error) ?? error
        end()
        return failure
    }

    // MARK: - Its rows

    private func begin(_ operation: Work) -> Running {
        operation.core.isBusy = true
        let running = Running(operation)
        self.running = running
        return running
    }

    /// Whether there can be more, so that it is worth to be advanced.
    private func mayGoOn() -> Bool {
        if isAtEnd { end() }
        return !hasEnded
    }

    private func deliver(_ running: Running) -> Bool {
        guard running.operation.sink.count > 0 else {
            end()
            return false
        }
        return true
    }

    /// Where the server is always ahead no wait would ever tell of a cancellation.
    private func checkTask(_ running: Running) throws(PostgresError) {
        guard Task.isCancelled else { return }
        guard !running.operation.core.session.isIdle else {
            throw PostgresError(.cancelled, "the task was cancelled before anything was sent")
                .with(host: running.operation.core.host).with(isSafeToRetry: true)
        }
        try running.operation.interrupt(.taskCancelled)
    }

    /// Occupies the connection again, after something else was done with it.
    private func goOn(_ core: ConnectionCore) throws(PostgresError) {
        try core.checkAvailable()
        core.isBusy = true
    }

    /// Receives the next rows; false at the end. The calling thread waits.
    func advanceBlocking() throws(PostgresError) -> Bool {
        guard mayGoOn() else { return false }
        do throws(PostgresError) {
            if running == nil {
                let lent = try source.lendBlocking()
                connection = lent
                running = begin(try openBlocking(lent))
            }
            guard let running else { return false }
            let core = running.operation.core
            running.operation.sink.startNextBatch()
            try core.checkLimits(&running.operation)
            isAtEnd = try BlockingDriver.run(&running.operation)
            if let types = running.operation.takeWantedTypes() {
                try core.learnBlocking(types)
                try goOn(core)
                try core.checkLimits(&running.operation)
                isAtEnd = try BlockingDriver.run(&running.operation)
            }
            return deliver(running)
        } catch {
            throw fail(in: error)
        }
    }

    /// Receives the next rows; false at the end. The calling task waits.
    func advanceAsync() async throws(PostgresError) -> Bool {
        guard mayGoOn() else { return false }
        do throws(PostgresError) {
            if running == nil {
                let lent = try await source.lendAsync()
                connection = lent
                running = begin(try await openAsync(lent))
            }
            guard let running else { return false }
            let core = running.operation.core
            running.operation.sink.startNextBatch()
            try checkTask(running)
            try core.checkLimits(&running.operation)
            isAtEnd = try await AsyncDriver.run(&running.operation)
            if let types = running.operation.takeWantedTypes() {
                try await core.learnAsync(types)
                try goOn(core)
                try checkTask(running)
                try core.checkLimits(&running.operation)
                isAtEnd = try await AsyncDriver.run(&running.operation)
            }
            return deliver(running)
        } catch {
            throw fail(in: error)
        }
    }
}
