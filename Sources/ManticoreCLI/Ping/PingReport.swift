import Manticore
import PostgresClient

/// What `manticore ping` found out.
struct PingReport: Sendable {
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
    /// - Throws: ``PostgresError``, of the code `timedOut` also if the server leaves a statement without an answer for
    ///   as long as connecting to it may take.
    static func measure(
        _ configuration: ConnectionConfiguration, roundTrips: Int
    ) throws(PostgresError) -> PingReport {
        // A statement has no deadline of its own, and a silent server would never end it: it runs on a thread that can
        // be left behind.
        let (connected, connecting) = Completion<Bool>.make()
        let lastAnswer = LastAnswer()
        let measuring = try Completion<Result<PingReport, PostgresError>>.onThread {
            defer { connected.fulfil(true) }
            do throws(PostgresError) {
                let report = try measure(configuration, roundTrips) {
                    lastAnswer.note()
                    connected.fulfil(true)
                }
                return .success(report)
            } catch {
                return .failure(error)
            }
        }
        var connection = CompletionOperation(connecting, until: nil)
        _ = try BlockingDriver.run(&connection)
        while true {
            let deadline = lastAnswer.deadline(configuration.connectTimeout)
            var waiting = CompletionOperation(measuring, until: deadline)
            let outcome: Result<PingReport, PostgresError>
            do throws(PostgresError) {
                outcome = try BlockingDriver.run(&waiting)
            } catch {
                guard error.code == .timedOut else { throw error }
                // Another answer may have come meanwhile.
                guard lastAnswer.deadline(configuration.connectTimeout)?.hasPassed == true else { continue }
                throw PostgresError(.timedOut, "the server let the client in and then answered no query in time")
            }
            return try outcome.get()
        }
    }

    private static func measure(
        _ configuration: ConnectionConfiguration, _ roundTrips: Int, answered: () -> Void
    ) throws(PostgresError) -> PingReport {
        let clock = ContinuousClock()
        let start = clock.now
        let connection = try Connection.connect(to: configuration)
        let connectTime = start.duration(to: clock.now)
        defer { connection.close() }
        answered()
        let versionText = try connection.query("SELECT pg_catalog.version()", as: String.self).first ?? ""
        answered()
        // The first one prepares the statement, which later ones find prepared.
        _ = try connection.query("SELECT 1", as: Int32.self)
        answered()
        var times: [Duration] = []
        for _ in 0..<max(1, roundTrips) {
            let start = clock.now
            let answer = try connection.query("SELECT 1", as: Int32.self)
            times.append(start.duration(to: clock.now))
            answered()
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
            LabelledLines.Row("server", "\(facts.product) \(facts.version)"),
            .init("host", facts.hostText),
            .init("database", "\(database) as \(user)"),
            .init("protocol", facts.protocolVersion),
        ]
        if let tls = facts.tls {
            rows += tls.rows
        } else {
            rows.append(.init("TLS", "none"))
        }
        rows += [
            .init("authentication", facts.authenticationText),
            .init("connected in", Timings.text(connectTime)),
            .init("round trip", Timings.text(roundTrip)),
        ]
        return LabelledLines.lines(rows, for: terminal)
    }

    /// The report for programs.
    var json: JSON {
        .object([
            "status": .string(PingOutcome.connected.description),
            "server": .object(["product": .string(facts.product), "version": .string(facts.version)]),
            "host": .string(facts.host),
            "address": .string(facts.address),
            "database": .string(database),
            "user": .string(user),
            "protocol": .string(facts.protocolVersion),
            "tls": facts.tls?.json ?? .null,
            "authentication": .string(facts.authentication),
            "channel_binding": .bool(facts.usesChannelBinding),
            "connect_ms": .milliseconds(connectTime),
            "round_trip_ms": .milliseconds(roundTrip),
        ])
    }
}
