import PostgresWire

@testable import PostgresClient

/// A thread that does things at given moments, while its owner waits for something else.
final class Partner: Sendable {
    private enum Job: Sendable {
        case act(after: Duration, @Sendable () -> Void, next: CompletionReader<Job>)
        case end
    }

    private let next: Guarded<Completion<Job>>

    init() throws {
        let (completion, reader) = Completion<Job>.make()
        next = Guarded(completion)
        try Thread.detach {
            var reader = reader
            while true {
                var wait = CompletionOperation(reader, until: nil)
                guard case .act(let delay, let action, let next) = try? BlockingDriver.run(&wait) else { return }
                // A sleep would come too late by more than what is measured here.
                let moment = Deadline(after: delay)
                while !moment.hasPassed {}
                action()
                reader = next
            }
        }
    }

    /// Has something done after so long.
    func act(after delay: Duration, _ action: @escaping @Sendable () -> Void) {
        let (completion, reader) = Completion<Job>.make()
        let current = next.withLock { next in
            defer { next = completion }
            return next
        }
        current.fulfil(.act(after: delay, action, next: reader))
    }

    func end() { next.value.fulfil(.end) }
}
