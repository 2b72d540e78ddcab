#if Command
    import ArgumentParser
    import Manticore

    /// `manticore migrate`: applies pending migrations.
    struct MigrateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate",
            abstract: "Apply pending migrations.",
            discussion: """
                Each migration runs in a transaction of its own. The first that fails
                ends the run; those before it stay.

                EXAMPLES
                  manticore migrate
                  manticore migrate --to 20230101120000
                  manticore migrate --dir db/migrations --json
                """,
            aliases: ["up"])

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var folder: FolderOptions
        @OptionGroup var options: RunOptions

        @Option(help: ArgumentHelp("The last version to apply (default: all).", valueName: "version"))
        var to: String?

        @Flag(help: "Also apply files that are older than the newest applied migration.")
        var allowOutOfOrder = false

        func validate() throws {
            if let to { try RunOptions.checkVersion(to, option: "--to") }
        }

        func run() async throws {
            try await options.perform(
                connection, folder, allowsOutOfOrder: allowOutOfOrder, nothing: "nothing to migrate"
            ) { (migration) async throws(PostgresError) in
                try await migration.migrate(to: to)
            }
        }
    }
#endif
