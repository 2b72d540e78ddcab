import Logging
import Synchronization

/// Connections to one server that are lent and taken back, for both faces at once.
///
/// Nothing is opened before it is needed, and no task has to be kept running for it. Whoever comes first is served first,
/// threads and tasks in one queue.
///
/// ```swift
/// let pool = ConnectionPool(try ConnectionConfiguration(url: "postgresql://app@localhost/bank"))
/// let one = try pool.withConnection { connection in try connection.query("SELECT 1", as: Int32.self) }
/// ```
public final class ConnectionPool: Sendable {
    private typealias Session = Handover<ConnectionCore>

    private enum Grant: Sendable {
        case use(Session)
        case open
        case closed
    }

    private enum Next {
        case use(Session)
        case open
        case closed
        case wait(UInt64, CompletionReader<Grant>)
    }

    private struct State {
        var pool: PoolState<Session>
        var waiters: [UInt64: Completion<Grant>] = [:]
        var drained: [Completion<Void>] = []
    }

    /// What the connections are made from.
    public let configuration: ConnectionConfiguration
    /// The limits.
    public let limits: PoolConfiguration

    private let state: Mutex<State>

    // What a caller cannot see: connections that come and go behind its back. Statements and their values are not logged.
    private let logger = Logger(label: "manticore.pool")

    /// Makes a pool; opens nothing.
    public init(_ configuration: ConnectionConfiguration, _ limits: PoolConfiguration = PoolConfiguration()) {
        self.configuration = configuration
        self.limits = limits
        state = Mutex(State(pool: PoolState(limit: limits.maxConnections)))
    }

    deinit {
        close()
    }

    /// How many connections are open, how many of them idle, and how many callers wait.
    public var statistics: PoolStatistics {
        state.withLock { state in
            PoolStatistics(open: state.pool.count, idle: state.pool.idle.count, waiting: state.pool.waiting)
        }
    }

    // MARK: - Taking

    /// Takes a connection; the calling thread waits for one.
    package func leaseBlocking() throws(PostgresError) -> Connection {
        let deadline = Deadline.after(limits.acquireTimeout)
        var next = try begin()
        while true {
            switch next {
            case .use(let session):
                if let connection = revive(session) { return connection }
                next = try begin()
            case .open:
                do throws(PostgresError) {
                    return opened(try ConnectionCore.connectBlocking(configuration))
                } catch {
                    abandonPlace()
                    throw error
                }
            case .closed:
                throw closedError
            case .wait(let number, let reader):
                var wait = CompletionOperation(reader, until: deadline)
                do throws(PostgresError) {
                    next = ConnectionPool.next(try BlockingDriver.run(&wait))
                } catch {
                    next = try gaveUp(number, reader, error)
                }
            }
        }
    }

    /// Takes a connection; the calling task waits for one.
    package func leaseAsync() async throws(PostgresError) -> Connection {
        let deadline = Deadline.after(limits.acquireTimeout)
        var next = try begin()
        while true {
            switch next {
            case .use(let session):
                if let connection = revive(session) { return connection }
                next = try begin()
            case .open:
                do throws(PostgresError) {
                    return opened(try await ConnectionCore.connectAsync(configuration))
                } catch {
                    abandonPlace()
                    throw error
                }
            case .closed:
                throw closedError
            case .wait(let number, let reader):
                var wait = CompletionOperation(reader, until: deadline)
                do throws(PostgresError) {
                    next = ConnectionPool.next(try await AsyncDriver.run(&wait))
                } catch {
                    next = try gaveUp(number, reader, error)
                }
            }
        }
    }

    private func opened(_ core: ConnectionCore) -> Connection {
        logger.debug(
            "connection opened", metadata: ["host": "\(core.host)", "authentication": "\(core.authentication)"])
        return Connection(core)
    }

    private static func next(_ grant: Grant) -> Next {
        switch grant {
        case .use(let session): .use(session)
        case .open: .open
        case .closed: .closed
        }
    }

    private func begin() throws(PostgresError) -> Next {
        if let grant = state.withLock({ state in ConnectionPool.immediate(state.pool.acquire()) }) {
            return ConnectionPool.next(grant)
        }
        // Made outside the lock, since it takes system calls.
        let (completion, reader) = try Completion<Grant>.make()
        let (grant, number) = state.withLock { state -> (Grant?, UInt64) in
            if let grant = ConnectionPool.immediate(state.pool.acquire()) { return (grant, 0) }
            let number = state.pool.enqueue()
            state.waiters[number] = completion
            return (nil, number)
        }
        return grant.map(ConnectionPool.next) ?? .wait(number, reader)
    }

    private static func immediate(_ acquisition: PoolState<Session>.Acquisition) -> Grant? {
        switch acquisition {
        case .use(let session): .use(session)
        case .open: .open
        case .closed: .closed
        case .wait: nil
        }
    }

    /// A lent connection that the server has closed meanwhile, or spoken over, is not handed out.
    private func revive(_ session: Session) -> Connection? {
        let core = session.take()
        if core.isUsable, !core.hasUnexpectedInput { return Connection(core) }
        logger.debug("idle connection was ended by the server", metadata: ["host": "\(core.host)"])
        core.close()
        abandonPlace()
        return nil
    }

