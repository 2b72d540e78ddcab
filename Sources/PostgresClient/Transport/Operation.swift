/// Something that takes several sends and receives, written once for both faces.
///
/// An operation is a value that advances by steps which never block. A driver runs the steps and, between them, waits
/// for what the operation says it needs: ``BlockingDriver`` on the thread, ``AsyncDriver`` in the reactor.
package protocol Operation<Output> {
    associatedtype Output

    /// Goes as far as it can without waiting.
    mutating func step() throws(PostgresError) -> Step<Output>

    /// The wait ended early: gives up at once by throwing, or prepares an orderly end that further steps carry out.
    mutating func interrupt(_ reason: Interruption) throws(PostgresError)
}

/// What an operation came to in one step.
package enum Step<Output> {
    case done(Output)
    case wait(Wait)
}

/// What an operation needs before its next step.
package struct Wait {
    /// What it waits for.
    package enum Event {
        case readiness(Descriptor, Interest)
        case signal(Signal)
    }

    package let event: Event
    package var deadline: Deadline?

    /// Whether the operation could go on at once. A peer that sends without pause would never make it wait; so it stops now
    /// and then for its deadline, the task's cancellation and whoever else wants to run.
    package private(set) var isPause = false

    package init(_ descriptor: Descriptor, _ interest: Interest, until deadline: Deadline? = nil) {
        event = .readiness(descriptor, interest)
        self.deadline = deadline
    }

    package init(_ signal: Signal, until deadline: Deadline? = nil) {
        event = .signal(signal)
        self.deadline = deadline
    }

    /// What may end it early.
    var limits: CallLimits? {
        if case .readiness(let descriptor, _) = event { descriptor.limits } else { nil }
    }

    /// The descriptor, if input from it is all that is waited for, however long it takes.
    var inputAlone: Descriptor? {
        guard deadline == nil, case .readiness(let descriptor, .readable) = event else { return nil }
        return descriptor
    }

    /// How many receives in a row an operation makes before it pauses: a few megabytes.
    package static let receivesBetweenPauses = 64

    /// The same deadline without waiting for the event.
    package var pause: Wait {
        var pause = self
        pause.isPause = true
        return pause
    }
}

/// The directions in which a descriptor can become ready.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let readable = Interest(rawValue: 1)
    package static let writable = Interest(rawValue: 2)
}

/// Why a wait ended before its event came.
package enum Interruption: Sendable {
    /// The deadline of the wait, or that of the call, has passed.
    case deadlinePassed
    /// The task was cancelled, or somebody else cancelled the call.
    case taskCancelled
}
