import Manticore
import ManticoreTesting

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The complete example, run on a private server or in a schema of its own.
enum Demo {
    /// Runs the example in both forms and removes everything afterwards.
    ///
    /// - Parameter url: the server to use; nil means a private one.
    /// - Returns: The exit status: 0 only if every step came out as expected.
    static func run(url: String?) async -> Int32 {
        let surroundings = DemoSurroundings()
        Interruption.listen {
            Console.complain(interruptionText)
            do throws(PostgresError) {
                try surroundings.remove()
            } catch {
                Console.complain(error.description)
            }
        }
        // Whoever reads the output may go away before the end; the clean-up must happen all the same.
        signal(SIGPIPE, SIG_IGN)
        var status: Int32
        do {
            try await run(url: url, surroundings)
            status = ExitStatus.success.rawValue
        } catch {
            status = report(error)
        }
        do {
            try removeBlocking(surroundings)
        } catch {
            Console.complain(error.description)
            if status == ExitStatus.success.rawValue { status = ExitStatus.failure.rawValue }
        }
        if status == ExitStatus.success.rawValue {
            Console.say("")
            Console.say(Terminal.output.styled("Every step came out as expected; everything was removed.", .green))
        }
        return status
    }

    private static let interruptionText = "interrupted; removing everything"

    private static func run(url: String?, _ surroundings: DemoSurroundings) async throws {
        let transcript = DemoTranscript()
        let start = ContinuousClock.now
        let configuration: ConnectionConfiguration
        var rows: [(String, String)] = []
        if let url {
            configuration = try makeSchema(url, surroundings)
        } else {
            let progress = ProgressLine(.error)
            progress.show("starting a private PostgreSQL server")
            defer { progress.clear() }
            let server = try await surroundings.startServer()
            configuration = try ConnectionConfiguration(url: server.url)
        }
        try Interruption.check()
        let facts = try facts(configuration)
        rows.append(("server", "\(facts.product) \(facts.version)" + (url == nil ? ", private and temporary" : "")))
        if url == nil { rows.append(("started in", Timings.text(start.duration(to: .now)))) }
        rows.append(("connection", address(configuration)))
        rows.append(("TLS", facts.tlsText))
        if let certificate = facts.certificateText { rows.append(("certificate", certificate)) }
        rows.append(("authentication", facts.authenticationText))
        if let schema = surroundings.schemaName { rows.append(("schema", schema)) }
        transcript.title("manticore demo")
        transcript.facts(rows)

        transcript.title("Blocking: try db.select(\"users\")")
        try DemoExample.runBlocking(configuration, directory: surroundings.makeFolder().path, transcript)
        transcript.title("Async: try await db.select(\"users\")")
        try await DemoExample.runAsync(configuration, directory: surroundings.makeFolder().path, transcript)
        try Interruption.check()
    }

    private static func makeSchema(
        _ url: String, _ surroundings: DemoSurroundings
    ) throws(PostgresError) -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration(connectionString: url)
        if configuration.applicationName?.isEmpty != false { configuration.applicationName = "manticore" }
        return try surroundings.makeSchema(configuration)
    }

    private static func facts(_ configuration: ConnectionConfiguration) throws(PostgresError) -> ServerFacts {
        let connection = try Connection.connect(to: configuration)
        defer { connection.close() }
        let versionText = try connection.query("SELECT version()", as: String.self).first ?? ""
        return ServerFacts(connection, versionText: versionText)
    }

    private static func removeBlocking(_ surroundings: DemoSurroundings) throws(PostgresError) {
        try surroundings.remove()
    }

    /// Where the connection leads, as a URL with stars in place of the password.
    private static func address(_ configuration: ConnectionConfiguration) -> String {
        let secret = configuration.password == nil ? "" : ":********"
        return "postgresql://\(configuration.user)\(secret)@\(configuration.displayHost)/\(configuration.database)"
    }

    /// Says what went wrong.
    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let error as PostgresError:
            Console.complain(error.description)
            return error.code == .invalidConfiguration
                ? ExitStatus.usage.rawValue : ExitStatus.failure.rawValue
        case let interruption as Interruption.Interrupted:
            Console.complain(interruptionText)
            return Interruption.exitStatus(of: interruption.signal)
        default:
            Console.complain("not as expected: \(error)")
            return ExitStatus.failure.rawValue
        }
    }
}
