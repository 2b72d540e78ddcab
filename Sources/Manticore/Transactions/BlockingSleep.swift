#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Pauses of the blocking face.
enum BlockingSleep {
    /// Puts the calling thread to sleep.
    static func sleep(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return }
        var remaining = timespec(tv_sec: Int(clamping: seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var request = remaining
        while unsafe nanosleep(&request, &remaining) == -1, errno == EINTR { request = remaining }
    }
}
