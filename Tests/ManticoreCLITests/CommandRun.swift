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
        fileprivate let ends: AsyncStream<Int32>
        fileprivate let streams: Scratch
        let processID: Int32

        /// Waits for the end.
        func finish() async -> CommandRun {
            var status: Int32 = -1
            for await end in ends { status = end }
            return CommandRun(status: status, output: streams.text("output"), error: streams.text("error"))
        }
    }

    /// Starts the command; its output goes to files in a folder, or to a descriptor.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], in folder: String, streams: Scratch,
        output: FileHandle? = nil
    ) throws -> Started {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try executable())
        process.arguments = arguments
        var variables = environment
        for name in ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "MANTICORE_POSTGRES_BIN", "MANTICORE_POSTGRES_CACHE"] {
            if variables[name] == nil { variables[name] = ProcessInfo.processInfo.environment[name] }
        }
        process.environment = variables
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try output ?? streams.handle("output")
        process.standardError = try streams.handle("error")
        let (ends, continuation) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { process in
            let isExit = process.terminationReason == .exit
            continuation.yield(isExit ? process.terminationStatus : 128 + process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        return Started(ends: ends, streams: streams, processID: process.processIdentifier)
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
