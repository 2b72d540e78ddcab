import PostgresClient
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// A signal handler may do next to nothing; it finds the pipe here.
private let signalPipe = Atomic<Int32>(-1)
private let lastSignal = Atomic<Int32>(0)

/// Turns Ctrl-C, SIGTERM and SIGHUP into an orderly end.
///
/// The work asks ``check()`` between its steps, or is told by `onSignal`. If it does not come to its end for a while, or at
/// the second signal, the clean-up runs on a thread of its own and the process ends.
enum Interruption {
    /// The work was told to stop.
    struct Interrupted: Error {
        let signal: Int32
    }

    /// The exit status of a process that a signal ended, as shells have it.
    static func exitStatus(of signal: Int32) -> Int32 { 128 + signal }

    /// The exit status because of the first signal that came; nil if there was none.
    static var exitStatus: Int32? {
        let signal = lastSignal.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : exitStatus(of: signal)
    }

    /// Begins to listen. Signals that the process was told to ignore, as `nohup` does, stay ignored.
    ///
    /// - Parameters:
    ///   - patience: how long the work may take to come to its next step.
    ///   - onSignal: what to do at the first signal; on a thread of its own.
    ///   - cleanUp: what to do before the process ends without the work's own clean-up.
    static func listen(
        patience: Duration = .seconds(5), onSignal: @escaping @Sendable () -> Void = {},
        cleanUp: @escaping @Sendable () -> Void
    ) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let readEnd = ends[0]
        lastSignal.store(0, ordering: .relaxed)
        signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
        do {
            try Thread.detach {
                guard wait(readEnd, nil) else { return }
                onSignal()
                _ = wait(readEnd, patience)
                cleanUp()
                _exit(exitStatus(of: lastSignal.load(ordering: .relaxed)))
            }
        } catch {
            return
        }
        for signal in [SIGINT, SIGTERM, SIGHUP] { install(signal) }
    }

    /// Throws if there was a signal.
    static func check() throws(Interrupted) {
        let signal = lastSignal.load(ordering: .sequentiallyConsistent)
        if signal != 0 { throw Interrupted(signal: signal) }
    }

    private static func install(_ number: Int32) {
        let before = signal(number) { number in
            // The status is that of the first.
            _ = lastSignal.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent)
            let saved = errno
            var byte: UInt8 = 0
            let descriptor = signalPipe.load(ordering: .sequentiallyConsistent)
            _ = unsafe write(descriptor, &byte, 1)
            errno = saved
        }
        // Functions cannot be compared; that of SIG_IGN is the number 1.
        if unsafe unsafeBitCast(before, to: Int.self) == 1 { signal(number, SIG_IGN) }
    }

    /// Waits for a signal; false if none came in time.
    private static func wait(_ descriptor: Int32, _ limit: Duration?) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.map { Int32($0 / .milliseconds(1)) } ?? -1
        while true {
            let count = unsafe poll(&request, 1, milliseconds)
            if count < 0, errno == EINTR { continue }
            var byte: UInt8 = 0
            guard count > 0 else { return false }
            return unsafe read(descriptor, &byte, 1) == 1
        }
    }
}
