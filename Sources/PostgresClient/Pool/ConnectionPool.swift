import Logging
import Synchronization

/// Connections to one server that are lent and taken back, for both faces at once.
///
/// Nothing is opened before it is needed, and no task has to be kept running for it. Whoever comes first is served first,
/// threads and tasks in one queue.
///
/// A server that refuses the credentials or the client (SQLSTATE 28P01, 28000, 08C00, 08004) is not asked again at once:
/// one attempt is made after a second, then after two, four and so on up to a minute, each up to a fifth shorter by
/// chance. Meanwhile the connections that are open serve everybody; if there are none, taking one throws what the server
/// said, and when it is asked again. The first success ends that. Until there was one, only one connection is opened at
/// a time, and whoever else wants one waits for how that goes.
///
/// ```swift
/// let pool = ConnectionPool(try ConnectionConfiguration(url: "postgresql://app@localhost/bank"))
/// let one = try pool.withConnection { connection in try connection.query("SELECT 1", as: Int32.self) }
/// ```
public final class ConnectionPool: Sendable {
    private typealias Session = Handover<ConnectionCore>

    private enum Grant: Sendable {
        case use(Session)
        case open(ConnectBackoff.Ticket)
        case refused(PostgresError)
        case closed
    }

    private enum Next {
        case use(Session)
        case open(ConnectBackoff.Ticket)
        case refused(PostgresError)
        case closed
        case wait(UInt64, CompletionReader<Grant>)
    }

    private struct State {
        var pool: PoolState<Session>
        var waiters: [UInt64: Completion<Grant>] = [:]
        var drained: [Completion<Void>] = []
        /// The streams with connections of their own, which end with the pool.
        var streams: [ObjectIdentifier: Interrupter] = [:]
    }

    /// What the connections are made from.
    public let configuration: ConnectionConfiguration
    /// The limits.
    public let limits: PoolConfiguration

    private let state: Mutex<State>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let random: @Sendable () -> Double

    // What a caller cannot see: connections that come and go behind its back. Statements and their values are not logged.
    private let logger = Logger(label: "manticore.pool")
    private let types = TypeDirectory()

    /// Makes a pool; opens nothing.
    public convenience init(
        _ configuration: ConnectionConfiguration, _ limits: PoolConfiguration = PoolConfiguration()
    ) {
        self.init(configuration, limits, now: { .now }, random: { .random(in: 0...1) })
    }

