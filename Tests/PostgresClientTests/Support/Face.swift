/// Which of the two forms of an operation a test calls.
enum Face: CaseIterable, Sendable {
    /// The form that blocks the thread.
    case blocking
    /// The form that suspends the task.
    case suspending
}
