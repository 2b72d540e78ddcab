import Synchronization

/// A value that comes once, from another thread, for an operation that waits for it.
///
/// The wait is an ordinary one, for a ``Signal``, so deadline and cancellation hold for it too and both faces can do it.
/// A value that comes after everybody has given up is dropped with the last reference.
package final class Completion<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var isFulfilled = false
    }

    private let state = Mutex(State())
    fileprivate let signal = Signal()

    private init() {}

    /// Makes a completion and the side that waits for it.
    package static func make() -> (Completion, CompletionReader<Value>) {
        let completion = Completion()
        return (completion, CompletionReader(completion))
    }

    /// Hands the value over; the first one counts.
    package func fulfil(_ value: Value) {
        let isFirst = state.withLock { state in
            guard !state.isFulfilled else { return false }
            state.value = value
            state.isFulfilled = true
            return true
        }
        if isFirst { signal.raise() }
    }

    fileprivate func take() -> Value? {
        state.withLock { state in
            defer { state.value = nil }
            return state.value
        }
    }
}

/// The side of a ``Completion`` that waits.
package struct CompletionReader<Value: Sendable>: Sendable {
    private let completion: Completion<Value>

    fileprivate init(_ completion: Completion<Value>) {
        self.completion = completion
    }

    /// The value, once it is there.
    package func take() -> Value? { completion.take() }

    package func wait(until deadline: Deadline?) -> Wait {
        Wait(completion.signal, until: deadline)
    }
}

/// Waits for a completion's value, and for nothing else.
package struct CompletionOperation<Value: Sendable>: Operation {
    private let reader: CompletionReader<Value>
    private let deadline: Deadline?

    package init(_ reader: CompletionReader<Value>, until deadline: Deadline?) {
        self.reader = reader
        self.deadline = deadline
    }

    package func step() throws(PostgresError) -> Step<Value> {
        if let value = reader.take() { return .done(value) }
        return .wait(reader.wait(until: deadline))
    }

    package func interrupt(_ reason: Interruption) throws(PostgresError) {
        throw PostgresError(reason == .taskCancelled ? .cancelled : .timedOut, "the wait ended early").with(
            isSafeToRetry: true)
    }
}

extension Completion {
    /// Does work that blocks or burns on a short-lived thread of its own.
    package static func onThread(
        _ work: @escaping @Sendable () -> Value
    ) throws(PostgresError) -> CompletionReader<Value> {
        let (completion, reader) = make()
        do throws(SystemError) {
            try Thread.detach { completion.fulfil(work()) }
        } catch {
            throw PostgresError(.connectionFailed, "no thread could be started: \(error)")
        }
        return reader
    }
}
