#if Command
    import ArgumentParser
    import Manticore

    /// `manticore rollback`: takes back applied migrations.
    struct RollbackCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback",
            abstract: "Take back applied migrations, the last one by default.",
            discussion: """
                EXAMPLES
                  manticore rollback
                  manticore rollback --steps 3
                  manticore rollback --to 20230101120000   (which stays applied)
                """,
            aliases: ["down"])

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var folder: FolderOptions
        @OptionGroup var options: RunOptions

        @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many (default: 1).", valueName: "n"))
        var steps: Int?

        @Option(help: ArgumentHelp("The version to go back to; it stays applied.", valueName: "version"))
        var to: String?

        func validate() throws {
            if steps != nil, to != nil { throw ValidationError("--steps and --to exclude each other") }
            if let steps, steps < 0 { throw ValidationError("--steps is 0 or more, not \(steps)") }
            if let to { try RunOptions.checkVersion(to, option: "--to") }
        }

        func run() async throws {
            try await options.perform(connection, folder, nothing: "nothing to roll back") {
                (migration) async throws(PostgresError) in
                if let to { return try await migration.rollback(to: to) }
                return try await migration.rollback(count: steps ?? 1)
            }
        }
    }
#endif
