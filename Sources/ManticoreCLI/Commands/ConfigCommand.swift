#if Command
    import ArgumentParser
    import Manticore

    /// `manticore config`: the settings of a connection and where each comes from.
    struct ConfigCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config",
            abstract: "Show the settings of the connection and where each comes from.",
            discussion: """
                EXAMPLES
                  manticore config
                  manticore config 'postgresql://app@db.example:26257/bank'
                  manticore config --json -- 'host=a,b port=5432' | jq .settings
                  manticore config --keywords        all keywords, as Markdown

                Nothing is connected to. Passwords and keys are masked.

                EXIT STATUS
                  0  the settings make sense
                  2  they do not; the reason says where
                """)

        @OptionGroup var connection: ConnectionOptions

        @Flag(help: "Print one JSON document.")
        var json = false

        @Flag(help: "Print every keyword that there is, as a table in Markdown.")
        var keywords = false

        @Argument(help: ArgumentHelp("Connection URL, or a list of keyword=value.", valueName: "string"))
        var string: String?

        func validate() throws {
            if string != nil, connection.url != nil {
                throw ValidationError("the connection string is given twice, by itself and as --url")
            }
        }

        func run() throws {
            if keywords {
                for line in KeywordTable.lines { Console.say(line) }
                return
            }
            do throws(PostgresError) {
                let report = try report()
                if json {
                    Console.say(report.json.text)
                } else {
                    for line in report.lines(for: .output) { Console.say(line) }
                    for note in report.notes { Console.complain("note: \(note)") }
                }
            } catch {
                if json {
                    let position = StringPointer.position(in: error.message).map { JSON.int($0) } ?? .null
                    Console.say(
                        JSON.object(["ok": .bool(false), "error": .error(error), "position": position]).text)
                }
                Console.complain(error.description)
                if Terminal.error.isTerminal, let pointer = pointer(to: error) {
                    for line in pointer.lines(for: .error) { Console.write(line + "\n", to: 2) }
                }
                throw ExitCode(ExitStatus.usage.rawValue)
            }
        }

        private func report() throws(PostgresError) -> ConfigReport {
            let environment = try connection.environment()
            guard let text = string ?? connection.url else {
                return ConfigReport(try .fromEnvironment(environment))
            }
            return ConfigReport(try .resolve(connectionString: text, environment: environment))
        }

        /// The string that is complained of, with a mark where.
        private func pointer(to error: PostgresError) -> StringPointer? {
            guard let position = StringPointer.position(in: error.message) else { return nil }
            let given = string ?? connection.url
            let variable = try? connection.environment()["DATABASE_URL"]
            guard let text = given ?? variable ?? nil else { return nil }
            return StringPointer(text, position: position)
        }
    }
#endif
