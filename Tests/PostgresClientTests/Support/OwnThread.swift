import Foundation
import Synchronization
import Testing

/// A thread that runs the jobs of the tasks that prefer it.
///
/// A test that blocks or that computes for long would otherwise hold one of the few threads that all tasks share, and
/// the tests that talk to servers would wait for it until their time is over.
final class OwnThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isFinished = false
        /// The numbers of the pipe are somebody else's from here on.
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let bell: (ring: Int32, hear: Int32)

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        bell = (ends[1], ends[0])
        Foundation.Thread.detachNewThread { [self] in run() }
    }

    private func run() {
        var byte: UInt8 = 0
        while unsafe read(bell.hear, &byte, 1) == 1 {
            let jobs = state.withLock { state in
                defer { state.jobs.removeAll() }
                return state.jobs
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            let hasEnded = state.withLock { state in
                guard state.isFinished, state.jobs.isEmpty else { return false }
                state.hasEnded = true
                _ = close(bell.hear)
                _ = close(bell.ring)
                return true
            }
            if hasEnded { break }
        }
    }

    /// Changes the state and rings, in one step: between the two the thread could end and its bell be another's pipe.
    /// - Returns: false when the thread has ended.
    @discardableResult private func ring(_ change: (inout State) -> Void) -> Bool {
        state.withLock { state in
            guard !state.hasEnded else { return false }
            // One ring is enough for any number of jobs, and a full pipe would stop everybody.
            let isAwake = !state.jobs.isEmpty
            change(&state)
            if isAwake && !state.isFinished { return true }
            var byte: UInt8 = 0
            _ = unsafe write(bell.ring, &byte, 1)
            return true
        }
    }

    func finish() {
        ring { $0.isFinished = true }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if !ring({ $0.jobs.append(job) }) { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
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
