import Synchronization

/// A value that goes whole from one owner to the next, once.
///
/// A connection is not `Sendable`, since two must not use it at once; that one thread gives it away and another takes it
/// is what a pool is for. Whoever makes a handover keeps no reference to the value, and whoever takes it is the only one.
package final class Handover<Value>: Sendable {
    private let value: Mutex<Value?>

    package init(_ value: Value) {
        self.value = Mutex(Self.detached(value))
    }

    private static func detached(_ value: Value) -> sending Value {
        // Whoever gives it away keeps no reference to it (see above), which the compiler cannot follow out of an object
        // that held it.
        nonisolated(unsafe) let value = value
        return unsafe value
    }

    /// The value, whose only owner the caller now is; nil for whoever comes second.
    package func take() -> sending Value? {
        value.withLock { stored in
            let taken = stored
            stored = nil
            return taken
        }
    }
}
