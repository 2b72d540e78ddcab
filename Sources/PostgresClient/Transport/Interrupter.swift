import Synchronization

/// Ends the waits of an operation from outside: from another thread, whichever face the operation is run in.
///
/// It is armed while there is something to end. What comes before or after that does nothing: a request meant for one
/// statement never reaches the next.
package final class Interrupter: Sendable {
    private struct State {
        var isArmed = false
        var isRaised = false
        // Who waits at the moment: a thread in `poll`, a thread on a condition, a task in the reactor.
        var bell: Bell?
        var sleeper: Sleeper?
        var wait: (registration: Reactor.Registration, number: UInt64)?
    }

    private let state = Mutex(State())

    package init() {}

    /// From now on there is something to end.
    package func arm() {
        state.withLock { state in
            state.isArmed = true
            Interrupter.reset(&state)
        }
    }

    /// There is nothing to end any more; what was asked for is forgotten.
    package func disarm() {
        state.withLock { state in
            state.isArmed = false
            Interrupter.reset(&state)
        }
    }

    private static func reset(_ state: inout State) {
        guard state.isRaised else { return }
        state.isRaised = false
        state.bell?.clear()
    }

    /// Asks for the end.
    ///
    /// - Returns: Whether there is something to end.
    @discardableResult
    package func interrupt() -> Bool {
        // Under the lock: a wait that is over must not be ended in the place of the next one.
        state.withLock { state in
            guard state.isArmed else { return false }
            guard !state.isRaised else { return true }
            state.isRaised = true
            state.bell?.ring()
            state.sleeper?.wake()
            if let wait = state.wait { wait.registration.cancel(wait: wait.number) }
            return true
        }
    }

    /// Whether the end was asked for.
    package var isRaised: Bool { state.withLock { $0.isRaised } }

    /// What a thread polls besides its socket; nil if no descriptors are left, so that it can only be seen in between.
    var bell: Bell? {
        state.withLock { state in
            if let bell = state.bell { return bell }
            let bell = Bell()
            if state.isRaised { bell?.ring() }
            state.bell = bell
            return bell
        }
    }

    /// Wakes a thread when the end is asked for; false if it was.
    func attach(_ sleeper: Sleeper) -> Bool {
        state.withLock { state in
            state.sleeper = sleeper
            return !state.isRaised
        }
    }

    /// Ends a task's wait when the end is asked for; false if it was.
    func attach(_ registration: Reactor.Registration, wait number: UInt64) -> Bool {
        state.withLock { state in
            state.wait = (registration, number)
            return !state.isRaised
        }
    }

    /// Nobody waits any more.
    func detach() {
        state.withLock { state in
            state.sleeper = nil
            state.wait = nil
        }
    }
}