    /// A wait ended early. If the connection came at the same moment it is used, or passed on.
    private func gaveUp(
        _ number: UInt64, _ reader: CompletionReader<Grant>, _ error: PostgresError
    ) throws(PostgresError) -> Next {
        let wasWaiting = state.withLock { state in
            state.waiters[number] = nil
            return state.pool.withdraw(number)
        }
        if !wasWaiting, let grant = reader.take() {
            if error.code == .timedOut { return ConnectionPool.next(grant) }
            switch grant {
            case .use(let session): giveBack(session)
            case .open: abandonPlace()
            case .closed: break
            }
        }
        guard error.code == .timedOut else { throw error.with(host: configuration.displayHost) }
        throw PostgresError(
            .poolExhausted,
            """
            no connection came free within \(limits.acquireTimeout.map { "\($0)" } ?? "the time allowed"): all \(limits.maxConnections) are in use. \
            Allow more with maxConnections, or look for one that is held too long
            """
        ).with(host: configuration.displayHost).with(isSafeToRetry: true)
    }

    private var closedError: PostgresError {
        PostgresError(.connectionClosed, "the database was closed").with(host: configuration.displayHost)
            .with(isSafeToRetry: true)
    }

    // MARK: - Giving back

    private func giveBack(_ session: Session) {
        let closing: Session? = state.withLock { state in
            let (serve, closing) = state.pool.giveBack(session)
            // Under the lock: a waiter that gives up at this moment must find what it was given.
            if let (number, _) = serve { state.waiters.removeValue(forKey: number)?.fulfil(.use(session)) }
            return closing
        }
        closing?.take().close()
        if closing != nil { noteDrained() }
    }

    private func abandonPlace() {
        state.withLock { state in
            if let (number, _) = state.pool.discard() { state.waiters.removeValue(forKey: number)?.fulfil(.open) }
        }
        noteDrained()
    }

    /// Takes a connection back without waiting: in order, or it is closed.
    package func takeBack(_ connection: Connection) {
        guard let core = connection.invalidate() else { return }
        guard core.isUsable, core.isSettled, core.session.transactionStatus == .idle else {
            core.close()
            return abandonPlace()
        }
        core.onNotice = nil
        giveBack(Handover(core))
    }

    /// Takes a connection back, out of whatever transaction it is in; the calling thread waits for that.
    package func settleBlocking(_ connection: Connection) {
        if let core = connection.unsettledCore {
            var rollback = SimpleQueryOperation(core, "ROLLBACK", until: Deadline.after(ConnectionPool.settling))
            do throws(PostgresError) { _ = try core.runBlocking(&rollback) } catch { core.close() }
        }
        takeBack(connection)
    }

    /// Takes a connection back, out of whatever transaction it is in; the calling task waits for that, cancelled or not.
    package func settleAsync(_ connection: Connection) async {
        if let core = connection.unsettledCore {
            var rollback = SimpleQueryOperation(core, "ROLLBACK", until: Deadline.after(ConnectionPool.settling))
            do throws(PostgresError) { _ = try await core.runAsync(&rollback, isShielded: true) } catch { core.close() }
        }
        takeBack(connection)
    }

    private static let settling = Duration.seconds(5)

    // MARK: - End

    /// Hands out no more connections and closes the idle ones; those in use close when they come back. Never waits.
    public func close() {
        let idle = state.withLock { state in
            let (numbers, idle) = state.pool.close()
            for number in numbers { state.waiters.removeValue(forKey: number)?.fulfil(.closed) }
            return idle
        }
        for session in idle { session.take().close() }
        noteDrained()
    }

    private func noteDrained() {
        let drained = state.withLock { state -> [Completion<Void>] in
            guard state.pool.isClosed, state.pool.count == 0 else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for completion in drained { completion.fulfil(()) }
    }

    private func drain(within limit: Duration?) throws(PostgresError) -> CompletionOperation<Void> {
        let (completion, reader) = try Completion<Void>.make()
        state.withLock { $0.drained.append(completion) }
        close()
        return CompletionOperation(reader, until: Deadline.after(limit))
    }

    private func late(_ error: PostgresError) -> PostgresError {
        error.with(message: "\(statistics.open) connections are still in use; they close when they come back")
            .with(host: configuration.displayHost)
    }

    /// Closes, and waits on the calling thread until the connections in use have come back.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/timedOut`` if they have not within `limit`.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func shutdown(within limit: Duration? = nil) throws(PostgresError) {
        var operation = try drain(within: limit)
        do throws(PostgresError) { try BlockingDriver.run(&operation) } catch { throw late(error) }
    }

    /// Closes, and suspends the task until the connections in use have come back.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/timedOut`` if they have not within `limit`.
    public func shutdown(within limit: Duration? = nil) async throws(PostgresError) {
        var operation = try drain(within: limit)
        do throws(PostgresError) { try await AsyncDriver.run(&operation) } catch { throw late(error) }
    }
}
