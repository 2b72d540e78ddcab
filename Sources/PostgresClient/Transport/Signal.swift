import Synchronization

/// Something that happens once and that one task or thread waits for, without a descriptor: thousands may wait.
///
/// In the async face the reactor's bookkeeping of waits holds for it, timer and cancellation included; in the blocking
/// face the thread sleeps on a condition.
package final class Signal: Sendable {
    private struct State {
        var isRaised = false
        // Made by the first wait in an async face.
        var registration: Reactor.Registration?
        // The thread that waits.
        var sleeper: Sleeper?
    }

    private let state = Mutex(State())

    package init() {}

    deinit {
        if let registration = state.withLock({ $0.registration }) { Reactor.shared.forgetTimer(of: registration) }
    }

    /// It happens: whoever waits goes on, and nobody waits any more.
    package func raise() {
        let (registration, sleeper) = state.withLock { state in
            state.isRaised = true
            return (state.registration, state.sleeper)
        }
        registration?.signal(.readable)
        sleeper?.wake()
    }

    /// Sleeps on the calling thread until it happens, or the deadline comes, or the interrupter wants the wait to end.
    func wait(until deadline: Deadline?, _ interrupter: Interrupter? = nil) -> Reactor.Outcome {
        let sleeper: Sleeper? = state.withLock { state in
            guard !state.isRaised else { return nil }
            let sleeper = Sleeper()
            state.sleeper = sleeper
            return sleeper
        }
        guard let sleeper else { return .ready }
        defer { state.withLock { $0.sleeper = nil } }
        if let interrupter, !interrupter.attach(sleeper) {
            interrupter.detach()
            return .cancelled
        }
        defer { interrupter?.detach() }
        guard sleeper.sleep(until: deadline) else { return .deadlinePassed }
        return state.withLock { $0.isRaised } ? .ready : .cancelled
    }

    /// The record of it for waits in an async face, made by `make` if there is none yet; nil if it has happened.
    func registration(_ make: () -> Reactor.Registration) -> Reactor.Registration? {
        state.withLock { state in
            guard !state.isRaised else { return nil }
            if let known = state.registration { return known }
            let made = make()
            state.registration = made
            return made
        }
    }

    /// The record of it for waits in an async face, if there was such a wait.
    var registration: Reactor.Registration? { state.withLock { $0.registration } }
}
