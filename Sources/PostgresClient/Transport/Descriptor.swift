#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file descriptor that is closed when nobody holds it any more.
package final class Descriptor {
    package let number: Int32

    /// The reactor's record of it, from the first wait in an async face on.
    @safe @exclusivity(unchecked) var registration: Reactor.Registration?

    /// Whether the reactor was told to take no notice of it.
    @safe @exclusivity(unchecked) var isMuted = false

    /// Whether its answers come so soon that it pays to wait for them in place.
    @safe @exclusivity(unchecked) var promptness = Promptness()

    /// Whether the next receive may sleep until something comes.
    ///
    /// The blocking driver sets it instead of asking the kernel first whether there is something, which is a system call less.
    @safe @exclusivity(unchecked) var mayBlock = false

    /// What may end a wait for it early.
    @safe @exclusivity(unchecked) var limits: CallLimits?

    /// How long the kernel lets a receive sleep that does not say that it must not.
    private enum Patience {
        case none, brief, endless
    }

    @safe @exclusivity(unchecked) private var patience = Patience.none

    package init(_ number: Int32) {
        self.number = number
    }

    /// Has the kernel put the thread to sleep where a call does not say otherwise; false if it refuses.
    ///
    /// Sockets are made non-blocking, since a connect cannot say so for itself; sends and receives can, and do.
    func allowBlocking() -> Bool { allow(.endless) }

    /// Sleeps until there is something to receive, or a few milliseconds have passed.
    ///
    /// The time is the kernel's own tick, which is what makes this cheap: with a more exact one, by `ppoll`, each
    /// wait cost several microseconds more on a virtual machine.
    ///
    /// - Returns: nil if the kernel refuses; whether there is something.
    func sleepForInput() -> Bool? {
        guard allow(.brief) else { return nil }
        var byte: UInt8 = 0
        let count = unsafe recv(number, &byte, 1, Int32(MSG_PEEK))
        // Whatever else there is, the next receive says it.
        return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
    }

    private func allow(_ wanted: Patience) -> Bool {
        guard patience != wanted else { return true }
        if wanted == .brief || patience == .brief {
            var time = timeval()
            if wanted == .brief { time.tv_usec = 1000 }
            let length = socklen_t(MemoryLayout<timeval>.size)
            guard unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &time, length) == 0 else { return false }
        }
        if patience == .none {
            let flags = fcntl(number, F_GETFL)
            guard flags >= 0, fcntl(number, F_SETFL, flags & ~O_NONBLOCK) == 0 else { return false }
        }
        patience = wanted
        return true
    }

    deinit {
        // First the reactor, or it might report the next owner of the same number to us.
        if let registration { Reactor.shared.forget(registration) }
        _ = close(number)
    }
}
