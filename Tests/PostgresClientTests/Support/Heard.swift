import PostgresWire
import Synchronization

/// The notices that a handler was called with.
final class Heard: Sendable {
    private let list = Mutex<[ServerError]>([])

    var notices: [ServerError] { list.withLock { $0 } }

    func append(_ notice: ServerError) { list.withLock { $0.append(notice) } }
}
