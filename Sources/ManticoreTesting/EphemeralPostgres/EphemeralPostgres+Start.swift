public import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension EphemeralPostgres {
    /// Starts a server and waits until it accepts connections.
    ///
    /// ```swift
    /// let server = try EphemeralPostgres.start(.init(settings: ["log_statement": "all"]))
    /// defer { server.stop() }
    /// ```
    ///
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` when PostgreSQL or a program that is
    ///   needed is missing, or with the server's log when it does not start; `timedOut` after
    ///   ``Options/startupTimeout``; `invalidConfiguration` for options that cannot be.
    @available(*, noasync, message: "in async code write `try await`")
    public static func start(_ options: Options = Options()) throws(PostgresError) -> EphemeralPostgres {
        try launch(options, isCancelled: { false })
    }

    /// Starts a server and waits until it accepts connections; the wait is on a thread of its own.
    ///
    /// ```swift
    /// let server = try await EphemeralPostgres.start()
    /// await server.stop()
    /// ```
    ///
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` when PostgreSQL or a program that is
    ///   needed is missing, or with the server's log when it does not start; `timedOut` after
    ///   ``Options/startupTimeout``; `cancelled` when the task was; `invalidConfiguration` for options that cannot be.
    public static func start(_ options: Options = Options()) async throws(PostgresError) -> EphemeralPostgres {
        try await BlockingWork.run { isCancelled in
            Result { () throws(PostgresError) in try launch(options, isCancelled: isCancelled) }
        }
    }

    /// Starts a server for the length of a closure and stops it afterwards, also when the closure throws.
    ///
    /// ```swift
    /// try EphemeralPostgres.withServer { server in
    ///     print(server.url)
    /// }
    /// ```
    ///
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or what ``start(_:)`` does.
    @_disfavoredOverload @available(*, noasync, message: "in async code write `try await`")
    public static func withServer<Value>(
        _ options: Options = Options(), _ body: (EphemeralPostgres) throws -> Value
    ) throws -> Value {
        let server = try start(options)
        defer { server.stop() }
        return try body(server)
    }

    /// Starts a server for the length of a closure and stops it afterwards, also when the closure throws.
    ///
    /// ```swift
    /// try await EphemeralPostgres.withServer { server in
    ///     print(server.url)
    /// }
    /// ```
    ///
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or what ``start(_:)`` does.
    public static func withServer<Value>(
        _ options: Options = Options(),
        _ body: nonisolated(nonsending) (EphemeralPostgres) async throws -> Value
    ) async throws -> Value {
        let server = try await start(options)
        let value: Value
        do {
            value = try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        return value
    }

    private static func launch(
        _ options: Options, isCancelled: () -> Bool
    ) throws(PostgresError) -> EphemeralPostgres {
        var plan = try Plan(options)
        let grace = Int((options.shutdownGrace / .milliseconds(100)).rounded(.up).clamped(to: 0...36_000))
        var supervisor = try Supervisor(account: plan.account, keepsLog: options.keepLogs, grace: grace)
        do throws(PostgresError) {
            try plan.prepare(&supervisor)
            // Another process may take the port between our look and the server's.
            for _ in 0..<10 {
                let port = try freePort()
                if try supervisor.startServer(plan, port: port, isCancelled: isCancelled) {
                    return EphemeralPostgres(plan: plan, port: port, supervisor: supervisor)
                }
            }
            throw PostgresError(
                .testServer, "No free port was found.\n" + Files.text(of: supervisor.folder + "/log"))
        } catch {
            supervisor.finish()
            throw error
        }
    }

    /// A TCP port of 127.0.0.1 that nobody uses at this moment.
    static func freePort() throws(PostgresError) -> Int {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let descriptor = Files.keepPrivate(socket(AF_INET, stream, 0))
        guard descriptor >= 0 else {
            throw PostgresError(.testServer, "Cannot make a socket: \(Files.reason(errno)).")
        }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard code else {
            throw PostgresError(.testServer, "No port of 127.0.0.1 is free: \(Files.reason(errno)).")
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
