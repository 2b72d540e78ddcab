import PostgresWire
import Testing

@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two sockets that are each other's peers: a test and what it tests take turns, and nothing happens in between.
struct SocketPair {
    /// The client's end.
    let near: Socket
    /// The server's end.
    let far: Socket

    init() throws {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        #else
            try #require(unsafe socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) == 0)
        #endif
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        near = Socket(descriptor: Descriptor(ends[0]))
        far = Socket(descriptor: Descriptor(ends[1]))
    }

    /// Sends as the server.
    func send(_ bytes: [UInt8]) throws {
        guard case .bytes(bytes.count) = unsafe bytes.withUnsafeBytes({ unsafe far.send($0) }) else {
            throw PostgresError(.connectionLost, "the client's end took no more")
        }
    }

    func send(_ messages: [BackendMessage]) throws { try send(HostileSession.bytes(messages)) }

    /// What the client has sent since the last call.
    func received() -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while case .bytes(let count) = unsafe chunk.withUnsafeMutableBytes({ unsafe far.receive(into: $0) }) {
            all += chunk[..<count]
        }
        return all
    }

    /// A session over the client's end that is ready for statements; cancel requests go to `address`.
    func core(
        cancelTo address: SocketAddress, _ configuration: ConnectionConfiguration, crdbVersion: String? = nil
    ) throws -> ConnectionCore {
        var session = Session()
        session.authenticated()
        try session.setBackendKey(.init(processID: 4711, key: [1, 2, 3, 4]))
        if let crdbVersion { try session.setParameter("crdb_version", crdbVersion) }
        try session.accept(MessageType.readyForQuery)
        session.ready(.idle)
        return ConnectionCore(
            Link(near), session, configuration,
            ConnectionAttempt(host: configuration.host, address: address, encryption: .none), authentication: "none")
    }
}

/// A Unix socket that is listened at, each of whose connections waits until the test takes it.
struct UnixListener {
    let address: SocketAddress
    let listener: Descriptor
    let folder: String

    /// - Parameter name: The socket's, in a folder of its own.
    init(name: String = "s") throws {
        folder = "/tmp/manticore-listener-\(UInt64.random(in: .min ... .max))"
        try #require(unsafe mkdir(folder, 0o700) == 0)
        address = try SocketAddress(unixSocket: folder + "/" + name)
        #if canImport(Glibc)
            listener = Descriptor(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        #else
            listener = Descriptor(socket(AF_UNIX, SOCK_STREAM, 0))
        #endif
        let number = listener.number
        #expect(unsafe address.withSocketAddress { unsafe bind(number, $0, $1) } == 0)
        #expect(listen(number, 8) == 0)
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
    }

    /// What another thread makes the same listener of.
    struct Handover: Sendable {
        fileprivate let address: SocketAddress
        fileprivate let number: Int32
        fileprivate let folder: String
    }

    var handover: Handover { Handover(address: address, number: dup(listener.number), folder: folder) }

    init(_ handover: Handover) {
        address = handover.address
        listener = Descriptor(handover.number)
        folder = handover.folder
    }

    /// The next connection; nil if there is none.
    func accept() -> Socket? {
        let number = acceptConnection(listener.number, nil, nil)
        guard number >= 0 else { return nil }
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        return Socket(descriptor: Descriptor(number))
    }

    func remove() {
        _ = unsafe unlink(address.description)
        _ = unsafe rmdir(folder)
    }
}

// A function of the same name hides C's.
private let acceptConnection = unsafe accept
