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
            var wait: Wait
            switch try operation.step() {
            case .done(let output): return output
            case .wait(let needed): wait = needed
            }
            let limits = isShielded ? nil : wait.limits
            let canceller = isInterrupted ? nil : interrupter ?? limits?.interrupter
            wait.deadline = .earlier(wait.deadline, limits?.deadline)
            let outcome: Reactor.Outcome
            if !wait.isPause {
                outcome = try await Reactor.shared.wait(for: wait, isCancellable: !isInterrupted, canceller)
            } else if !isInterrupted, Task.isCancelled || canceller?.isRaised ?? false {
                outcome = .cancelled
            } else if wait.deadline?.hasPassed ?? false {
                outcome = .deadlinePassed
            } else {
                await Task.yield()
                continue
            }
            switch outcome {
            case .ready:
                break
            case .deadlinePassed:
                limits?.noteDeadline()
                try operation.interrupt(.deadlinePassed)
            case .cancelled:
                // From here on the operation winds down within a grace period of its own; the task's cancellation and
                // the call's deadline must not cut that short.
                isInterrupted = true
                limits?.spend()
                try operation.interrupt(.taskCancelled)
            }
        }
    }
}
