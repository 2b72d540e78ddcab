#if Command
    import ArgumentParser
    import Manticore

    /// Where the database is: the option `--url`, else the environment, with what a `.env` file adds to it.
    struct ConnectionOptions: ParsableArguments {
        @Option(
            name: [.customShort("u"), .long],
            help: ArgumentHelp(
                "Connection URL, or a list of keyword=value. Without it: DATABASE_URL, then the PG* variables.",
                valueName: "url"))
        var url: String?

        @Option(
            help: ArgumentHelp(
                "File that adds DATABASE_URL and PG* variables (default: .env, which may not say how connections are "
                    + "protected).", valueName: "file"))
        var envFile: String?

        @Flag(help: "Read no .env file.")
        var noEnvFile = false

        /// The application_name where nobody gives one.
        static let applicationName = "manticore"

        func validate() throws {
            // As from a variable that is not set; the environment must not step in for it.
            if url?.isEmpty == true { throw ValidationError("--url is empty") }
        }

        /// The settings of the connection.
        ///
        /// - Throws: ``PostgresError`` with `invalidConfiguration`.
        func configuration() throws(PostgresError) -> ConnectionConfiguration {
            let environment = try environment()
            var configuration: ConnectionConfiguration
            if let url {
                do throws(PostgresError) {
                    configuration = try .resolve(connectionString: url, environment: environment)
                } catch {
                    throw error.with(message: "--url: \(error.message)")
                }
            } else {
                configuration = try .fromEnvironment(environment)
            }
            for note in configuration.notes { Console.complain("note: \(note)") }
            if configuration.applicationName?.isEmpty != false { configuration.applicationName = Self.applicationName }
            return configuration
        }

        /// The variables of the process; the file only adds to them.
        func environment() throws(PostgresError) -> [String: String] {
            let variables = try ProcessEnvironment.variables()
            if noEnvFile { return variables }
            guard let file = try EnvironmentFile.read(envFile ?? ".env") else {
                guard let envFile else { return variables }
                throw PostgresError(.invalidConfiguration, "there is no file \(envFile)")
            }
            let additions = try file.additions(to: variables, origin: envFile == nil ? .found : .named)
            return variables.merging(additions) { own, _ in own }
        }
    }
#endif
