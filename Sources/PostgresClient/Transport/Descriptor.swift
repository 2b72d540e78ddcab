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

    @safe @exclusivity(unchecked) private var isBlocking = false

    package init(_ number: Int32) {
        self.number = number
    }

    /// Has the kernel put the thread to sleep where a call does not say otherwise; false if it refuses.
    ///
    /// Sockets are made non-blocking, since a connect cannot say so for itself; sends and receives can, and do.
    func allowBlocking() -> Bool {
        if isBlocking { return true }
        let flags = fcntl(number, F_GETFL)
        isBlocking = flags >= 0 && fcntl(number, F_SETFL, flags & ~O_NONBLOCK) == 0
        return isBlocking
    }

    deinit {
        // First the reactor, or it might report the next owner of the same number to us.
        if let registration { Reactor.shared.forget(registration) }
        _ = close(number)
    }
}
