/// Whether the next answer on a connection is worth being waited for in place, on the thread of the task.
///
/// A server on the same machine answers within some tens of microseconds. To hand such a wait to the reactor, which wakes
/// another thread at its end, costs more than the wait itself: two switches between threads. So the thread sleeps in the
/// kernel for the answer under these conditions: the last answers came within ``limit``, nobody else gets anything
/// through the reactor meanwhile (then the thread has other work), and no other task does the same. An answer that is later,
/// or fails to come for ``longestSleep``, makes the connection wait in the reactor again, for twice as long each time.
struct Promptness {
    /// How soon an answer is prompt.
    static let limit = Duration.microseconds(250)
    /// The longest that a thread sleeps in place: two of the kernel's ticks, where these are longest.
    static let longestSleep = Duration.milliseconds(20)
    /// How many prompt answers in a row it takes to be trusted.
    static let trial = 4
    /// How often in a row a task may keep its thread, before others who are ready get it.
    static let longestStay = 32
    private static let longestPenalty = 64

    private var score = 0
    private var penalty = 1
    private var stay = 0
    // How many events the reactor had seen after the last wait.
    private var events: Int?

    /// Whether to wait in place.
    ///
    /// - Parameter events: How many events the reactor has seen. Others than our own mean that there is other work.
    func isExpected(_ events: Int) -> Bool { score >= Promptness.trial && events == self.events }

    /// Whether the thread should go to others for once; counts the waits in place.
    mutating func mustYield() -> Bool {
        stay += 1
        guard stay >= Promptness.longestStay else { return false }
        stay = 0
        return true
    }

    /// A wait in the reactor ended with an answer after `duration`.
    mutating func parked(for duration: Duration, _ events: Int) {
        score = duration <= Promptness.limit ? min(score + 1, Promptness.trial) : min(score, 0)
        self.events = events
        stay = 0
    }

    /// A wait in place ended, with a prompt answer or without.
    mutating func waitedInPlace(_ isPrompt: Bool) {
        if isPrompt {
            penalty = 1
        } else {
            score = -penalty
            penalty = min(2 * penalty, Promptness.longestPenalty)
        }
    }
}
