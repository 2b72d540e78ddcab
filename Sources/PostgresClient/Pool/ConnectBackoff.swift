/// When a pool that a server has refused may try again: the decision as a value, told what happened and what time it is.
///
/// A wrong password or a cluster that does not take clients stays wrong for a while, and servers count such attempts:
/// CockroachDB Cloud makes whoever goes on wait for up to an hour. So after a refusal by 28P01, 28000, 08C00 or 08004 one
/// attempt is made after a second, the next after two more, and so on up to a minute; meanwhile whoever wants a
/// connection gets the error that the server gave. What else goes wrong, a server that is not there for one, changes
/// nothing here, and a success ends it.
///
/// Until the first success, at the start as after a refusal, one attempt is made at a time, so that a wrong password is
/// tried once and not once for everybody who waits. Of attempts that run at the same time after that, the first refusal
/// counts: the others are of an earlier epoch then, and whatever becomes of them changes nothing.
struct ConnectBackoff: Sendable {
    /// The first pause.
    static let shortest = Duration.seconds(1)
    /// The longest pause.
    static let longest = Duration.seconds(60)
    /// The part of a pause that may be left out, so that many pools do not come back at the same moment.
    static let jitter = 0.2

    /// An attempt, by the epoch in which it was begun.
    struct Ticket: Hashable, Sendable {
        fileprivate let epoch: UInt64
    }

    /// What the server said last; nil if it does not refuse.
    private(set) var error: PostgresError?
    /// When the next attempt may be made.
    private(set) var next: ContinuousClock.Instant?
    /// How many refusals there were since the last success.
    private(set) var refusals = 0
    /// Goes up with every refusal that counts, and with the first success after it.
    private var epoch: UInt64 = 0
    /// Whether a connection was made in the epoch before, so that any number of attempts may be made.
    private var isProven = false
    /// Whether somebody makes the one attempt that is allowed otherwise.
    private var isTrying = false

    /// Whether an attempt may be made now.
    func allows(at now: ContinuousClock.Instant) -> Bool {
        if isProven { return true }
        return !isTrying && next.map { $0 <= now } ?? true
    }

    /// Somebody makes an attempt; the ticket tells how it ended.
    mutating func began() -> Ticket {
        isTrying = !isProven
        return Ticket(epoch: epoch)
    }

    /// The attempt led to nothing that counts here.
    mutating func ended(_ ticket: Ticket) {
        if ticket.epoch == epoch { isTrying = false }
    }

    /// The attempt led to a connection.
    mutating func succeeded(_ ticket: Ticket) {
        guard ticket.epoch == epoch, !isProven else { return }
        let following = epoch + 1
        self = ConnectBackoff()
        epoch = following
        isProven = true
    }

    /// The attempt failed.
    ///
    /// - Parameter random: a number from 0 to 1, of which the jitter is made.
    mutating func failed(
        _ error: PostgresError, _ ticket: Ticket, at now: ContinuousClock.Instant, random: Double
    ) {
        guard ticket.epoch == epoch else { return }
        isTrying = false
        guard Self.isRefusal(error) else { return }
        epoch += 1
        isProven = false
        refusals += 1
        self.error = error
        next = now.advanced(by: Self.pause(after: refusals, random: random))
    }

    /// How long to wait after so many failures in a row, at least one.
    ///
    /// - Parameter random: a number from 0 to 1, of which the jitter is made.
    static func pause(after failures: Int, random: Double) -> Duration {
        // Beyond the sixth doubling it is the longest anyway.
        let pause = min(Self.longest, Self.shortest * (1 << min(max(failures, 1) - 1, 6)))
        return pause * (1 - Self.jitter * random)
    }

    /// How long somebody who waits may wait before looking whether an attempt is allowed again.
    ///
    /// Who does so learns of every pause before it ends, also of one that begins meanwhile, for none is shorter.
    func patience(at now: ContinuousClock.Instant) -> Duration {
        let most = Self.shortest * (1 - Self.jitter)
        guard let next, next > now else { return most }
        return min(most, now.duration(to: next))
    }

    /// What whoever may not try is told: the server's refusal, and when it is tried again.
    func refusal(at now: ContinuousClock.Instant) -> PostgresError? {
        guard let error, let next else { return nil }
        let left = max(.zero, now.duration(to: next))
        let seconds = left.components.seconds + (left.components.attoseconds > 0 ? 1 : 0)
        let times = refusals == 1 ? "once" : "\(refusals) times in a row"
        return error.with(
            message:
                "\(error.message) (the server has refused \(times); it is asked again in \(seconds) s at the earliest)")
    }

    private static func isRefusal(_ error: PostgresError) -> Bool {
        switch error.sqlState?.rawValue {
        // 08C00 is CockroachDB Cloud's, 08004 what its older proxies said.
        case "28P01", "28000", "08C00", "08004": true
        default: false
        }
    }
}
