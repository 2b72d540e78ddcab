/// The moment at which a wait gives up.
package struct Deadline: Sendable, Comparable {
    package let instant: ContinuousClock.Instant

    package init(_ instant: ContinuousClock.Instant) {
        self.instant = instant
    }

    /// The moment `duration` from now; nil for a wait without end.
    package static func after(_ duration: Duration?) -> Deadline? {
        duration.map { Deadline(.now.advanced(by: $0)) }
    }

    package static func < (left: Deadline, right: Deadline) -> Bool { left.instant < right.instant }

    package var hasPassed: Bool { instant <= .now }

    /// What `poll` and `epoll_wait` take: milliseconds, rounded up so that a wait never ends just before its deadline.
    package var pollTimeout: Int32 {
        let (seconds, attoseconds) = ContinuousClock.Instant.now.duration(to: instant).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        // An hour at a time is plenty; whoever waits longer polls again.
        guard seconds < 3600 else { return 3_600_000 }
        return Int32(seconds) * 1000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// The earlier of the two, where nil is never.
    package static func earlier(_ left: Deadline?, _ right: Deadline?) -> Deadline? {
        guard let left else { return right }
        guard let right else { return left }
        return min(left, right)
    }
}
