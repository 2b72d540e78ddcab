import Manticore
import Synchronization
import Testing

/// Runs `body` once for each input, each in a thread of its own, and gathers what they return.
@available(*, noasync)
func inThreads<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], _ body: @escaping @Sendable (Input) throws -> Output
) throws -> [Output] {
    var readers: [CompletionReader<Result<Output, any Error>>] = []
    for input in inputs {
        readers.append(try Completion.onThread { Result { try body(input) } })
    }
    return try readers.map { reader in
        var wait = CompletionOperation(reader, until: nil)
        return try BlockingDriver.run(&wait).get()
    }
}

/// Cancels the task that calls it.
func cancelThisTask() {
    unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
}

/// Runs what blocks for long in a thread of its own: on a task's thread it would hold up the tasks whose connections
/// the server waits for.
func inThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    let reader = try Completion.onThread { Result { try body() } }
    var wait = CompletionOperation(reader, until: nil)
    return try await AsyncDriver.run(&wait).get()
}
