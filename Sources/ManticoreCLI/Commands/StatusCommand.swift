#if Command
    import ArgumentParser
    import Manticore

    /// `manticore status`: where every migration stands.
    struct StatusCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show which migrations are applied and which are pending.",
            discussion: """
                EXAMPLES
                  manticore status
                  manticore status --exit-code > /dev/null
                  manticore status --json | jq .pending

                The exit status is 0. With --exit-code it is 3 if something is
                pending, 4 if a file was edited after it was applied, is missing,
                or is older than what is applied.
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var folder: FolderOptions

        @Flag(help: "Print one JSON document.")
        var json = false

        @Flag(help: "Exit with 3 if migrations are pending, with 4 if files were edited, are missing or out of order.")
        var exitCode = false

        func run() throws {
            let report: StatusReport
            do throws(PostgresError) {
                let database = Database(try connection.configuration())
                defer { database.close() }
                report = StatusReport(try Migration(database, directory: folder.directory).status())
            } catch {
                if json { Console.say(JSON.object(["ok": .bool(false), "error": .error(error)]).text) }
                Console.complain(error.description)
                throw ExitCode(ExitStatus(error).rawValue)
            }
            if json {
                Console.say(report.json.text)
            } else {
                for line in report.lines(for: .output) { Console.say(line) }
            }
            if exitCode, report.exitStatus != .success { throw ExitCode(report.exitStatus.rawValue) }
        }
    }
#endif
