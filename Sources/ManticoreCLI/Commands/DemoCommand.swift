#if Command
    import ArgumentParser
    import Manticore

    /// `manticore demo`: runs the complete example and shows what came back.
    struct DemoCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "demo",
            abstract: "Run the complete example on a private PostgreSQL server and show what it does.",
            discussion: """
                Starts a server of its own, which needs PostgreSQL on this machine,
                runs the example in the blocking and in the async form, checks what
                comes back, and removes everything.

                EXAMPLES
                  manticore demo
                  manticore demo --url postgresql://app@localhost/bank

                With --url it runs in a schema of its own, which it removes at the
                end.

                EXIT STATUS
                  0  every step came out as expected
                  1  one did not, or something failed
                  2  the arguments or the URL make no sense
                """)

        @Option(
            name: [.customShort("u"), .long],
            help: ArgumentHelp("Connection URL of a server to use instead of a private one.", valueName: "url"))
        var url: String?

        func validate() throws {
            if url?.isEmpty == true { throw ValidationError("--url is empty") }
        }

        func run() async throws {
            let status = await Demo.run(url: url)
            if status != 0 { throw ExitCode(status) }
        }
    }
#endif
