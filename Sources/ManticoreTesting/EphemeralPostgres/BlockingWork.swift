import PostgresClient
import Synchronization

/// A thread for one piece of work that blocks, so that the tasks' few threads are not held up.
enum BlockingWork {
    /// Starts `body` on a thread of its own and does not wait; runs it here if no thread can be had.
    static func start(_ body: @escaping @Sendable () -> Void) {
        do {
            try Thread.detach(body)
        } catch {
            body()
        }
    }

    /// Runs `body` on a thread of its own while the task is suspended.
    ///
    /// - Parameter body: The work; it is handed a question that turns true when the task is cancelled.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) -> Result<Value, PostgresError>
    ) async throws(PostgresError) -> Value {
        let flag = Flag()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                start { continuation.resume(returning: body { flag.isSet }) }
            }
        } onCancel: {
            flag.set()
        }
        return try result.get()
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
