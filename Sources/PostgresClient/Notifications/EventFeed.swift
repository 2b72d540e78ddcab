/// What streams with a connection of their own have in common: begins the operation with the first call, runs it again for
/// each, one caller at a time, and ends it for whoever may.
final class EventFeed<Work: FeedOperation> {
    /// Where the operation lies: it is advanced in place.
    private final class Running {
        var operation: Work
        init(_ operation: Work) { self.operation = operation }
    }

    private let source: Result<NotificationSource, PostgresError>
    /// Makes the operation; the closure that it is given tells the end from a task's cancellation.
    private let open: (NotificationSource, @escaping @Sendable () -> Bool) throws(PostgresError) -> Work
    private let interrupter = Interrupter()
    private var running: Running?
    private var isBusy = false

    /// Whether nothing more will come.
    private(set) var hasEnded = false

    init(
        _ source: Result<NotificationSource, PostgresError>,
        _ open: @escaping (NotificationSource, @escaping @Sendable () -> Bool) throws(PostgresError) -> Work
    ) {
        self.source = source
        self.open = open
        interrupter.arm()
    }

    deinit {
        end()
    }

    /// The operation; nil before the first call and after the end.
    var operation: Work? { running?.operation }

    /// Who may end it from elsewhere.
    var canceller: Canceller { Canceller(interrupter) }

    /// Ends it; a call that waits returns nil.
    func close() {
        interrupter.interrupt()
        if !isBusy { end() }
    }

    private func end() {
        hasEnded = true
        running?.operation.close()
        running = nil
        if case .success(let source) = source { source.detach(interrupter) }
    }

    // MARK: - Running

    /// Runs the operation for what `request` asks of it; the calling thread waits.
    ///
    /// - Returns: What it came to; nil at the end.
    func runBlocking(_ request: (inout Work) -> Void) throws(PostgresError) -> Work.Event? {
        guard let running = try begin(request) else { return nil }
        defer { settle(running) }
        return try BlockingDriver.run(&running.operation, interrupter: interrupter)
    }

    /// Runs the operation for what `request` asks of it; the calling task waits.
    ///
    /// - Returns: What it came to; nil at the end.
    func runAsync(_ request: (inout Work) -> Void) async throws(PostgresError) -> Work.Event? {
        guard let running = try begin(request) else { return nil }
        defer { settle(running) }
        // Where there is always something to tell, no wait would ever show it.
        if Task.isCancelled { try running.operation.interrupt(.taskCancelled) }
        return try await AsyncDriver.run(&running.operation, interrupter: interrupter)
    }

    private func begin(_ request: (inout Work) -> Void) throws(PostgresError) -> Running? {
        guard !isBusy else {
            throw PostgresError(.connectionBusy, "somebody else waits for what comes next in this stream")
                .with(isSafeToRetry: true)
        }
        if interrupter.isRaised { end() }
        guard !hasEnded else { return nil }
        if running == nil { running = try start() }
        guard let running else { return nil }
        request(&running.operation)
        isBusy = true
        return running
    }

    private func start() throws(PostgresError) -> Running {
        do throws(PostgresError) {
            let source = try source.get()
            try source.attach(interrupter)
            let interrupter = interrupter
            return Running(try open(source) { interrupter.isRaised })
        } catch {
            end()
            throw error
        }
    }

    private func settle(_ running: Running) {
        isBusy = false
        if running.operation.hasEnded { end() }
    }
}
