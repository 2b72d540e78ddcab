/// When a connection that listens is asked whether it is alive, when it counts as lost, and when a new one is tried: the
/// decision as a value, told what happened and what time it is.
struct ListeningSchedule: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is to be done now.
    enum Duty: Equatable {
        /// Connect, or go on with that.
        case connect
        /// Nothing, until this moment.
        case rest(until: Instant)
        /// Listen, until this moment; nil for any time.
        case listen(until: Instant?)
        /// Ask the server whether it is there.
        case ask
        /// Take the connection for lost.
        case leave
        /// Throw what went wrong: there is no connection to be had.
        case giveUp
    }

    private enum State: Equatable {
        case connecting
        /// Something was asked, at this moment.
        case asking(Instant)
        /// The server was last heard at this moment.
        case listening(Instant)
        case resting(until: Instant)
        case over
    }

    private let settings: NotificationSettings
    private var state = State.connecting
    /// How many attempts in a row came to nothing that lasted.
    private var failures = 0
    /// Since when the connection listens.
    private var listensSince: Instant?
    /// When the last connection that listened was lost, as long as there is no other.
    private var lostAt: Instant?
    /// Whether a connection has listened at all.
    private(set) var hasListened = false

    init(_ settings: NotificationSettings) {
        self.settings = settings
    }

    func duty(at now: Instant) -> Duty {
        switch state {
        case .connecting:
            return .connect
        case .asking(let moment):
            let end = moment.advanced(by: settings.keepaliveTimeout)
            return end <= now ? .leave : .listen(until: end)
        case .listening(let moment):
            guard let interval = settings.keepaliveInterval else { return .listen(until: nil) }
            let end = moment.advanced(by: interval)
            return end <= now ? .ask : .listen(until: end)
        case .resting(let end):
            return end <= now ? .connect : .rest(until: end)
        case .over:
            return .giveUp
        }
    }

    /// The pause is over, and the next attempt begins.
    mutating func began() {
        state = .connecting
    }

    /// The server was asked something: to listen, or whether it is there.
    mutating func asked(at now: Instant) {
        state = .asking(now)
    }

    /// The server listens.
    mutating func listens(at now: Instant) {
        state = .listening(now)
        listensSince = now
        lostAt = nil
        hasListened = true
    }

    /// The server said something, whatever it was, on a connection that listens.
    mutating func heard(at now: Instant) {
        guard listensSince != nil else { return }
        state = .listening(now)
    }

    /// The connection was lost, or could not be made.
    ///
    /// - Parameters:
    ///   - isFinal: Whether another attempt could not go better.
    ///   - random: a number from 0 to 1, of which the jitter is made.
    mutating func failed(at now: Instant, isFinal: Bool = false, random: Double) {
        guard hasListened, !isFinal else {
            state = .over
            return
        }
        // One that lasted is replaced at once; one that broke as soon as it was made is worth a pause.
        var pause = Duration.zero
        if let since = listensSince, since.duration(to: now) >= ConnectBackoff.shortest {
            failures = 0
        } else {
            failures += 1
            pause = ConnectBackoff.pause(after: failures, random: random)
        }
        listensSince = nil
        let lost = lostAt ?? now
        lostAt = lost
        guard let limit = settings.reconnectLimit else {
            state = .resting(until: now.advanced(by: pause))
            return
        }
        let end = lost.advanced(by: limit)
        state = end <= now ? .over : .resting(until: min(now.advanced(by: pause), end))
    }
}
