/// Runs operations in the calling task, which suspends in the reactor between their steps.
///
/// Sends and receives happen in the caller's own context: the task hops only when the kernel has nothing to give.
package enum AsyncDriver {
    /// - Parameters:
    ///   - isShielded: Whether the task's cancellation is no reason to end the operation early, as for what must be put in
    ///     order after a cancellation.
    ///   - interrupter: Ends the operation early, from another thread or task.
    package static func run<Work: Operation>(
        _ operation: inout Work, isShielded: Bool = false, interrupter: Interrupter? = nil
    ) async throws(PostgresError) -> Work.Output {
        var isInterrupted = isShielded
        while true {
            switch try operation.step() {
            case .done(let output):
                return output
            case .wait(let wait) where wait.isPause:
                if !isInterrupted, Task.isCancelled || interrupter?.isRaised ?? false {
                    isInterrupted = true
                    try operation.interrupt(.taskCancelled)
                } else if wait.deadline?.hasPassed ?? false {
                    try operation.interrupt(.deadlinePassed)
                } else {
                    await Task.yield()
                }
            case .wait(let wait):
                let outcome = try await Reactor.shared.wait(
                    for: wait, isCancellable: !isInterrupted, isInterrupted ? nil : interrupter)
                switch outcome {
                case .ready:
                    break
                case .deadlinePassed:
                    try operation.interrupt(.deadlinePassed)
                case .cancelled:
                    // From here on the operation winds down within a grace period of its own; the task's
                    // cancellation must not cut that short.
                    isInterrupted = true
                    try operation.interrupt(.taskCancelled)
                }
            }
        }
    }
}
