import PostgresClient
import Synchronization

/// When a server that is waited for on one thread last answered another.
final class LastAnswer: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    /// It has answered just now.
    func note() { instant.withLock { $0 = .now } }

    /// The moment from which on it has been silent for too long; nil if no silence is.
    func deadline(_ patience: Duration?) -> Deadline? {
        patience.map { patience in Deadline(instant.withLock { $0.advanced(by: patience) }) }
    }
}
