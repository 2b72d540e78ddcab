import Foundation

/// One run of the built command as a process of its own.
struct CommandRun: Sendable {
    let status: Int32
    let output: String
    let error: String

    /// Runs the command in an empty folder, with nothing in its environment but what is given.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil
    ) async throws -> CommandRun {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let run = try start(arguments, environment: environment, in: folder ?? scratch.path, streams: scratch)
        return await run.finish()
    }

    /// A run that goes on.
    struct Started: Sendable {
        fileprivate let program: RunningProgram
        fileprivate let streams: Scratch
        var processID: Int32 { program.processID }

        /// Waits for the end.
        func finish() async -> CommandRun {
            CommandRun(
                status: await program.finish(), output: streams.text("output"), error: streams.text("error"))
        }
    }

    /// Starts the command; its output goes to files in a folder, or to a descriptor.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], in folder: String, streams: Scratch,
        output: FileHandle? = nil
    ) throws -> Started {
        var variables = environment
        for name in ["TMPDIR", "MANTICORE_POSTGRES_BIN", "MANTICORE_POSTGRES_CACHE"] where variables[name] == nil {
            variables[name] = ProcessInfo.processInfo.environment[name]
        }
        let program = try RunningProgram(
            try executable(), arguments, environment: variables, in: folder,
            output: try output ?? streams.handle("output"), error: try streams.handle("error"))
        return Started(program: program, streams: streams)
    }

    /// The command, which is built beside the test bundle.
    private static func executable() throws -> String {
        let bundles = Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments
        let folders =
            bundles.filter { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
            + [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        for folder in folders {
            let path = folder.appendingPathComponent("manticore").path
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Missing(searched: folders.map(\.path))
    }

    struct Missing: Error { let searched: [String] }

    /// The output as a JSON document of this shape.
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(output.utf8))
    }
}
