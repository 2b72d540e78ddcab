import Logging

/// Listens: connects, asks the server for the channels, receives what it sends, and begins anew when the connection is
/// lost. Runs until there is something to tell, or the caller's time is over, and is then run again.
struct ListeningOperation: Operation {
    private enum Phase {
        case connecting(ConnectOperation)
        case open(ConnectionCore)
        case resting(Signal)
        case ended
    }

    /// Where the connection puts what it receives.
    private final class Inbox {
        /// More than this before the server has said that it listens, and it is no honest server.
        static let mostBeforeSubscription = 10_000
        /// No more bytes than this of them: PostgreSQL's are of 8 KB at most.
        static let mostBytesBeforeSubscription = 16 * 1024 * 1024

        var buffer: NotificationBuffer
        /// Whether the server has said that it listens.
        var isSubscribed = false
        /// What came before it did: it belongs behind the gap that is told then.
        private var early: [NotificationEvent] = []
        private var earlyBytes = 0
        private(set) var isFlooded = false

        init(_ buffer: NotificationBuffer) { self.buffer = buffer }

        func receive(_ notification: PostgresNotification) {
            if isSubscribed {
                buffer.append(.notification(notification))
            } else if early.count < Inbox.mostBeforeSubscription, earlyBytes < Inbox.mostBytesBeforeSubscription {
                early.append(.notification(notification))
                earlyBytes += notification.channel.utf8.count + notification.payload.utf8.count
            } else {
                isFlooded = true
            }
        }

        func subscribe(after loss: PostgresError?) {
            isSubscribed = true
            if let loss { buffer.append(.gap(.reconnected(error: loss))) }
            for event in early { buffer.append(event) }
            early = []
            earlyBytes = 0
        }

        func unsubscribe() {
            isSubscribed = false
            early = []
            earlyBytes = 0
        }
    }

    private let configuration: ConnectionConfiguration
    private let statement: String
    private let takesAll: Bool
    private let now: @Sendable () -> ContinuousClock.Instant
    private let random: @Sendable () -> Double
    private let isClosed: @Sendable () -> Bool
    private let inbox: Inbox
    private let logger = Logger(label: "manticore.notifications")

    private var schedule: ListeningSchedule
    private var phase: Phase
    /// Why the last connection that listened was lost, as long as there is no other.
    private var loss: PostgresError?

    // The call under way: until when it waits, and whether for a notification or only for the server to listen.
    private var limit: Deadline?
    private var isLate = false
    private var wantsEvent = true

    /// - Parameters:
    ///   - isClosed: Whether an interruption means the end and not that the task was cancelled.
    init(
        _ configuration: ConnectionConfiguration, _ statement: String, _ settings: NotificationSettings,
        now: @escaping @Sendable () -> ContinuousClock.Instant, random: @escaping @Sendable () -> Double,
        isClosed: @escaping @Sendable () -> Bool
    ) throws(PostgresError) {
        self.configuration = configuration
        self.statement = statement
        self.now = now
        self.random = random
        self.isClosed = isClosed
        inbox = Inbox(NotificationBuffer(settings.overflow))
        takesAll = settings.overflow != .wait
        schedule = ListeningSchedule(settings)
        phase = .connecting(try ConnectOperation(configuration))
    }

    /// A call begins.
    mutating func begin(until limit: Deadline?, wantsEvent: Bool) {
        self.limit = limit
        self.wantsEvent = wantsEvent
        isLate = false
    }

    /// Whether nothing more will come.
    var hasEnded: Bool {
        guard case .ended = phase else { return false }
        return inbox.buffer.count == 0
    }

    /// The server's process for the connection that listens.
    var processID: UInt32? {
        guard case .open(let core) = phase, inbox.isSubscribed else { return nil }
        return core.session.backendKey?.processID
    }

    /// Closes; nothing more will come, not even what was received.
    mutating func close() {
        switch phase {
        case .open(let core): core.close()
        case .connecting(var operation): try? operation.interrupt(.taskCancelled)
        case .resting, .ended: break
        }
        phase = .ended
        while inbox.buffer.take() != nil {}
    }

    mutating func step() throws(PostgresError) -> Step<NotificationEvent?> {
        var receives = 0
        while true {
            // What came before the connection was lost is told before what comes of it.
            if wantsEvent, !(inbox.isSubscribed && takesAll), let event = inbox.buffer.take() { return .done(event) }
            switch phase {
            case .ended:
                return .done(nil)
            case .connecting(var operation):
                if isLate { return .done(nil) }
                do throws(PostgresError) {
                    let step = try operation.step()
                    phase = .connecting(operation)
                    switch step {
                    case .wait(let wait): return .wait(limited(wait))
                    case .done(let core): try subscribe(core)
                    }
                } catch {
                    try failed(error)
                }
            case .open(let core):
                do throws(PostgresError) {
                    if let step = try listen(core, &receives) { return step }
                } catch {
                    try failed(core.fail(error))
                }
            case .resting(let signal):
                if isLate { return .done(nil) }
                if case .rest(let end) = schedule.duty(at: now()) {
                    return .wait(limited(Wait(signal, until: Deadline(end))))
                }
                schedule.began()
                phase = .connecting(try ConnectOperation(configuration))
            }
        }
    }

