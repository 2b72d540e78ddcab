/// What ends a call before its time: the deadline of the call under way, and somebody who
/// cancels it. Each is told to the operation once, which winds down from then on.
///
/// Belongs to a connection's descriptor, so that it holds for whatever waits for that, in both faces.
final class CallLimits {
    /// When the call gives up.
    @safe @exclusivity(unchecked) private(set) var deadline: Deadline?
    /// Who cancels it.
    @safe @exclusivity(unchecked) private(set) var interrupter: Interrupter?
    /// Whether a call is under way.
    @safe @exclusivity(unchecked) private(set) var isActive = false

    /// A call begins.
    func start(until limit: Deadline?, _ interrupter: Interrupter?) {
        isActive = true
        deadline = limit
        self.interrupter = interrupter
        interrupter?.arm()
    }

    /// Somebody else may cancel the call from now on.
    func join(_ interrupter: Interrupter) {
        guard isActive else { return }
        self.interrupter = interrupter
        interrupter.arm()
    }

    /// The call is over, and what was meant for it is forgotten.
    func stop(_ interrupter: Interrupter?) {
        isActive = false
        spend()
        interrupter?.disarm()
    }

    /// The operation was told, and nothing ends it any more but its own deadline.
    func spend() {
        deadline = nil
        interrupter = nil
    }

    /// Whether the call was cancelled.
    var isInterrupted: Bool { interrupter?.isRaised ?? false }

    /// A deadline has passed: if it was the call's, there is none any more.
    func noteDeadline() {
        if let deadline, deadline.hasPassed { spend() }
    }

    /// Why the operation must wind down, if it must; says so once.
    func takeDue() -> Interruption? {
        let isLate = deadline?.hasPassed ?? false
        guard isLate || isInterrupted else { return nil }
        defer { spend() }
        return isInterrupted ? .taskCancelled : .deadlinePassed
    }
}
