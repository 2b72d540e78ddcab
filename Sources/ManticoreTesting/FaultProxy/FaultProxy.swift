import PostgresClient
public import PostgresWire
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A way to a server on which connections break where a test wants them to.
///
/// It listens on a port of 127.0.0.1 and passes bytes on between its clients and a server on 127.0.0.1, unchanged, until
/// a fault that was asked for comes due. Bytes are compared as they are on the wire: over TLS only counts make sense.
///
/// ```swift
/// try EphemeralPostgres.withServer { server in
///     let proxy = try FaultProxy(port: server.port)
///     defer { proxy.stop() }
///     proxy.inject(.reset, when: .client(sends: "COMMIT"))
///     print(server.url(through: proxy))
/// }
/// ```
public final class FaultProxy: Sendable {
    /// The port of 127.0.0.1 that clients connect to.
    public let port: Int

    private let rules: SharedFaultRules
    // The other end of it tells the thread to end; nil once that was done.
    private let stopping: Mutex<Int32?>

    /// Begins to listen.
    ///
    /// - Parameter server: The TCP port of 127.0.0.1 that the server listens on; it need not yet.
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` if there is no port, descriptor or
    ///   thread to be had.
    public init(port server: Int) throws(PostgresError) {
        let rules = SharedFaultRules()
        let (listener, port) = try LoopbackSocket.listening()
        var ends: (Int32, Int32)
        do throws(PostgresError) {
            ends = try LoopbackSocket.pipe()
        } catch {
            listener.close()
            throw error
        }
        let loop = FaultProxyLoop(listener: listener, stop: ends.0, server: server, rules: rules)
        do throws(SystemError) {
            try Thread.detach { loop.run() }
        } catch {
            loop.closeAll()
            _ = close(ends.1)
            throw PostgresError(.testServer, "No thread could be started for the proxy: \(error)")
        }
        self.port = port
        self.rules = rules
        stopping = Mutex(ends.1)
    }

    deinit { stop() }

    /// Asks for a fault.
    ///
    /// - Parameters:
    ///   - fault: What goes wrong.
    ///   - condition: When. Bytes that have passed already do not count as text, but as numbers of bytes they do.
    ///   - delivering: Whether the bytes that the condition is about still reach the other side. With
    ///     `client(sends:)` the server then does what they say, and the client does not learn it.
    ///   - times: How many connections it happens to, one after the other.
    public func inject(_ fault: Fault, when condition: Condition, delivering: Bool = false, times: Int = 1) {
        rules.state.withLock { $0.add(fault, when: condition, delivering: delivering, times: times) }
    }

    /// How many faults have happened.
    public var faultCount: Int { rules.state.withLock { $0.faultCount } }

    /// How many connections were made to the proxy.
    public var connectionCount: Int { rules.state.withLock { $0.openings.count } }

    /// How each connection began, in the order in which they were made.
    public var openings: [Opening] { rules.state.withLock { $0.openings } }

    /// Closes the port and all connections; does nothing when that was done before. Never waits.
    public func stop() {
        let descriptor = stopping.withLock { descriptor -> Int32? in
            defer { descriptor = nil }
            return descriptor
        }
        // The thread sees the end of the pipe.
        if let descriptor { _ = close(descriptor) }
    }
}

/// The rules, where both threads reach them.
final class SharedFaultRules: Sendable {
    let state = Mutex(FaultRules())
}

extension EphemeralPostgres {
    /// The address of the server like ``url``, but over a proxy.
    public func url(through proxy: FaultProxy) -> String {
        url.replacing("@\(host):\(port)/", with: "@\(host):\(proxy.port)/", maxReplacements: 1)
    }
}
