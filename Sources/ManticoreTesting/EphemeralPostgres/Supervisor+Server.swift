import PostgresWire

extension Supervisor {
    /// Starts the postmaster and waits until it accepts connections.
    ///
    /// - Returns: False when another process has the port.
    /// - Throws: ``PostgresError`` with the server's log when it ended, or when the wait took too long or was
    ///   cancelled. The server is stopped then.
    mutating func startServer(
        _ plan: EphemeralPostgres.Plan, port: Int, isCancelled: () -> Bool
    ) throws(PostgresError) -> Bool {
        let logStart = Files.size(of: folder + "/log")
        let timeout = plan.options.startupTimeout
        let deadline = ContinuousClock.now + timeout
        try start(plan.command(port: port))
        while true {
            if try waitForEnd(milliseconds: 5) {
                let log = Files.text(of: folder + "/log", from: logStart)
                // PostgreSQL's words; the first is said of the address, the second of the socket's lock file.
                if log.contains("could not bind") || log.contains("is in use") { return false }
                throw PostgresError(.testServer, "PostgreSQL \(plan.installation.version) did not start:\n\(log)")
            }
            let isLate = ContinuousClock.now > deadline
            if isLate || isCancelled() {
                try kill()
                _ = try waitForEnd(milliseconds: 10_000)
                guard isLate else {
                    throw PostgresError(.cancelled, "The start of the test server was cancelled.")
                }
                let log = Files.text(of: folder + "/log", from: logStart)
                throw PostgresError(.timedOut, "PostgreSQL did not accept connections within \(timeout):\n\(log)")
            }
            if isReady(plan) { return true }
        }
    }

    /// Whether the postmaster says so in its lock file: the eighth line is its state, the first its process.
    private func isReady(_ plan: EphemeralPostgres.Plan) -> Bool {
        let text = Files.text(of: plan.dataDirectory + "/postmaster.pid")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 7, let first = lines.first, let server, Int32(first) == server else { return false }
        return lines[7].hasPrefix("ready") || lines[7].hasPrefix("standby")
    }
}
