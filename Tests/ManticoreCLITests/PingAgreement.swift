import Testing

/// Connection strings for which it is known what comes of them, with `manticore ping` as with `psql`.
enum PingAgreement {
    struct Cell: Sendable {
        let string: String
        /// What comes of it.
        let outcome: SessionOutcome
        /// What comes of it with psql, if that is something else on purpose.
        var psql: SessionOutcome?
        /// The server that is connected to, by its port, where there are several.
        var port: Int?
        /// The exit statuses of ping for a refusal: 1 if the server is refused or refuses, 2 if there is no answer,
        /// 3 if the string contradicts itself.
        var refusals: Set<Int32> = [1]
        var environment: [String: String] = [:]

        init(
            _ string: String, _ outcome: SessionOutcome, psql: SessionOutcome? = nil, port: Int? = nil,
            refusals: Set<Int32> = [1], environment: [String: String] = [:]
        ) {
            self.string = string
            self.outcome = outcome
            self.psql = psql
            self.port = port
            self.refusals = refusals
            self.environment = environment
        }
    }

    /// Runs both programs for each cell, several at once.
    ///
    /// - Parameter home: a home directory without any files.
    static func check(
        _ cells: [Cell], home: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let attempts = try await cells.mapped { cell in
            let environment = ["HOME": home, "LC_ALL": "C"].merging(cell.environment) { _, given in given }
            return (
                try await SessionAttempt.ping(cell.string, environment, refusals: cell.refusals),
                try await SessionAttempt.psql(cell.string, environment)
            )
        }
        for (cell, (ping, psql)) in zip(cells, attempts) {
            #expect(
                ping.outcome == cell.outcome && psql.outcome == cell.psql ?? cell.outcome,
                "\(cell.string) should be: \(cell.outcome.rawValue); ping: \(ping.text)psql: \(psql.text)",
                sourceLocation: sourceLocation)
            guard let port = cell.port else { continue }
            #expect(ping.port == port && psql.port == port, "\(cell.string)", sourceLocation: sourceLocation)
        }
    }
}
