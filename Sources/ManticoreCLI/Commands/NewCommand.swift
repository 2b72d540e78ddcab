#if Command
    import ArgumentParser
    import Manticore

    /// `manticore new`: writes a migration file to be filled in.
    struct NewCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Write a new migration file and print its path.",
            discussion: """
                EXAMPLES
                  manticore new create users table
                  $EDITOR "$(manticore new add_age_column --dir db/migrations)"

                The first writes ./migrations/20230101120000_create_users_table.sql.
                """,
            aliases: ["create"])

        @Argument(help: ArgumentHelp("What it does, in one or more words.", valueName: "name"))
        var words: [String]

        @OptionGroup var folder: FolderOptions

        @Flag(help: "Print one JSON document.")
        var json = false

        func run() throws {
            // Nothing is opened: writing a file needs no server.
            let migration = Migration(Database(), directory: folder.directory)
            let file = try migration.create(words.joined(separator: " "), up: "", down: "")
            guard json else { return Console.say(file.path) }
            let document = JSON.object([
                "path": .string(file.path), "version": .string(file.version),
                "description": .string(file.description),
            ])
            Console.say(document.text)
        }
    }
#endif
