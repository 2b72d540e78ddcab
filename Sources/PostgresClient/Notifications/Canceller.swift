/// Ends what a connection is running, or a stream, from another thread.
///
/// It may be kept, copied and used anywhere, also when what it was made for is long over: then it does nothing.
///
/// ```swift
/// let canceller = connection.canceller
/// // on another thread: canceller.cancel()
/// _ = try connection.query("SELECT pg_sleep(600)")  // throws PostgresError with the code `cancelled`
/// ```
public struct Canceller: Sendable {
    private let interrupter: Interrupter

    init(_ interrupter: Interrupter) {
        self.interrupter = interrupter
    }

    /// Asks for the end, and does not wait for it.
    ///
    /// The call that runs ends as it does when its deadline passes: the server is asked to cancel the statement, which is
    /// read to its end within a grace period, and the call throws ``PostgresError/Code-swift.struct/cancelled``. When nothing runs,
    /// nothing happens, and what is run next is not touched.
    ///
    /// - Returns: Whether something was running.
    @discardableResult
    public func cancel() -> Bool { interrupter.interrupt() }
}
