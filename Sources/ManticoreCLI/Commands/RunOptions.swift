#if Command
    import ArgumentParser
    import Manticore

    /// How migrations are run.
    struct RunOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp("How long to wait while another runner is at work, in seconds.", valueName: "seconds"))
        var lockTimeout = 60

        @Flag(help: "Print one JSON document.")
        var json = false

        func validate() throws {
            guard (0...1_000_000).contains(lockTimeout) else {
                throw ValidationError("--lock-timeout is from 0 to 1000000 seconds, not \(lockTimeout)")
            }
        }

        /// Runs migrations, shows progress and prints the result; throws the exit status if that is not 0.
        ///
        /// - Parameters:
        ///   - nothing: what to say when there was nothing to do.
        ///   - run: the run itself, which returns how many migrations it was.
        func perform(
            _ connection: ConnectionOptions, _ folder: FolderOptions, allowsOutOfOrder: Bool = false, nothing: String,
            _ run: @escaping @Sendable (Migration) async throws(PostgresError) -> Int
        ) async throws {
            let log = RunLog(prints: !json)
            do throws(PostgresError) {
                let database = Database(try connection.configuration())
                defer { database.close() }
                let migration = Migration(
                    database, directory: folder.directory, lockTimeout: .seconds(lockTimeout),
                    allowsOutOfOrder: allowsOutOfOrder, progress: { log.take($0) })
                try await Interruption.cancelling { () async throws(PostgresError) in
                    let count = try await run(migration)
                    log.end()
                    if json {
                        let version = try await migration.currentVersion()
                        Console.say(log.json(count: count, currentVersion: version).text)
                    } else if count == 0 {
                        Console.say(nothing)
                    }
                }
            } catch {
                log.end()
                if json { Console.say(log.json(error).text) }
                Console.complain(error.description)
                throw ExitCode(Interruption.exitStatus ?? ExitStatus(error).rawValue)
            }
        }

        /// Refuses what cannot be a version: digits, or groups of digits with dots between them.
        static func checkVersion(_ text: String, option: String) throws {
            let groups = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) else {
                throw ValidationError("\(option) takes a version such as 20230101120000, not \"\(text)\"")
            }
        }
    }
#endif
