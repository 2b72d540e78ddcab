import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts programs that inherit nothing of this process but the descriptors they are given.
enum ChildProcess {
    /// What the program's standard streams are.
    struct Streams {
        /// -1 stands for /dev/null.
        var input: Int32 = -1
        var output: Int32 = -1
        var error: Int32 = -1
    }

    #if canImport(Darwin)
        // No flag closes only what was not asked for on Linux, so there the descriptors are named one by one.
        private static let ownSession: Int16 = 0x0400
        private static let closeOthers: Int16 = 0x4000
    #else
        // Glibc hides the name from Swift; the value is the same in Glibc and Musl.
        private static let ownSession: Int16 = 0x80
        private static let closeOthers: Int16 = 0
    #endif

    /// Starts a program in a session of its own, so that a terminal's Ctrl-C does not reach it.
    ///
    /// - Parameters:
    ///   - words: The program's absolute path and its arguments.
    ///   - environment: `NAME=value` entries; nothing else is passed on.
    ///   - streams: Descriptors above 2 for the standard streams.
    /// - Returns: The process's identifier; the caller waits for it.
    /// - Throws: ``PostgresError`` when the program cannot be started.
    static func start(
        _ words: [String], environment: [String], streams: Streams
    ) throws(PostgresError) -> pid_t {
        guard let program = words.first else {
            throw PostgresError(.invalidArgument, "No program was named.")
        }
        #if canImport(Darwin)
            var actions = unsafe posix_spawn_file_actions_t(nil)
            var attributes = unsafe posix_spawnattr_t(nil)
        #else
            var actions = unsafe posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }

        for (descriptor, target) in [(streams.input, Int32(0)), (streams.output, 1), (streams.error, 2)] {
            if descriptor < 0 {
                unsafe posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            } else {
                unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, target)
            }
        }
        #if !canImport(Darwin)
            // A few more than are open now, for what other threads open before the program starts. Closing a
            // descriptor that is not open is no error here.
            let open = Files.names(in: "/proc/self/fd").compactMap { Int32($0) }.max() ?? 255
            for descriptor in 3...(max(open, 3) + 32) {
                unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        #endif

        // What this process ignores or blocks is its own business: a server that ignored SIGPIPE or blocked SIGTERM
        // from birth would not be the one that users know.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var usual = sigset_t()
        unsafe sigemptyset(&usual)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD] {
            unsafe sigaddset(&usual, signal)
        }
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | ownSession | closeOthers
        unsafe posix_spawnattr_setflags(&attributes, flags)

        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer { unsafe variables.forEach { unsafe free($0) } }

        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, program, &actions, &attributes, arguments, variables)
        guard code == 0 else {
            throw PostgresError(.testServer, "Cannot run \(program): \(Files.reason(code)).")
        }
        return process
    }

    /// Waits until a program started by ``start(_:environment:streams:)`` has ended.
    ///
    /// - Returns: Its exit status, 128 and the signal's number if a signal ended it, or nil when someone else in this
    ///   process has collected it before.
    @discardableResult
    static func wait(for process: pid_t) -> Int32? {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return nil }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Runs a program to its end and collects what it writes to both of its output streams.
    static func run(
        _ words: [String], environment: [String] = ServerEnvironment.variables()
    ) throws(PostgresError) -> (status: Int32?, output: String) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw PostgresError(.testServer, "Cannot make a pipe: \(Files.reason(errno)).")
        }
        let (reading, writing) = (Files.keepPrivate(ends[0]), Files.keepPrivate(ends[1]))
        defer { close(reading) }
        let process: pid_t
        do throws(PostgresError) {
            process = try start(
                words, environment: environment, streams: Streams(output: writing, error: writing))
        } catch {
            close(writing)
            throw error
        }
        // The end comes when the program has closed its own.
        close(writing)
        let output = Files.readAll(reading)
        return (wait(for: process), String(decoding: output, as: UTF8.self))
    }
}
