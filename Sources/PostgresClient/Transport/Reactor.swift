import CSockets
import Synchronization

/// One thread that waits for all descriptors and deadlines of the async face, started by the first wait that needs it.
///
/// It is also a task executor: a task that prefers it continues right where its socket became ready, which spares the
/// hop to another thread.
///
/// ```swift
/// try await withTaskExecutorPreference(Reactor.shared) {
///     try await db.query("SELECT 1")
/// }
/// ```
public final class Reactor: TaskExecutor {
    /// The process's only reactor.
    public static let shared = Reactor()

    /// How a wait ended.
    enum Outcome: Sendable {
        case ready
        case deadlinePassed
        case cancelled
    }

    private struct Timer {
        let deadline: Deadline
        let registration: Registration
    }

    private struct State {
        var registrations: [UInt64: Registration] = [:]
        var lastToken: UInt64 = 0
        // In ascending order. Deadlines are mostly set in that order too, so that an insertion is an append.
        //
        // There is one for a registration at most. A wait that ends leaves it there for the next one, whose deadline is
        // mostly later; what remains is found out when it fires.
        var timers: [Timer] = []
        // When the timer of a registration fires, by token.
        var scheduled: [UInt64: Deadline] = [:]
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let poller = Poller()
    private let events = Atomic(0)
    /// Whether a task waits in place.
    private let isSomeoneInPlace = Atomic(false)

    private init() {}

    // MARK: - Waiting

    func wait(
        for wait: Wait, isCancellable: Bool, _ interrupter: Interrupter? = nil
    ) async throws(PostgresError) -> Outcome {
        // Where there is always something ready, it would never be seen.
        if let interrupter, interrupter.isRaised { return .cancelled }
        switch wait.event {
        case .readiness(let descriptor, let interest):
            if interest == .readable, let outcome = try await waitInPlace(descriptor, wait, isCancellable) {
                return outcome
            }
            let registration = try registration(of: descriptor)
            if registration.takeReadiness(interest) { return .ready }
            try poller.watch(registration, interest, isMuted: descriptor.isMuted)
            descriptor.isMuted = false
            let start = Deadline.now
            let outcome = await park(registration, interest, until: wait.deadline, isCancellable, interrupter)
            if interest == .readable, outcome == .ready {
                descriptor.promptness.parked(for: start.duration(to: .now), eventCount)
            }
            return outcome
        case .signal(let signal):
            // Only a timer needs the thread.
            if wait.deadline != nil { try start() }
            guard let registration = signal.registration({ makeRegistration(descriptor: nil) }) else { return .ready }
            return await park(registration, .readable, until: wait.deadline, isCancellable, interrupter)
        }
    }

    /// Sleeps for an answer on the thread of the task, for ``Promptness/longestSleep`` at most.
    ///
    /// - Returns: nil where that does not pay, or no answer came.
    private func waitInPlace(
        _ descriptor: Descriptor, _ wait: Wait, _ isCancellable: Bool
    ) async throws(PostgresError) -> Outcome? {
        #if os(Linux) || os(Android)
            guard descriptor.promptness.isExpected(eventCount) else { return nil }
            if descriptor.promptness.mustYield() { await Task.yield() }
            if isCancellable, Task.isCancelled { return .cancelled }
            let start = Deadline.now
            if let deadline = wait.deadline {
                if deadline <= start { return .deadlinePassed }
                if start.duration(to: deadline) < Promptness.longestSleep { return nil }
            }
            if let registration = descriptor.registration {
                if registration.takeReadiness(.readable) { return .ready }
                if !descriptor.isMuted {
                    poller.mute(registration)
                    descriptor.isMuted = true
                }
            }
            guard isSomeoneInPlace.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else {
                return nil
            }
            let isAnswered = descriptor.sleepForInput() ?? false
            isSomeoneInPlace.store(false, ordering: .relaxed)
            descriptor.promptness.waitedInPlace(isAnswered && start.duration(to: .now) <= Promptness.limit)
            return isAnswered ? .ready : nil
        #else
            return nil
        #endif
    }

    private func park(
        _ registration: Registration, _ interest: Interest, until deadline: Deadline?, _ isCancellable: Bool,
        _ interrupter: Interrupter?
    ) async -> Outcome {
        let number = registration.beginWait(until: deadline)
        if let interrupter, !interrupter.attach(registration, wait: number) {
            interrupter.detach()
            return .cancelled
        }
        defer { interrupter?.detach() }
        if let deadline { schedule(deadline, registration) }
        guard isCancellable else { return await registration.park(interest) }
        return await withTaskCancellationHandler {
            await registration.park(interest)
        } onCancel: {
            registration.cancel(wait: number)
        }
    }

