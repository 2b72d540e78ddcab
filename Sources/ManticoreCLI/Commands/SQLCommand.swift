#if Command
    import ArgumentParser
    import Manticore

    /// `manticore sql`: runs statements and prints what comes back.
    struct SQLCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sql",
            abstract: "Run SQL and print the results as a table, CSV or JSON.",
            discussion: """
                EXAMPLES
                  manticore sql -c 'SELECT * FROM users'
                  manticore sql --csv -c 'TABLE users' > users.csv
                  manticore sql -c 'SELECT * FROM users WHERE age > $1' --param 30
                  manticore sql --json report.sql | jq '.[0]'
                  echo 'SELECT version()' | manticore sql
                  manticore sql -c 'COPY users FROM STDIN (FORMAT csv)' < users.csv

                Several statements of one -c take effect together or not at all;
                those of a file or of standard input one by one, unless
                --single-transaction is given. The first error ends the run.
                CSV is what psql --csv prints. COPY FROM STDIN of a -c reads
                standard input, in a file the lines up to one of \\. after it;
                COPY TO STDOUT writes what the server sends.
                """)

        /// How results are printed.
        enum Format: String, EnumerableFlag {
            case table
            case csv
            case json

            static func help(for value: Format) -> ArgumentHelp? {
                switch value {
                case .table: "Print tables (default)."
                case .csv: "Print comma-separated values, as psql --csv does."
                case .json: "Print JSON, a row a line."
                }
            }
        }

        @OptionGroup var connection: ConnectionOptions

        @Option(name: .shortAndLong, help: ArgumentHelp("SQL to run; may be repeated.", valueName: "sql"))
        var command: [String] = []

        @Argument(help: ArgumentHelp("Files to run, - for standard input (default without -c).", valueName: "file"))
        var files: [String] = []

        @Option(
            help: ArgumentHelp(
                "Value of $1, then of $2 and so on, of the one statement; \\N is NULL.", valueName: "value"))
        var param: [String] = []

        @Flag(exclusivity: .exclusive) var format: Format = .table

        @Flag(name: [.customShort("x"), .long], help: "Print tables turned, a line for each value.")
        var expanded = false

        @Flag(name: [.customShort("1"), .long], help: "Run everything in one transaction.")
        var singleTransaction = false

        func run() async throws {
            do throws(PostgresError) {
                var inputs: [SQLInput] = []
                for text in command { inputs.append(try SQLInput(argument: text)) }
                for file in command.isEmpty && files.isEmpty ? ["-"] : files { inputs.append(try SQLInput(file: file)) }
                let count = inputs.reduce(0) { $0 + $1.script.statements.count }
                guard param.isEmpty || count == 1 else {
                    throw PostgresError(
                        .invalidArgument, "--param gives values to one statement, and there are \(count)")
                }
                let configuration = try connection.configuration()
                try await Interruption.cancelling { [inputs] () async throws(PostgresError) in
                    try await run(inputs, configuration)
                }
            } catch {
                Console.complain(error.description)
                throw ExitCode(Interruption.exitStatus ?? ExitStatus(error).rawValue)
            }
        }

        private func run(
            _ inputs: [SQLInput], _ configuration: ConnectionConfiguration
        ) async throws(PostgresError) {
            let connection = try await Connection.connect(to: configuration)
            defer { connection.close() }
            connection.onNotice = { Console.complain("\($0.localizedSeverity ?? "NOTICE"):  \($0.message)") }
            let output = OutputStream()
            switch format {
            case .table:
                let writer = TableWriter(.output, isExpanded: expanded) { (text: String) in output.write(text) }
                try await run(inputs, on: connection, writer, output)
            case .csv:
                try await run(inputs, on: connection, CSVWriter { (text: String) in output.write(text) }, output)
            case .json:
                try await run(inputs, on: connection, JSONWriter { (text: String) in output.write(text) }, output)
            }
            if let failure = output.failure {
                throw PostgresError(.invalidArgument, "the output could not be written: \(failure)")
            }
        }

        private func run(
            _ inputs: [SQLInput], on connection: Connection, _ writer: some ResultWriter, _ output: OutputStream
        ) async throws(PostgresError) {
            let isOneTransaction =
                singleTransaction
                || inputs.contains { $0.name == nil && $0.script.statements.count > 1 }
                    && !inputs.contains { $0.script.statements.contains { $0.transactionControl != nil } }
            var runner = SQLRunner(connection, writer) { output.write($0) }
            try await runner.run(
                inputs, parameters: param.map { $0 == "\\N" ? nil : $0 }, isOneTransaction: isOneTransaction)
        }
    }
#endif
