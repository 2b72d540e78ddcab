import Foundation

@testable import ManticoreTesting

/// A program that was started and has not been waited for.
///
/// Not by Foundation's `Process`: how it looks for open descriptors on Linux can crash the tests.
struct RunningProgram: Sendable {
    let processID: Int32
    private let ends: AsyncStream<Int32>

    /// Starts a program in a folder, with nothing in its environment but what is given and where programs and libraries
    /// are, and without any input.
    init(
        _ program: String, _ arguments: [String], environment: [String: String], in folder: String,
        output: FileHandle, error: FileHandle
    ) throws {
        var variables = environment
        for name in ["PATH", "LD_LIBRARY_PATH"] where variables[name] == nil {
            variables[name] = ProcessInfo.processInfo.environment[name]
        }
        let streams = ChildProcess.Streams(output: output.fileDescriptor, error: error.fileDescriptor)
        let process = try ChildProcess.start(
            ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments,
            environment: variables.map { $0.key + "=" + $0.value }, streams: streams)
        withExtendedLifetime((output, error)) {}
        processID = process
        let (ends, continuation) = AsyncStream<Int32>.makeStream()
        self.ends = ends
        Thread.detachNewThread {
            continuation.yield(ChildProcess.wait(for: process) ?? -1)
            continuation.finish()
        }
    }

    /// Waits for the end: the exit status, or 128 and the number of the signal.
    func finish() async -> Int32 {
        var status: Int32 = -1
        for await end in ends { status = end }
        return status
    }
}