    /// How many events the kernel has reported of descriptors.
    var eventCount: Int { events.load(ordering: .relaxed) }

    private func makeRegistration(descriptor: Int32?) -> Registration {
        state.withLock { state in
            state.lastToken += 1
            return Registration(descriptor: descriptor, token: state.lastToken)
        }
    }

    private func registration(of descriptor: Descriptor) throws(PostgresError) -> Registration {
        if let known = descriptor.registration { return known }
        try start()
        let registration = makeRegistration(descriptor: descriptor.number)
        state.withLock { $0.registrations[registration.token] = registration }
        do {
            try poller.add(registration)
        } catch {
            state.withLock { _ = $0.registrations.removeValue(forKey: registration.token) }
            throw error
        }
        descriptor.registration = registration
        return registration
    }

    func forget(_ registration: Registration) {
        poller.remove(registration)
        state.withLock { state in
            _ = state.registrations.removeValue(forKey: registration.token)
            Reactor.removeTimer(of: registration, from: &state)
        }
    }

    /// Forgets the timer of what waits for no descriptor.
    func forgetTimer(of registration: Registration) {
        state.withLock { state in Reactor.removeTimer(of: registration, from: &state) }
    }

    private func schedule(_ deadline: Deadline, _ registration: Registration) {
        let isSoonest = state.withLock { state in
            if let scheduled = state.scheduled[registration.token], scheduled <= deadline { return false }
            Reactor.removeTimer(of: registration, from: &state)
            var index = state.timers.count
            while index > 0, state.timers[index - 1].deadline > deadline { index -= 1 }
            state.timers.insert(Timer(deadline: deadline, registration: registration), at: index)
            state.scheduled[registration.token] = deadline
            return index == 0
        }
        if isSoonest { poller.wake() }
    }

    private static func removeTimer(of registration: Registration, from state: inout State) {
        guard let deadline = state.scheduled.removeValue(forKey: registration.token) else { return }
        // Thousands of waits may end at a time: only those of the same deadline are gone through.
        var (index, end) = (0, state.timers.count)
        while index < end {
            let middle = (index + end) / 2
            if state.timers[middle].deadline < deadline { index = middle + 1 } else { end = middle }
        }
        while index < state.timers.count, state.timers[index].registration !== registration { index += 1 }
        if index < state.timers.count { state.timers.remove(at: index) }
    }

    /// How many timers there are for an event.
    func timerCount(of event: Wait.Event) -> Int {
        let known: Registration? =
            switch event {
            case .readiness(let descriptor, _): descriptor.registration
            case .signal(let signal): signal.registration
            }
        guard let registration = known else { return 0 }
        return state.withLock { state in state.timers.count { $0.registration === registration } }
    }

    // MARK: - The thread

    private func start() throws(PostgresError) {
        if let failure = poller.failure {
            throw PostgresError(.connectionFailed, "the event queue could not be made: \(failure)")
        }
        let mustStart = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart else { return }
        do {
            try Thread.detach { [self] in run() }
        } catch {
            state.withLock { $0.isRunning = false }
            throw PostgresError(.connectionFailed, "the reactor's thread could not be started: \(error)")
        }
    }

    private func run() {
        var events: [Poller.Event] = []
        while true {
            let (deadline, hasJobs) = state.withLock { ($0.timers.first?.deadline, !$0.jobs.isEmpty) }
            poller.wait(hasJobs ? 0 : deadline?.pollTimeout ?? -1, into: &events)
            self.events.wrappingAdd(events.count, ordering: .relaxed)
            for event in events {
                let registration = state.withLock { $0.registrations[event.token] }
                registration?.signal(event.ready)
            }
            if deadline != nil { expireTimers() }
            runJobs()
        }
    }

    private func expireTimers() {
        let now = Deadline.now
        let expired = state.withLock { state in
            let count = state.timers.firstIndex { $0.deadline > now } ?? state.timers.count
            let expired = Array(state.timers.prefix(count))
            state.timers.removeFirst(count)
            for timer in expired { state.scheduled[timer.registration.token] = nil }
            return expired
        }
        for timer in expired {
            if let later = timer.registration.expire(now) { schedule(later, timer.registration) }
        }
    }

    // MARK: - TaskExecutor

    private func runJobs() {
        let jobs = state.withLock { state in
            defer { state.jobs.removeAll(keepingCapacity: true) }
            return state.jobs
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        // Should the thread not start, the job would never run; a failing `start` is reported by the first wait.
        try? start()
        poller.wake()
    }
}
