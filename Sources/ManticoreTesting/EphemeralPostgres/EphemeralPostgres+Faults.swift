public import PostgresWire
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension EphemeralPostgres {
    /// How a server is stopped, in the words of PostgreSQL's `pg_ctl`.
    public enum ShutdownMode: Sendable {
        /// Rolls back what is under way, tells the clients (SQLSTATE 57P01) and ends.
        case fast
        /// Ends at once without a checkpoint (SQLSTATE 57P02), so that the next start recovers from the log.
        case immediate
    }

    /// Stops the server if it runs and starts it again, with the same data on the same port.
    ///
    /// ```swift
    /// try server.restart(.immediate)
    /// ```
    ///
    /// - Throws: ``PostgresError`` when it does not start, as ``start(_:)`` does, or was stopped for good before.
    @available(*, noasync, message: "in async code write `try await`")
    public func restart(_ mode: ShutdownMode = .fast) throws(PostgresError) {
        try restartAndWait(mode, isCancelled: { false })
    }

    /// Stops the server if it runs and starts it again, with the same data on the same port.
    ///
    /// ```swift
    /// try await server.restart(.immediate)
    /// ```
    ///
    /// - Throws: ``PostgresError`` when it does not start, as ``start(_:)`` does, or was stopped for good before.
    public func restart(_ mode: ShutdownMode = .fast) async throws(PostgresError) {
        try await BlockingWork.run { isCancelled in
            Result { () throws(PostgresError) in try self.restartAndWait(mode, isCancelled: isCancelled) }
        }
    }

    /// Kills all of the server's processes at once (SIGKILL), as a crash of the machine would.
    ///
    /// The files stay: ``restart(_:)`` brings the server back, which then recovers from its log.
    ///
    /// ```swift
    /// try server.kill()
    /// ```
    ///
    /// - Throws: ``PostgresError`` when the server was stopped for good before.
    @available(*, noasync, message: "in async code write `try await`")
    public func kill() throws(PostgresError) { try killAndWait() }

    /// Kills all of the server's processes at once (SIGKILL), as a crash of the machine would.
    ///
    /// The files stay: ``restart(_:)`` brings the server back, which then recovers from its log.
    ///
    /// ```swift
    /// try await server.kill()
    /// ```
    ///
    /// - Throws: ``PostgresError`` when the server was stopped for good before.
    public func kill() async throws(PostgresError) {
        try await BlockingWork.run { _ in
            Result { () throws(PostgresError) in try self.killAndWait() }
        }
    }

    private func killAndWait() throws(PostgresError) {
        try supervisor.withLock { supervisor throws(PostgresError) in
            try checkRunnable(supervisor)
            try killServer(&supervisor)
        }
    }

    private func restartAndWait(_ mode: ShutdownMode, isCancelled: () -> Bool) throws(PostgresError) {
        try supervisor.withLock { supervisor throws(PostgresError) in
            try checkRunnable(supervisor)
            try supervisor.signal(mode == .fast ? "INT" : "QUIT")
            let grace = Int(clamping: Int64(plan.options.shutdownGrace / .milliseconds(1)))
            if try !supervisor.waitForEnd(milliseconds: grace) { try killServer(&supervisor) }
            process.withLock { $0 = nil }
            // Long enough for someone who has the port only in passing.
            for _ in 0..<50 {
                if try supervisor.startServer(plan, port: port, isCancelled: isCancelled) {
                    let server = supervisor.server
                    process.withLock { $0 = server }
                    return
                }
                usleep(100_000)
            }
            throw PostgresError(.testServer, "Another process has taken the port \(port) of the test server.")
        }
    }

    private func killServer(_ supervisor: inout Supervisor) throws(PostgresError) {
        try supervisor.kill()
        process.withLock { $0 = nil }
        guard try supervisor.waitForEnd(milliseconds: 10_000) else {
            throw PostgresError(.testServer, "The test server's processes did not end when killed.")
        }
    }

    private func checkRunnable(_ supervisor: borrowing Supervisor) throws(PostgresError) {
        if supervisor.isFinished {
            throw PostgresError(.testServer, "The test server was stopped for good.")
        }
    }
}
