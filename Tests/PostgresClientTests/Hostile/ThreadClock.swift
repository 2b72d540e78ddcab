#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processor time that the calling thread has used.
enum ThreadClock {
    static var now: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// What a budget comes to in this build: code that is not optimised is about ten times as slow.
    static func budget(_ duration: Duration) -> Duration {
        #if DEBUG
            return duration * 10
        #else
            return duration
        #endif
    }
}
