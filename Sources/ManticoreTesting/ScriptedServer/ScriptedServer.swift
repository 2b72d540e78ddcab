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

/// A TCP server on 127.0.0.1 that does what a script says, byte for byte: the peer that a real server never is.
///
/// Each connection runs the script of its number, on a thread of its own; connections beyond the last script are
/// closed at once. What arrives is recorded. The server ends with its last reference.
///
/// ```swift
/// let server = try ScriptedServer([.receiveStartup, .send(bytes: Array("HTTP/1.1 400 Bad Request\r\n".utf8)), .close])
/// print(server.port)
/// ```
///
/// ## Topics
/// ### Scripts
/// ``Step``, ``acceptingSession``
/// ### What happened
/// ``received(on:)``, ``connections``, ``waitUntilFinished(_:)``
public final class ScriptedServer: Sendable {
    /// The address that the server listens on.
    public let host = "127.0.0.1"
    /// The TCP port.
    public let port: Int

    private struct Record {
        var bytes: [UInt8] = []
        var failure: String?
        var isFinished = false
    }

    private struct State {
        var records: [Record] = []
        var sockets: [Int32] = []
        var isStopped = false
    }

    // What the threads share; they must not hold the server itself, or it would never end.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private let shared = Shared()
    private let listener: Int32

    /// Starts a server whose every connection runs its script.
    ///
    /// - Parameter scripts: One script for each connection, in the order in which they are accepted.
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` if no port can be had.
    public init(connections scripts: [[Step]]) throws(PostgresError) {
        (listener, port) = try ScriptedServer.listen()
        let (shared, listener) = (shared, listener)
        do {
            try Thread.detach { ScriptedServer.serve(listener, scripts, shared) }
        } catch {
            _ = close(listener)
            throw PostgresError(.testServer, "No thread could be started: \(error).")
        }
    }

    /// Starts a server whose connections all run the same script, up to `count` of them.
    ///
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` if no port can be had.
    public convenience init(_ script: [Step], count: Int = 16) throws(PostgresError) {
        try self.init(connections: Array(repeating: script, count: count))
    }

    deinit {
        let sockets = shared.state.withLock { state in
            state.isStopped = true
            return state.sockets
        }
        // Wakes whoever accepts or receives; they close what is theirs.
        for socket in sockets { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        _ = shutdown(listener, Int32(SHUT_RDWR))
    }

    /// How many connections were accepted.
    public var connections: Int { shared.state.withLock { $0.records.count } }

    /// Everything that a connection, counted from 0, has sent to the server so far.
    public func received(on connection: Int = 0) -> [UInt8] {
        shared.state.withLock { $0.records.indices.contains(connection) ? $0.records[connection].bytes : [] }
    }

    /// What a script missed, if it did: the step that the client did not do its part of.
    public func failure(on connection: Int = 0) -> String? {
        shared.state.withLock { $0.records.indices.contains(connection) ? $0.records[connection].failure : nil }
    }

    /// Blocks until a connection's script has come to its end and its socket is closed.
    ///
    /// - Parameter connection: The connection, counted from 0.
    /// - Returns: Whether that happened within ten seconds.
    public func waitUntilFinished(_ connection: Int = 0) -> Bool {
        for _ in 0..<2000 {
            let isFinished = shared.state.withLock {
                $0.records.indices.contains(connection) && $0.records[connection].isFinished
            }
            if isFinished { return true }
            usleep(5000)
        }
        return false
    }

    // MARK: - Threads

    private static func listen() throws(PostgresError) -> (Int32, Int) {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let listener = Files.keepPrivate(socket(AF_INET, kind, 0))
        guard listener >= 0 else {
            throw PostgresError(.testServer, "Cannot make a socket: \(Files.reason(errno)).")
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length) == 0 && Self.listen(on: listener)
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isListening else {
            let reason = Files.reason(errno)
            _ = close(listener)
            throw PostgresError(.testServer, "No port of 127.0.0.1 can be listened on: \(reason).")
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func listen(on listener: Int32) -> Bool {
        #if canImport(Glibc)
            Glibc.listen(listener, 64) == 0
        #elseif canImport(Musl)
            Musl.listen(listener, 64) == 0
        #else
            Darwin.listen(listener, 64) == 0
        #endif
    }

    private static func serve(_ listener: Int32, _ scripts: [[Step]], _ shared: Shared) {
        defer { _ = close(listener) }
        while true {
            let accepted = accept(listener, nil, nil)
            if accepted < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let socket = Files.keepPrivate(accepted)
            let number: Int? = shared.state.withLock { state in
                guard !state.isStopped else { return nil }
                state.records.append(Record())
                state.sockets.append(socket)
                return state.records.count - 1
            }
            guard let number else {
                _ = close(socket)
                return
            }
            let script = number < scripts.count ? scripts[number] : []
            do {
                try Thread.detach { run(script, socket, number, shared) }
            } catch {
                end(socket, number, shared, failure: "no thread could be started: \(error)")
            }
        }
    }

    private static func run(_ script: [Step], _ socket: Int32, _ number: Int, _ shared: Shared) {
        var peer = ScriptedPeer(socket: socket) { bytes in
            shared.state.withLock { $0.records[number].bytes += bytes }
        }
        var failure: String?
        for (index, step) in script.enumerated() where failure == nil {
            if let reason = peer.perform(step) { failure = "step \(index): \(reason)" }
        }
        end(socket, number, shared, failure: failure)
    }

    private static func end(_ socket: Int32, _ number: Int, _ shared: Shared, failure: String?) {
        shared.state.withLock { state in
            state.sockets.removeAll { $0 == socket }
            // Under the lock: whoever stops the server must not touch the number's next owner.
            _ = close(socket)
            state.records[number].failure = failure
            state.records[number].isFinished = true
        }
    }
}
