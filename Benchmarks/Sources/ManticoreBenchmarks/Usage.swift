#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ends the process with a message on standard error.
func end(_ status: Int32, _ message: String) -> Never {
    let bytes = Array("manticore-benchmarks: \(message)\n".utf8)
    unsafe _ = write(STDERR_FILENO, bytes, bytes.count)
    exit(status)
}

/// What the process has used so far, in microseconds.
struct Usage {
    /// User and system time of all threads.
    var cpu: Double
    var wall: Double

    static func now() -> Usage {
        var usage = rusage()
        #if canImport(Glibc)
            let status = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            let status = unsafe getrusage(RUSAGE_SELF, &usage)
        #endif
        var time = timespec()
        guard status == 0, unsafe clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { end(1, "no clock") }
        return Usage(
            cpu: Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
            wall: Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
        )
    }
}
