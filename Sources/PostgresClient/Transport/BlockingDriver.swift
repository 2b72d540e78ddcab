#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs operations on the calling thread, which sleeps between their steps: in `poll`, or for a ``Signal`` on a condition.
package enum BlockingDriver {
    package static func run<Work: Operation>(_ operation: inout Work) throws(PostgresError) -> Work.Output {
        while true {
            switch try operation.step() {
            case .done(let output):
                return output
            case .wait(let wait) where wait.isPause:
                if wait.deadline?.hasPassed ?? false { try operation.interrupt(.deadlinePassed) }
            case .wait(let wait):
                let hasCome =
                    switch wait.event {
                    case .readiness(let descriptor, let interest):
                        try isReady(descriptor, interest, until: wait.deadline)
                    case .signal(let signal):
                        signal.wait(until: wait.deadline)
                    }
                if !hasCome { try operation.interrupt(.deadlinePassed) }
            }
        }
    }

    /// Sleeps until the descriptor is ready; false if the deadline came first.
    private static func isReady(
        _ descriptor: Descriptor, _ interest: Interest, until deadline: Deadline?
    ) throws(PostgresError) -> Bool {
        var events: Int16 = 0
        if interest.contains(.readable) { events |= Int16(POLLIN) }
        if interest.contains(.writable) { events |= Int16(POLLOUT) }
        var entry = pollfd(fd: descriptor.number, events: events, revents: 0)
        while true {
            let result = unsafe poll(&entry, 1, deadline?.pollTimeout ?? -1)
            if result > 0 { return true }
            if result == 0 {
                if deadline?.hasPassed ?? false { return false }
            } else if errno != EINTR {
                throw PostgresError(.connectionFailed, "poll failed: \(SystemError.current)")
            }
        }
    }
}
