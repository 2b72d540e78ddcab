import Synchronization

extension Reactor {
    /// What the reactor knows of one descriptor or ``Signal``: what it is ready for, and who waits.
    ///
    /// A wait's continuation is taken out under the lock by whoever resumes it, so that it is resumed exactly once
    /// however readiness, deadline and cancellation race.
    final class Registration: Sendable {
        private struct State {
            var ready: Interest = []
            var interest: Interest = []
            var waiter: CheckedContinuation<Outcome, Never>?
            var wait: UInt64 = 0
            // Until when the current wait may last.
            var deadline: Deadline?
            // How the current wait ended before it was parked.
            var early: Outcome?
        }

        /// nil for a signal.
        let descriptor: Int32?
        let token: UInt64
        private let state = Mutex(State())

        init(descriptor: Int32?, token: UInt64) {
            self.descriptor = descriptor
            self.token = token
        }

        /// Whether the descriptor became ready since it was last asked.
        func takeReadiness(_ interest: Interest) -> Bool {
            state.withLock { state in
                guard !state.ready.isDisjoint(with: interest) else { return false }
                state.ready.subtract(interest)
                return true
            }
        }

        /// Starts a new wait, so that what concerned an earlier one is forgotten, and returns its number.
        ///
        /// This comes before the cancellation handler is installed: a task that is cancelled already calls the
        /// handler at once, and that must not be lost.
        func beginWait(until deadline: Deadline?) -> UInt64 {
            state.withLock { state in
                state.wait += 1
                state.deadline = deadline
                state.early = nil
                return state.wait
            }
        }

        func park(_ interest: Interest) async -> Outcome {
            await withCheckedContinuation { continuation in
                let outcome: Outcome? = state.withLock { state in
                    if let early = state.early { return early }
                    if !state.ready.isDisjoint(with: interest) {
                        state.ready.subtract(interest)
                        return .ready
                    }
                    state.interest = interest
                    state.waiter = continuation
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        }

        func signal(_ ready: Interest) {
            let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
                guard state.waiter != nil, !ready.isDisjoint(with: state.interest) else {
                    state.ready.formUnion(ready)
                    return nil
                }
                state.ready.formUnion(ready.subtracting(state.interest))
                state.deadline = nil
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: .ready)
        }

        func cancel(wait: UInt64) { end(wait, .cancelled) }

        /// Ends the current wait if its deadline is not after `now`.
        ///
        /// - Returns: Its deadline if it is: the timer that fired was an earlier wait's.
        func expire(_ now: Deadline) -> Deadline? {
            let (wait, deadline) = state.withLock { ($0.wait, $0.deadline) }
            guard let deadline else { return nil }
            guard deadline <= now else { return deadline }
            // Should another wait have begun by now, its number differs.
            end(wait, .deadlinePassed)
            return nil
        }

        private func end(_ wait: UInt64, _ outcome: Outcome) {
            let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
                guard state.wait == wait else { return nil }
                state.deadline = nil
                guard state.waiter != nil else {
                    state.early = outcome
                    return nil
                }
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: outcome)
        }
    }
}
