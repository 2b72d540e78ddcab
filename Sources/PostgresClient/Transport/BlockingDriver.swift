#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs operations on the calling thread, which sleeps between their steps: in `recv` where nothing else is
/// waited for, in `poll` where something is, for a ``Signal`` on a condition.
package enum BlockingDriver {
    package static func run<Work: Operation>(_ operation: inout Work) throws(PostgresError) -> Work.Output {
        var next = try operation.step()
        while true {
            let wait: Wait
            switch next {
            case .done(let output): return output
            case .wait(let needed): wait = needed
            }
            if wait.isPause {
                if wait.deadline?.hasPassed ?? false { try operation.interrupt(.deadlinePassed) }
            } else if let descriptor = wait.inputAlone, descriptor.allowBlocking() {
                // It is waited for where it is received: asking `poll` first would be a system call more.
                descriptor.mayBlock = true
                defer { descriptor.mayBlock = false }
                next = try operation.step()
                continue
            } else if !(try hasCome(wait)) {
                try operation.interrupt(.deadlinePassed)
            }
            next = try operation.step()
        }
    }

    /// Sleeps until what is waited for has come; false if the deadline came first.
    private static func hasCome(_ wait: Wait) throws(PostgresError) -> Bool {
        switch wait.event {
        case .readiness(let descriptor, let interest): try isReady(descriptor, interest, until: wait.deadline)
        case .signal(let signal): signal.wait(until: wait.deadline)
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
