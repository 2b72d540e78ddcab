import PostgresWire
import Synchronization

/// An error on its way from one thread to another.
final class ErrorBox: Sendable {
    private let value = Mutex<PostgresError?>(nil)

    var error: PostgresError? { value.withLock { $0 } }

    func set(_ error: PostgresError) { value.withLock { $0 = error } }
}
