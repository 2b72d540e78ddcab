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

/// A TCP server on the loopback that does what a script says, byte for byte: the peer that a real server never is.
///
/// Each connection runs the script of its number, on a thread of its own; connections beyond the last script are
/// closed at once. What arrives is recorded. The server ends with its last reference.
///
/// ```swift
/// let server = try ScriptedServer([.receiveStartup, .send(bytes: Array("HTTP/1.1 400 Bad Request\r\n".utf8)), .close])
/// let url = "postgresql://app@\(server.host):\(server.port)/app?sslmode=disable"
/// // … connect to it, and see how it fails; then what the server saw:
/// if server.waitUntilFinished() { print(server.received(), server.failure() ?? "as scripted") }
/// ```
///
/// ## Topics
/// ### Scripts
/// ``Step``, ``SCRAM``, ``TLS``, ``acceptTLS(_:)``, ``acceptingSession``, ``sessionStart``
/// ### What happened
/// ``connections``, ``received(on:)``, ``firstBytes(on:)``, ``bytesSent(on:)``, ``serverName(on:)``,
/// ``failure(on:)``, ``waitUntilFinished(_:)``
public final class ScriptedServer: Sendable {
    /// The address that the server listens on.
    public let host: String
    /// The TCP port.
    public let port: Int

    private struct Record {
        var bytes: [UInt8] = []
        var firstBytes: [UInt8] = []
        var bytesSent = 0
        var serverName: String?
        var failure: String?
        var isFinished = false
    }

    private struct State {
        var records: [Record] = []
        var sockets: [Int32] = []
        var isStopped = false
        var isListening = true
    }

    // What the threads share; they must not hold the server itself, or it would never end.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private let shared = Shared()
    private let listener: Int32

    /// Starts a server whose every connection runs its script.
    ///
    /// - Parameters:
    ///   - scripts: One script for each connection, in the order in which they are accepted.
    ///   - host: The IPv4 address to listen on: on Linux all of 127.0.0.0/8 are this machine, so that several servers
    ///     can be several hosts.
    ///   - port: The TCP port; 0 takes one that is free.
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` if the port cannot be had.
    public init(
        connections scripts: [[Step]], host: String = "127.0.0.1", port: Int = 0
    ) throws(PostgresError) {
        (listener, self.port) = try ScriptedServer.listen(host, port)
        self.host = host
        let (shared, listener) = (shared, listener)
        do {
            try Thread.detach { ScriptedServer.serve(listener, scripts, shared) }
        } catch {
            shared.state.withLock { $0.isListening = false }
            _ = close(listener)
            throw PostgresError(.testServer, "No thread could be started: \(error).")
        }
    }

    /// Starts a server whose connections all run the same script, up to `count` of them.
    ///
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` if the port cannot be had.
    public convenience init(
        _ script: [Step], count: Int = 16, host: String = "127.0.0.1", port: Int = 0
    ) throws(PostgresError) {
        try self.init(connections: Array(repeating: script, count: max(0, count)), host: host, port: port)
    }

    deinit {
        // Wakes whoever accepts or receives; they close what is theirs. All under the lock: a number that is closed at
        // this moment may be somebody else's at the next.
        shared.state.withLock { state in
            state.isStopped = true
            for socket in state.sockets { _ = shutdown(socket, Int32(SHUT_RDWR)) }
            if state.isListening { _ = shutdown(listener, Int32(SHUT_RDWR)) }
        }
    }

    /// How many connections were accepted.
    public var connections: Int { shared.state.withLock { $0.records.count } }

    /// Everything that the client of a connection, counted from 0, has said so far, decrypted where it was encrypted.
    public func received(on connection: Int = 0) -> [UInt8] { record(connection)?.bytes ?? [] }

    /// The first bytes of a connection as they came over the wire, at most ``firstBytesLimit`` of them.
    ///
    /// They tell whether a client asked for TLS (SSLRequest), began it at once (0x16), or spoke in clear.
    public func firstBytes(on connection: Int = 0) -> [UInt8] { record(connection)?.firstBytes ?? [] }

    /// How many bytes of each connection ``firstBytes(on:)`` keeps.
    public static let firstBytesLimit = 4096

    /// How many bytes the server has sent over the wire of a connection.
    public func bytesSent(on connection: Int = 0) -> Int { record(connection)?.bytesSent ?? 0 }

    /// The host name that the client sent with TLS (SNI); nil without.
    public func serverName(on connection: Int = 0) -> String? { record(connection)?.serverName }

    /// What a script missed, if it did: the step, and how the client did not do its part of it.
    public func failure(on connection: Int = 0) -> String? { record(connection)?.failure }

    private func record(_ connection: Int) -> Record? {
        shared.state.withLock { $0.records.indices.contains(connection) ? $0.records[connection] : nil }
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

    private static func listen(_ host: String, _ port: Int) throws(PostgresError) -> (Int32, Int) {
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
        guard let port = UInt16(exactly: port), unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
            _ = close(listener)
            throw PostgresError(.testServer, "\(host):\(port) is no IPv4 address and port.")
        }
        address.sin_port = port.bigEndian
        var yes: Int32 = 1
        // Only a port that was asked for may just have been another server's.
        if port != 0 {
            _ = unsafe setsockopt(
                listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
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
            throw PostgresError(.testServer, "No port of \(host) can be listened on: \(reason).")
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
        defer {
            shared.state.withLock { state in
                state.isListening = false
                _ = close(listener)
            }
        }
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
        let channel = ScriptedChannel(socket) { event in
            shared.state.withLock { state in
                switch event {
                case .received(let bytes):
                    let room = firstBytesLimit - state.records[number].firstBytes.count
                    state.records[number].firstBytes += bytes.prefix(max(0, room))
                case .sent(let count): state.records[number].bytesSent += count
                case .serverName(let name): state.records[number].serverName = name
                }
            }
        }
        var peer = ScriptedPeer(channel) { bytes in
            shared.state.withLock { $0.records[number].bytes += bytes }
        }
        for (index, step) in script.enumerated() {
            switch peer.perform(step) {
            case .done: continue
            case .ended: return end(socket, number, shared, failure: nil)
            case .failed(let reason): return end(socket, number, shared, failure: "step \(index): \(reason)")
            }
        }
        peer.finish()
        end(socket, number, shared, failure: nil)
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
