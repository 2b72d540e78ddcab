import Manticore

/// What `manticore ping` found out.
struct PingReport {
    let facts: ServerFacts
    let user: String
    let database: String
    /// From the first packet to a session that is ready.
    let connectTime: Duration
    /// The median of the round trips.
    let roundTrip: Duration

    /// Connects and measures.
    ///
    /// - Parameter roundTrips: how many statements to measure, at least 1.
    static func measure(
        _ configuration: ConnectionConfiguration, roundTrips: Int
    ) throws(PostgresError) -> PingReport {
        let clock = ContinuousClock()
        let start = clock.now
        let connection = try Connection.connect(to: configuration)
        let connectTime = start.duration(to: clock.now)
        defer { connection.close() }
        let versionText = try connection.query("SELECT version()", as: String.self).first ?? ""
        // The first one prepares the statement, which later ones find prepared.
        _ = try connection.query("SELECT 1", as: Int32.self)
        var times: [Duration] = []
        for _ in 0..<max(1, roundTrips) {
            let start = clock.now
            let answer = try connection.query("SELECT 1", as: Int32.self)
            times.append(start.duration(to: clock.now))
            guard answer == [1] else {
                throw PostgresError(.protocolViolation, "the server answered SELECT 1 with \(answer)")
            }
        }
        return PingReport(
            facts: ServerFacts(connection, versionText: versionText), user: configuration.user,
            database: configuration.database, connectTime: connectTime, roundTrip: median(times))
    }

    /// The middle one of some durations, or between the two in the middle.
    static func median(_ times: [Duration]) -> Duration {
        let sorted = times.sorted()
        guard let last = sorted.last else { return .zero }
        let middle = sorted.count / 2
        if sorted.count.isMultiple(of: 2) { return (sorted[middle - 1] + sorted[middle]) / 2 }
        return middle < sorted.count ? sorted[middle] : last
    }

    /// The report for people.
    func lines(for terminal: Terminal) -> [String] {
        var rows = [
            ("server", "\(facts.product) \(facts.version)"),
            ("host", facts.host),
            ("database", "\(database) as \(user)"),
            ("TLS", facts.tlsText),
        ]
        if let certificate = facts.certificateText { rows.append(("certificate", certificate)) }
        rows += [
            ("authentication", facts.authenticationText),
            ("connected in", Timings.text(connectTime)),
            ("round trip", Timings.text(roundTrip)),
        ]
        return LabelledLines.lines(rows, for: terminal)
    }

    /// The report for programs.
    var json: JSON {
        .object([
            "status": .string(PingOutcome.connected.description),
            "server": .object(["product": .string(facts.product), "version": .string(facts.version)]),
            "host": .string(facts.host),
            "database": .string(database),
            "user": .string(user),
            "tls": facts.tls.map { tls in
                .object([
                    "version": .string(tls.version), "cipher": .string(tls.cipher),
                    "subject": .optional(tls.subject), "verified": .bool(tls.isVerified),
                ])
            } ?? .null,
            "authentication": .string(facts.authentication),
            "connect_ms": .milliseconds(connectTime),
            "round_trip_ms": .milliseconds(roundTrip),
        ])
    }
}
