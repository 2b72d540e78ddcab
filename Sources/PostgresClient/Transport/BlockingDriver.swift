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
    /// - Parameter interrupter: Ends the operation early, from another thread.
    package static func run<Work: Operation>(
        _ operation: inout Work, interrupter: Interrupter? = nil
    ) throws(PostgresError) -> Work.Output {
        var interrupter = interrupter
        var next = try operation.step()
        while true {
            var wait: Wait
            switch next {
            case .done(let output): return output
            case .wait(let needed): wait = needed
            }
            let limits = wait.limits
            let canceller = interrupter ?? limits?.interrupter
            wait.deadline = .earlier(wait.deadline, limits?.deadline)
            if let canceller, canceller.isRaised {
                // From here on the operation winds down within a grace period of its own.
                interrupter = nil
                limits?.spend()
                try operation.interrupt(.taskCancelled)
            } else if wait.isPause {
                if wait.deadline?.hasPassed ?? false {
                    limits?.noteDeadline()
                    try operation.interrupt(.deadlinePassed)
                }
            } else if canceller == nil, let descriptor = wait.inputAlone, descriptor.allowBlocking() {
                // It is waited for where it is received: asking `poll` first would be a system call more.
                descriptor.mayBlock = true
                defer { descriptor.mayBlock = false }
                next = try operation.step()
                continue
            } else if try outcome(of: wait, canceller) == .deadlinePassed {
                limits?.noteDeadline()
                try operation.interrupt(.deadlinePassed)
            }
            next = try operation.step()
        }
    }

    /// Sleeps until what is waited for has come, or the deadline has, or the interrupter wants the operation to end.
    private static func outcome(
        of wait: Wait, _ interrupter: Interrupter?
    ) throws(PostgresError) -> Reactor.Outcome {
        switch wait.event {
        case .readiness(let descriptor, let interest):
            try poll(descriptor, interest, until: wait.deadline, interrupter?.bell)
        case .signal(let signal): signal.wait(until: wait.deadline, interrupter)
        }
    }

    private static func poll(
        _ descriptor: Descriptor, _ interest: Interest, until deadline: Deadline?, _ bell: Bell?
    ) throws(PostgresError) -> Reactor.Outcome {
        var events: Int16 = 0
        if interest.contains(.readable) { events |= Int16(POLLIN) }
        if interest.contains(.writable) { events |= Int16(POLLOUT) }
        // A negative number is passed over.
        var entries = (
            pollfd(fd: descriptor.number, events: events, revents: 0),
            pollfd(fd: bell?.hearing ?? -1, events: Int16(POLLIN), revents: 0)
        )
        while true {
            let result = unsafe withUnsafeMutableBytes(of: &entries) { buffer in
                unsafe pollDescriptors(
                    buffer.baseAddress?.assumingMemoryBound(to: pollfd.self), bell == nil ? 1 : 2,
                    deadline?.pollTimeout ?? -1)
            }
            if result > 0 { return entries.0.revents == 0 ? .cancelled : .ready }
            if result == 0 {
                if deadline?.hasPassed ?? false { return .deadlinePassed }
            } else if errno != EINTR {
                throw PostgresError(.connectionFailed, "poll failed: \(SystemError.current)")
            }
        }
    }
}

// A function of the same name hides C's.
private let pollDescriptors = unsafe poll
