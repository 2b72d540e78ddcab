#if Command
    import ArgumentParser

    /// Where the migration files are.
    struct FolderOptions: ParsableArguments {
        @Option(
            name: [.customShort("d"), .customLong("dir")],
            help: ArgumentHelp("Folder of the migration files.", valueName: "folder"))
        var directory = "./migrations"

        func validate() throws {
            if directory.isEmpty { throw ValidationError("--dir is empty") }
        }
    }
#endif
