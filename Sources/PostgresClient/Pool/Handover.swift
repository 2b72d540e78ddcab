/// A value that goes whole from one owner to the next.
///
/// A connection is not `Sendable`, since two must not use it at once; that one thread gives it away and another takes it
/// is what a pool is for. Whoever makes a handover keeps no reference to the value, and whoever takes it is the only one.
@safe
package struct Handover<Value>: @unchecked Sendable {
    private let value: Value

    package init(_ value: Value) {
        self.value = value
    }

    /// The value, whose only owner the caller now is.
    package func take() -> sending Value {
        // Nobody else refers to it (see above), which the compiler cannot follow through a queue.
        nonisolated(unsafe) let value = value
        return unsafe value
    }
}
