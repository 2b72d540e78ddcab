import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A value that comes once, from another thread, for an operation that waits for it.
///
/// The wait is an ordinary one, for a pipe that closes when the value is there, so deadline and cancellation hold for it
/// too and both faces can do it. A value that comes after everybody has given up is dropped with the last reference.
package final class Completion<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var writeEnd: Int32?
    }

    private let state: Mutex<State>

    private init(writeEnd: Int32) {
        state = Mutex(State(writeEnd: writeEnd))
    }

    deinit {
        state.withLock { state in
            if let end = state.writeEnd { _ = close(end) }
        }
    }

    /// Makes a completion and the side that waits for it.
    package static func make() throws(PostgresError) -> (Completion, CompletionReader<Value>) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw PostgresError(.connectionFailed, "no pipe could be made: \(SystemError.current)")
        }
        let (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        let completion = Completion(writeEnd: writing)
        return (completion, CompletionReader(completion, Descriptor(reading)))
    }

    /// Hands the value over; the first one counts.
    package func fulfil(_ value: Value) {
        state.withLock { state in
            guard let end = state.writeEnd else { return }
            state.value = value
            state.writeEnd = nil
            // The other end becomes readable, whether or not anybody still looks.
            _ = close(end)
        }
    }

    fileprivate func take() -> Value? {
        state.withLock { state in
            defer { state.value = nil }
            return state.value
        }
    }
}

/// The side of a ``Completion`` that waits.
package struct CompletionReader<Value: Sendable> {
    private let completion: Completion<Value>
    private let descriptor: Descriptor

    fileprivate init(_ completion: Completion<Value>, _ descriptor: Descriptor) {
        self.completion = completion
        self.descriptor = descriptor
    }

    /// The value, once it is there.
    package func take() -> Value? { completion.take() }

    package func wait(until deadline: Deadline?) -> Wait {
        Wait(descriptor, .readable, until: deadline)
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
        let (completion, reader) = try make()
        do throws(SystemError) {
            try Thread.detach { completion.fulfil(work()) }
        } catch {
            throw PostgresError(.connectionFailed, "no thread could be started: \(error)")
        }
        return reader
    }
}
