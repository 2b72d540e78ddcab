#if Command
    import ArgumentParser
    import Manticore

    /// `manticore ping`: connects and tells what the connection is like.
    struct PingCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ping",
            abstract: "Connect and report server, TLS, certificate, authentication and round trip.",
            discussion: """
                EXAMPLES
                  manticore ping
                  manticore ping --url 'postgresql://app@db.example:26257/bank'
                  manticore ping --json | jq '.round_trip_ms, .tls.days_left'

                EXIT STATUS (pg_isready's habits)
                  0  connected
                  1  the server refused
                  2  no answer
                  3  the parameters make no sense
                """)

        /// The exit status for parameters that make no sense, as pg_isready has it.
        static let badParameters: Int32 = 3

        @OptionGroup var connection: ConnectionOptions

        @Option(help: ArgumentHelp("How many round trips to measure; the median is shown.", valueName: "n"))
        var count = 5

        @Flag(help: "Print one JSON document.")
        var json = false

        func validate() throws {
            guard (1...10_000).contains(count) else {
                throw ValidationError("--count is from 1 to 10000, not \(count)")
            }
        }

        func run() throws {
            var configuration: ConnectionConfiguration?
            do {
                let settings = try connection.configuration()
                configuration = settings
                let report = try PingReport.measure(settings, roundTrips: count)
                if json {
                    Console.say(report.json.text)
                } else {
                    for line in report.lines(for: .output) { Console.say(line) }
                }
                if let failure = report.facts.tls?.summary.keyLogFailure { Console.complain("warning: \(failure)") }
            } catch {
                let outcome = PingOutcome(error)
                let advice = PingAdvice.text(for: error, configuration)
                if json {
                    let document = JSON.object([
                        "status": .string(outcome.description), "error": .error(error), "advice": .optional(advice),
                    ])
                    Console.say(document.text)
                }
                Console.complain(error.description)
                if let advice { Console.complain("  to do: " + advice) }
                throw ExitCode(outcome.rawValue)
            }
        }
    }
#endif
