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
    var registration: Reactor.Registration?

    package init(_ number: Int32) {
        self.number = number
    }

    deinit {
        // First the reactor, or it might report the next owner of the same number to us.
        if let registration { Reactor.shared.forget(registration) }
        _ = close(number)
    }
}
