import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process that outlives this one by just as long as it takes to stop the server and to remove its folder.
///
/// This process holds one end of a socket pair; when it ends, by whatever means, the system closes that end, and the
/// supervisor cleans up. It has a session of its own, so that Ctrl-C in a terminal does not take it along.
struct Supervisor {
    /// The folder that it made and will remove.
    let folder: String
    /// What commands start with to run as the server's account.
    let account: ServerAccount
    private let process: pid_t
    private var channel: Int32
    /// The reading end of the pipe that all of the server's processes hold, -1 while there is no server.
    private var alive: Int32 = -1
    /// The server's process identifier.
    private(set) var server: pid_t?

    /// Starts a supervisor, which makes a new folder.
    ///
    /// - Parameters:
    ///   - keptLog: Where the server's log is copied to at the end, nil for nowhere.
    ///   - grace: How long the server may take to stop by itself, in tenths of a second.
    /// - Throws: ``PostgresError`` when a process or the folder cannot be made.
    init(account: ServerAccount, keepsLog: Bool, grace: Int) throws(PostgresError) {
        let folder = Files.temporaryFolder(for: account)
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #elseif canImport(Musl)
            let kind = SOCK_STREAM | SOCK_CLOEXEC
        #else
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        #endif
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw PostgresError(.testServer, "Cannot make a socket pair: \(Files.reason(errno)).")
        }
        let (ours, theirs) = (Files.keepPrivate(ends[0]), Files.keepPrivate(ends[1]))
        #if canImport(Darwin)
            var on: Int32 = 1
            unsafe setsockopt(ours, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        defer { close(theirs) }
        do throws(PostgresError) {
            process = try ChildProcess.start(
                [
                    "/bin/sh", "-c", Supervisor.script, "supervisor", folder, keepsLog ? folder + ".log" : "",
                    String(grace), Supervisor.quoted(account.prefix),
                ],
                environment: ServerEnvironment.variables(),
                streams: ChildProcess.Streams(input: theirs, output: theirs))
        } catch {
            close(ours)
            throw error
        }
        self.folder = folder
        self.account = account
        channel = ours
        guard answer() == "ready" else {
            finish()
            throw PostgresError(.testServer, "Cannot make the folder \(folder).")
        }
    }

    /// Whether ``finish()`` or ``abandon()`` was called.
    var isFinished: Bool { channel < 0 }

    // MARK: Commands

    /// Runs a command as the server's account and waits for its end.
    ///
    /// - Throws: ``PostgresError`` with the command's output when it fails.
    mutating func run(_ words: [String]) throws(PostgresError) {
        let answer = try ask("run " + Supervisor.quoted(account.prefix + words))
        guard answer == "exit 0" else {
            let output = Files.text(of: folder + "/output")
            let who = account.isOther ? " as the user \(account.name)" : ""
            throw PostgresError(
                .testServer, "\(words.first ?? "") failed\(who) (\(answer)):\n\(output)")
        }
    }

    /// Starts the server as its account.
    mutating func start(_ words: [String]) throws(PostgresError) {
        closeAlive()
        alive = unsafe open(folder + "/alive", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard alive >= 0 else {
            throw PostgresError(.testServer, "Cannot open a pipe in \(folder): \(Files.reason(errno)).")
        }
        let answer = try ask("start " + Supervisor.quoted(account.prefix + words))
        guard answer.hasPrefix("started "), let number = pid_t(answer.dropFirst(8)) else {
            throw PostgresError(.testServer, "The server's supervisor answered \(answer).")
        }
        server = number
    }

    /// Sends the postmaster a signal, named without SIG.
    mutating func signal(_ name: String) throws(PostgresError) {
        if server != nil { _ = try ask("signal " + name) }
    }

    /// Sends SIGKILL to the postmaster and all its children.
    mutating func kill() throws(PostgresError) {
        if server != nil { _ = try ask("kill all") }
    }

    /// Waits until the last process of the server has ended.
    ///
    /// - Returns: Whether it has, within so many milliseconds.
    mutating func waitForEnd(milliseconds: Int) throws(PostgresError) -> Bool {
        guard server != nil else { return true }
        guard hasEnded(milliseconds: milliseconds) else { return false }
        _ = try ask("wait server")
        server = nil
        closeAlive()
        return true
    }

    /// Whether nobody holds the pipe of the server's processes any more, within so many milliseconds.
    private func hasEnded(milliseconds: Int) -> Bool {
        var poll = pollfd(fd: alive, events: Int16(POLLIN), revents: 0)
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            let count = unsafe Self.poll(&poll, milliseconds: Int32(clamping: Int(max(left.rounded(.up), 0))))
            if count > 0 { return true }
            if count == 0 || errno != EINTR { return false }
        }
    }

