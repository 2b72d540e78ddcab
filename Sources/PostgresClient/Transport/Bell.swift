import CSockets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A descriptor that becomes readable when another thread wants so, for whoever sleeps in `poll`.
final class Bell: Sendable {
    /// What to poll.
    let hearing: Int32
    private let ringing: Int32

    /// nil if no descriptors are left.
    init?() {
        #if os(Linux) || os(Android)
            hearing = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            ringing = hearing
            guard hearing >= 0 else { return nil }
        #else
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { return nil }
            (hearing, ringing) = (ends[0], ends[1])
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        #endif
    }

    deinit {
        _ = close(hearing)
        if ringing != hearing { _ = close(ringing) }
    }

    func ring() {
        var one: UInt64 = 1
        _ = unsafe write(ringing, &one, 8)
    }

    /// Nobody has rung any more.
    func clear() {
        var count: UInt64 = 0
        while unsafe read(hearing, &count, 8) > 0 {}
    }
}
