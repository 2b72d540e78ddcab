#if Command
    import ArgumentParser
    import Manticore

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// The command `manticore` and its subcommands.
    struct RootCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "manticore",
            abstract: "Migrates PostgreSQL and CockroachDB schemas, and shows what a connection is like.",
            discussion: """
                EXAMPLES
                  manticore demo                     see all of it at work
                  manticore ping --url postgresql://app@db.example/bank
                  manticore sql -c 'SELECT now()'     run SQL, print a table, CSV or JSON
                  manticore config                   what is connected to, and who says so
                  manticore new create users table   write a migration file
                  manticore migrate                  apply what is pending
                  manticore rollback --steps 2       take back the last two
                  manticore status --exit-code       3 if something is pending

                The database is named by --url, by DATABASE_URL or by the PG*
                variables, which a file .env may hold.

                EXIT STATUS
                  0  done, or nothing to do
                  1  failure
                  2  usage
                  3  migrations are pending (status --exit-code)
                  4  files and database do not fit each other, or a file is malformed
                  5  another runner has the lock
                  6  the connection was lost at a commit; run it again to find out
                  ping has statuses of its own, see manticore help ping
                """,
            version: "manticore \(ProductVersion.text)",
            subcommands: [
                NewCommand.self, MigrateCommand.self, RollbackCommand.self, StatusCommand.self, SQLCommand.self,
                PingCommand.self,
                ConfigCommand.self, DemoCommand.self,
            ])

        /// Runs the command that the arguments name.
        ///
        /// - Returns: The exit status of the process.
        static func start(_ arguments: [String]) async -> Int32 {
            do {
                var command = try parseAsRoot(arguments)
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                return ExitStatus.success.rawValue
            } catch {
                return finish(error, arguments)
            }
        }

        private static func finish(_ error: any Error, _ arguments: [String]) -> Int32 {
            if let error = error as? PostgresError {
                Console.complain(error.description)
                return ExitStatus(error).rawValue
            }
            let status = exitCode(for: error)
            let message = fullMessage(for: error, columns: min(Terminal.output.width ?? 80, 100))
            if status.isSuccess {
                if !message.isEmpty { Console.say(message) }
                return status.rawValue
            }
            if !message.isEmpty { Console.complain(message) }
            guard status == .validationFailure else { return status.rawValue }
            // For pg_isready's users, 2 means that nobody answers.
            let isPing = arguments.first { !$0.hasPrefix("-") } == PingCommand.configuration.commandName
            return isPing ? PingCommand.badParameters : ExitStatus.usage.rawValue
        }
    }
#endif
