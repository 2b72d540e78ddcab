import Manticore

extension Interruption {
    /// Runs what a command does with a server, such that Ctrl-C, SIGTERM and SIGHUP cancel what the server is running.
    ///
    /// The work is a task, and a signal cancels it: the statement under way is cancelled by a request of its own, as a
    /// cancelled task does anywhere, and none is begun any more. A second signal ends the process at once, and so does a
    /// server that does not react.
    ///
    /// - Throws: What the work throws; ``exitStatus`` tells whether there was a signal.
    static func cancelling<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let task = Task { () async -> Result<Value, PostgresError> in
            do throws(PostgresError) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        // Longer than a cancelled statement may take until its connection is given up.
        listen(
            patience: .seconds(8),
            onSignal: {
                Console.complain("cancelling what the server is running; once more to end at once")
                task.cancel()
            }, cleanUp: {})
        return try await task.value.get()
    }
}