    /// Makes a pool with a clock and a source of numbers from 0 to 1.
    package init(
        _ configuration: ConnectionConfiguration, _ limits: PoolConfiguration,
        now: @escaping @Sendable () -> ContinuousClock.Instant, random: @escaping @Sendable () -> Double
    ) {
        self.configuration = configuration
        self.limits = limits
        self.now = now
        self.random = random
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
    ///
    /// - Parameter limit: when it gives up, if that is before the pool's own limit.
    package func leaseBlocking(until limit: Deadline? = nil) throws(PostgresError) -> Connection {
        let deadline = Deadline.earlier(.after(limits.acquireTimeout), limit)
        var next = begin()
        while true {
            switch next {
            case .use(let session):
                if let connection = revive(session) { return connection }
                next = begin()
            case .open(let ticket):
                do throws(PostgresError) {
                    return opened(ticket, try ConnectionCore.connectBlocking(configuration, until: limit))
                } catch {
                    abandonOpening(ticket, error)
                    throw error
                }
            case .refused(let error):
                throw error
            case .closed:
                throw closedError
            case .wait(let number, let reader):
                var wait = CompletionOperation(reader, until: .earlier(deadline, .after(patience)))
                do throws(PostgresError) {
                    next = ConnectionPool.next(try BlockingDriver.run(&wait))
                } catch {
                    next = try goesOn(number, reader, deadline, error)
                }
            }
        }
    }

    /// Takes a connection; the calling task waits for one.
    ///
    /// - Parameter limit: when it gives up, if that is before the pool's own limit.
    package func leaseAsync(until limit: Deadline? = nil) async throws(PostgresError) -> Connection {
        let deadline = Deadline.earlier(.after(limits.acquireTimeout), limit)
        var next = begin()
        while true {
            switch next {
            case .use(let session):
                if let connection = revive(session) { return connection }
                next = begin()
            case .open(let ticket):
                do throws(PostgresError) {
                    return opened(ticket, try await ConnectionCore.connectAsync(configuration, until: limit))
                } catch {
                    abandonOpening(ticket, error)
                    throw error
                }
            case .refused(let error):
                throw error
            case .closed:
                throw closedError
            case .wait(let number, let reader):
                var wait = CompletionOperation(reader, until: .earlier(deadline, .after(patience)))
                do throws(PostgresError) {
                    next = ConnectionPool.next(try await AsyncDriver.run(&wait))
                } catch {
                    next = try goesOn(number, reader, deadline, error)
                }
            }
        }
    }

    private func opened(_ ticket: ConnectBackoff.Ticket, _ core: ConnectionCore) -> Connection {
        logger.debug(
            "connection opened", metadata: ["host": "\(core.host)", "authentication": "\(core.authentication)"])
        core.types = types
        state.withLock { state in ConnectionPool.tell(state.pool.opened(ticket, at: now()), &state) }
        return Connection(core)
    }

    private static func next(_ grant: Grant) -> Next {
        switch grant {
        case .use(let session): .use(session)
        case .open(let ticket): .open(ticket)
        case .refused(let error): .refused(error)
        case .closed: .closed
        }
    }

    private func begin() -> Next {
        state.withLock { state in
            if let grant = ConnectionPool.immediate(state.pool.acquire(at: now())) {
                return ConnectionPool.next(grant)
            }
            let (completion, reader) = Completion<Grant>.make()
            let number = state.pool.enqueue()
            state.waiters[number] = completion
            // Somebody may wait since the server refused, and it may be asked again by now.
            ConnectionPool.tell(state.pool.serve(at: now()), &state)
            return .wait(number, reader)
        }
    }

    private static func immediate(_ acquisition: PoolState<Session>.Acquisition) -> Grant? {
        switch acquisition {
        case .use(let session): .use(session)
        case .open(let ticket): .open(ticket)
        case .refused(let error): .refused(error)
        case .closed: .closed
        case .wait: nil
        }
    }

    /// Ends the wait of those who are served. Under the lock: a waiter that gives up at this moment must find what it was
    /// given.
    private static func tell(_ served: [(UInt64, PoolState<Session>.Grant)], _ state: inout State) {
        for (number, grant) in served {
            let completion = state.waiters.removeValue(forKey: number)
            switch grant {
            case .use(let session): completion?.fulfil(.use(session))
            case .open(let ticket): completion?.fulfil(.open(ticket))
            case .refused(let error): completion?.fulfil(.refused(error))
            case .closed: completion?.fulfil(.closed)
            }
        }
    }

    /// A connection that the server has ended meanwhile, or over which it said what it must not, is not handed out.
    private func revive(_ session: Session) -> Connection? {
        if let core = session.take() {
            if core.survivedIdling() { return Connection(core) }
            logger.debug("idle connection was ended by the server", metadata: ["host": "\(core.host)"])
            core.close()
        }
        abandonPlace()
        return nil
    }

    private var patience: Duration { state.withLock { $0.pool.patience(at: now()) } }

    /// A wait ended early: because the server may be asked again by now, or for good.
    private func goesOn(
        _ number: UInt64, _ reader: CompletionReader<Grant>, _ deadline: Deadline?, _ error: PostgresError
    ) throws(PostgresError) -> Next {
        guard error.code == .timedOut, !(deadline?.hasPassed ?? false) else {
            return try gaveUp(number, reader, error)
        }
        state.withLock { state in ConnectionPool.tell(state.pool.serve(at: now()), &state) }
        return .wait(number, reader)
    }

    /// A wait ended for good. If the connection came at the same moment it is used, or passed on.
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
            case .open(let ticket): abandonOpening(ticket, nil)
            case .refused, .closed: break
            }
        }
        guard error.code == .timedOut else { throw error.with(host: configuration.displayHost) }
        let (refusal, isFull) = state.withLock { ($0.pool.refusal(at: now()), $0.pool.count == $0.pool.limit) }
        if let refusal { throw refusal }
        guard isFull else {
            throw PostgresError(
                .poolExhausted,
                """
                no connection came free within \(limits.acquireTimeout.map { "\($0)" } ?? "the time allowed"): the server \
                has not answered yet whoever asked it first
                """
            ).with(host: configuration.displayHost).with(isSafeToRetry: true)
        }
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
            if let serve { ConnectionPool.tell([serve], &state) }
            return closing
        }
        closing?.take()?.close()
        if closing != nil { noteDrained() }
    }

    private func abandonPlace() {
        state.withLock { state in ConnectionPool.tell(state.pool.discard(at: now()), &state) }
        noteDrained()
    }

    /// A connection could not be opened, or need not be opened any more if `error` is nil.
    private func abandonOpening(_ ticket: ConnectBackoff.Ticket, _ error: PostgresError?) {
        if let refusal = error, refusal.code == .server {
            logger.debug("the server refused a connection", metadata: ["host": "\(refusal.host ?? "")"])
        }
        let number = random()
        state.withLock { state in
            ConnectionPool.tell(state.pool.failedToOpen(ticket, error, at: now(), random: number), &state)
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
        core.onNotification = nil
        core.setResultFormats(nil)
        core.statementMode = core.configuration.statementMode
        giveBack(Handover(core))
    }

    /// Takes a connection back, out of whatever transaction it is in; the calling thread waits for that.
    package func settleBlocking(_ connection: Connection) {
        if connection.hasAbandonedStream { _ = try? connection.useBlocking(endsTransaction: true) }
        if let core = connection.unsettledCore {
            var rollback = SimpleQueryOperation(core, "ROLLBACK", until: Deadline.after(ConnectionPool.settling))
            do throws(PostgresError) { _ = try core.runBlocking(&rollback, isShielded: true) } catch { core.close() }
        }
        takeBack(connection)
    }

    /// Takes a connection back, out of whatever transaction it is in; the calling task waits for that, cancelled or not.
    package func settleAsync(_ connection: Connection) async {
        if connection.hasAbandonedStream { _ = try? await connection.useAsync(endsTransaction: true) }
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
        let (idle, streams) = state.withLock { state in
            let (numbers, idle) = state.pool.close()
            for number in numbers { state.waiters.removeValue(forKey: number)?.fulfil(.closed) }
            defer { state.streams = [:] }
            return (idle, state.streams)
        }
        for interrupter in streams.values { interrupter.interrupt() }
        for session in idle { session.take()?.close() }
        noteDrained()
    }

    /// Has the pool's end end a stream with a connection of its own.
    func attach(_ interrupter: Interrupter) throws(PostgresError) {
        let isAttached = state.withLock { state in
            guard !state.pool.isClosed else { return false }
            state.streams[ObjectIdentifier(interrupter)] = interrupter
            return true
        }
        if !isAttached { throw closedError }
    }

    /// The stream has ended by itself.
    func detach(_ interrupter: Interrupter) {
        state.withLock { _ = $0.streams.removeValue(forKey: ObjectIdentifier(interrupter)) }
    }

    /// How many streams with connections of their own there are.
    package var streamCount: Int { state.withLock { $0.streams.count } }

    private func noteDrained() {
        let drained = state.withLock { state -> [Completion<Void>] in
            guard state.pool.isClosed, state.pool.count == 0 else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for completion in drained { completion.fulfil(()) }
    }

    private func drain(within limit: Duration?) -> CompletionOperation<Void> {
        let (completion, reader) = Completion<Void>.make()
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
        var operation = drain(within: limit)
        do throws(PostgresError) { try BlockingDriver.run(&operation) } catch { throw late(error) }
    }

    /// Closes, and suspends the task until the connections in use have come back.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/timedOut`` if they have not within `limit`.
    public func shutdown(within limit: Duration? = nil) async throws(PostgresError) {
        var operation = drain(within: limit)
        do throws(PostgresError) { try await AsyncDriver.run(&operation) } catch { throw late(error) }
    }
}

extension ConnectionPool: NotificationProvider {
    public var notificationSource: Result<NotificationSource, PostgresError> {
        .success(NotificationSource(configuration, pool: self, now: now, random: random))
    }
}