    private static func deliver(_ signal: Int32, to process: pid_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(process, signal)
        #elseif canImport(Musl)
            Musl.kill(process, signal)
        #else
            Darwin.kill(process, signal)
        #endif
    }

    private static func poll(_ entry: UnsafeMutablePointer<pollfd>, milliseconds: Int32) -> Int32 {
        #if canImport(Glibc)
            unsafe Glibc.poll(entry, 1, milliseconds)
        #elseif canImport(Musl)
            unsafe Musl.poll(entry, 1, milliseconds)
        #else
            unsafe Darwin.poll(entry, 1, milliseconds)
        #endif
    }

    /// Stops the server, removes the folder, and waits until that is done.
    mutating func finish() {
        guard channel >= 0 else { return }
        let left = server
        close(channel)
        channel = -1
        // It ends well whatever happens, unless someone has killed it; then its work is ours.
        if let status = ChildProcess.wait(for: process), status >= 128 {
            if let left, !hasEnded(milliseconds: 0) {
                _ = Self.deliver(SIGQUIT, to: left)
                if !hasEnded(milliseconds: 7_000) { _ = Self.deliver(SIGKILL, to: left) }
                _ = hasEnded(milliseconds: 7_000)
            }
            _ = try? ChildProcess.run([Programs.find("rm") ?? "/bin/rm", "-rf", "--", folder])
        }
        closeAlive()
        server = nil
    }

    /// Lets the supervisor stop the server and remove the folder.
    ///
    /// - Returns: The supervisor's process, for which the caller waits; nil if that was done before.
    mutating func abandon() -> pid_t? {
        guard channel >= 0 else { return nil }
        close(channel)
        channel = -1
        closeAlive()
        server = nil
        return process
    }

    private mutating func closeAlive() {
        if alive >= 0 { close(alive) }
        alive = -1
    }

    // MARK: Lines

    private func ask(_ line: String) throws(PostgresError) -> String {
        guard channel >= 0 else {
            throw PostgresError(.testServer, "The test server was stopped.")
        }
        guard !line.utf8.contains(where: { $0 == 0x0A || $0 == 0 }) else {
            throw PostgresError(.invalidArgument, "A path or name of the test server has a line break or NUL in it.")
        }
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe send(channel, $0.baseAddress, $0.count, flags) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw PostgresError(.testServer, "The server's supervisor is gone: \(Files.reason(errno)).")
            }
        }
        guard let answer = answer() else {
            throw PostgresError(.testServer, "The server's supervisor is gone.")
        }
        return answer
    }

    /// The next line, nil at the end. Answers are a few bytes, so they are read one by one.
    private func answer() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(channel, &byte, 1)
            if count == 1 {
                if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
                line.append(byte)
            } else if count == 0 || errno != EINTR {
                return nil
            }
        }
    }

    /// The words as a shell reads them.
    static func quoted(_ words: [String]) -> String {
        words.map { word in
            var quoted: [UInt8] = [0x27]
            for byte in word.utf8 {
                if byte == 0x27 {
                    quoted += Array(#"'\''"#.utf8)
                } else {
                    quoted.append(byte)
                }
            }
            quoted.append(0x27)
            return String(decoding: quoted, as: UTF8.self)
        }.joined(separator: " ")
    }
}
