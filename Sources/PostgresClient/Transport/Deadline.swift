#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The moment at which a wait gives up.
///
/// A number and not a `ContinuousClock.Instant`, whose layout only the standard library knows: every operation that holds
/// one would be copied by way of its metadata.
package struct Deadline: Sendable, Comparable {
    /// On the clock that goes on while the system sleeps, as `ContinuousClock` does.
    private let nanoseconds: Int64

    private init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package init(_ instant: ContinuousClock.Instant) {
        self = Deadline.now.advanced(by: ContinuousClock.Instant.now.duration(to: instant))
    }

    /// The moment `duration` from now; nil for a wait without end.
    package static func after(_ duration: Duration?) -> Deadline? {
        duration.map { Deadline.now.advanced(by: $0) }
    }

    /// The moment `duration` from now.
    package init(after duration: Duration) {
        self = Deadline.now.advanced(by: duration)
    }

    package static var now: Deadline {
        var time = timespec()
        #if os(Linux) || os(Android)
            unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        #else
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Deadline(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    private func advanced(by duration: Duration) -> Deadline {
        let (seconds, attoseconds) = duration.components
        let (whole, isLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isLate) = nanoseconds.addingReportingOverflow(whole)
        let (moment, isLater) = sum.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !isLarge, !isLate, !isLater else { return Deadline(nanoseconds: seconds < 0 ? .min : .max) }
        return Deadline(nanoseconds: moment)
    }

    /// How long it is until another moment.
    func duration(to other: Deadline) -> Duration { .nanoseconds(other.nanoseconds &- nanoseconds) }

    package static func < (left: Deadline, right: Deadline) -> Bool { left.nanoseconds < right.nanoseconds }

    package var hasPassed: Bool { self <= .now }

    /// What `poll` and `epoll_wait` take: milliseconds, rounded up so that a wait never ends just before its deadline.
    package var pollTimeout: Int32 {
        let (left, isFar) = nanoseconds.subtractingReportingOverflow(Deadline.now.nanoseconds)
        // An hour at a time is plenty; whoever waits longer polls again.
        guard !isFar, left < 3_600_000_000_000 else { return nanoseconds < 0 ? 0 : 3_600_000 }
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }

    /// The earlier of the two, where nil is never.
    package static func earlier(_ left: Deadline?, _ right: Deadline?) -> Deadline? {
        guard let left else { return right }
        guard let right else { return left }
        return min(left, right)
    }
}