    private func limited(_ wait: Wait) -> Wait {
        var wait = wait
        wait.deadline = .earlier(wait.deadline, limit)
        return wait
    }

    // MARK: - Listening

    private mutating func subscribe(_ core: ConnectionCore) throws(PostgresError) {
        guard !core.session.isCockroachDB else {
            core.close()
            throw PostgresError(
                .unsupported,
                "CockroachDB knows no LISTEN and NOTIFY; follow the tables themselves by db.changefeed(…)"
            ).with(host: core.host).with(isSafeToRetry: true)
        }
        let inbox = inbox
        inbox.unsubscribe()
        core.onNotification = { inbox.receive($0) }
        ask(core, statement)
        phase = .open(core)
    }

    /// Has the server run a text whose answer only says that it is there.
    private mutating func ask(_ core: ConnectionCore, _ text: String) {
        core.replies.forgetServerError()
        Frontend.Query(sql: text).encode(into: &core.link.outbound)
        core.session.expect(.simpleQuery)
        schedule.asked(at: now())
    }

    /// Receives; what the call comes to, or nil to go on.
    private mutating func listen(
        _ core: ConnectionCore, _ receives: inout Int
    ) throws(PostgresError) -> Step<NotificationEvent?>? {
        let duty = schedule.duty(at: now())
        let isFlushed = try core.link.flush()
        let isDry = try receive(core, &receives)
        if inbox.isSubscribed {
            guard wantsEvent else { return .done(nil) }
            if let event = inbox.buffer.take() { return .done(event) }
        }
        guard isDry else {
            guard receives >= Wait.receivesBetweenPauses else { return nil }
            if isLate { return .done(nil) }
            return .wait(limited(Wait(core.descriptor, .readable, until: deadline(duty))).pause)
        }
        // What was heard just now counts, so it comes after the receive.
        switch schedule.duty(at: now()) {
        case .ask:
            ask(core, "")
            return nil
        case .leave, .connect, .rest, .giveUp:
            throw PostgresError(.connectionLost, "the server has not answered in time")
        case .listen(let end):
            if isLate { return .done(nil) }
            let interest: Interest = isFlushed ? .readable : [.readable, .writable]
            return .wait(limited(Wait(core.descriptor, interest, until: end.map { Deadline($0) })))
        }
    }

    private func deadline(_ duty: ListeningSchedule.Duty) -> Deadline? {
        guard case .listen(let end) = duty else { return nil }
        return end.map { Deadline($0) }
    }

    /// Reads what is there, as much as is wanted; false if there may be more.
    private mutating func receive(_ core: ConnectionCore, _ receives: inout Int) throws(PostgresError) -> Bool {
        var sink = DiscardSink()
        while true {
            while try core.replies.read(core, &core.link, &core.session, &sink) == .idle {
                if let error = core.takeError(statement: nil) { throw error }
                if !inbox.isSubscribed { subscribed() }
            }
            guard !inbox.isFlooded else {
                throw PostgresError(.protocolViolation, "the server sends notifications that were not asked for")
            }
            let isFull = inbox.isSubscribed && !takesAll && inbox.buffer.count > 0
            guard !isFull, receives < Wait.receivesBetweenPauses else { return false }
            do throws(PostgresError) {
                switch try core.link.receive(&sink) {
                case .bytes:
                    receives += 1
                    schedule.heard(at: now())
                case .wouldBlock:
                    return true
                case .end:
                    throw PostgresError(.connectionLost, "the server closed the connection")
                }
            } catch {
                // What the server said before it went is worth more than that it went.
                throw core.takeError(statement: nil) ?? error
            }
        }
    }

    private mutating func subscribed() {
        inbox.subscribe(after: loss)
        schedule.listens(at: now())
        loss = nil
    }

    // MARK: - Ends

    private mutating func failed(_ error: PostgresError) throws(PostgresError) {
        if inbox.isSubscribed { loss = error }
        inbox.unsubscribe()
        schedule.failed(at: now(), isFinal: Self.isFinal(error), random: random())
        guard schedule.duty(at: now()) != .giveUp else {
            phase = .ended
            throw error
        }
        logger.notice("a connection that listened is made anew", metadata: ["reason": "\(error.message)"])
        // Nobody raises it: only the time counts.
        phase = .resting(Signal())
    }

    private static func isFinal(_ error: PostgresError) -> Bool {
        error.code == .unsupported || error.code == .invalidConfiguration || error.code == .invalidArgument
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        switch reason {
        case .taskCancelled:
            let isEnd = isClosed()
            close()
            if isEnd { return }
            throw PostgresError(.cancelled, "the task was cancelled while it waited for a notification").with(
                host: configuration.displayHost
            ).with(isSafeToRetry: true)
        case .deadlinePassed:
            if let limit, limit.hasPassed { isLate = true }
            // What is under way may have come to its time as well; if so, that is noticed by the next call.
            guard !isLate, case .connecting(var operation) = phase else { return }
            do throws(PostgresError) {
                try operation.interrupt(reason)
                phase = .connecting(operation)
            } catch {
                phase = .connecting(operation)
                try failed(error)
            }
        }
    }
}
