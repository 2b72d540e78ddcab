import PostgresClient
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread that runs the jobs of the tasks that prefer it.
///
/// A test of the blocking face would otherwise hold one of the few threads that all tasks share, and the tests of the
/// other face would wait for it.
final class OwnThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isFinished = false
    }

    private let state = Mutex(State())
    private let bell: (ring: Int32, hear: Int32)

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        bell = (ends[1], ends[0])
        try Thread.detach { [self] in run() }
    }

    private func run() {
        var byte: UInt8 = 0
        while unsafe read(bell.hear, &byte, 1) == 1 {
            let (jobs, isFinished) = state.withLock { state in
                defer { state.jobs.removeAll() }
                return (state.jobs, state.isFinished)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            if isFinished { break }
        }
        _ = close(bell.hear)
        _ = close(bell.ring)
    }

    private func ring() {
        var byte: UInt8 = 0
        _ = unsafe write(bell.ring, &byte, 1)
    }

    func finish() {
        state.withLock { $0.isFinished = true }
        ring()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        ring()
    }
}

/// Runs every case of a test on a thread of its own, a few of them at a time.
struct OwnThreadTrait: TestTrait, SuiteTrait, TestScoping {
    private static let gate = Gate(places: 4)

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await OwnThreadTrait.gate.enter()
        let thread = try OwnThread()
        let result: Result<Void, any Error>
        do {
            try await withTaskExecutorPreference(thread) { try await function() }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        thread.finish()
        await OwnThreadTrait.gate.leave()
        try result.get()
    }
}

extension Trait where Self == OwnThreadTrait {
    /// Runs every case on a thread of its own.
    static var ownThread: OwnThreadTrait { OwnThreadTrait() }
}

/// Lets a number of tasks in at a time.
private actor Gate {
    private var places: Int
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    func enter() async {
        if places > 0 {
            places -= 1
            return
        }
        await withCheckedContinuation { waiters.append($0) }
    }

    func leave() {
        if waiters.isEmpty {
            places += 1
        } else {
            waiters.removeFirst().resume()
        }
    }
}
