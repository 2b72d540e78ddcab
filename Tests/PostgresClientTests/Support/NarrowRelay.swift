import ManticoreTesting
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

/// A way to a server that holds little, for one connection: it takes 4 kB in each direction, and so do its sockets.
///
/// Over Unix sockets: by TCP on loopback, whose packets are of 64 kB, the kernel sends to so small a window a few times a
/// second only.
final class NarrowRelay: Sendable {
    private static let size = 4096

    /// Where a client connects to.
    let host: ServerHost
    private let bell: Bell
    private let received = Guarded(0)

    /// How many bytes have come from the server.
    var passed: Int { received.value }

    init(to server: ServerHost) throws {
        let listener = try UnixListener(name: ".s.PGSQL.5432")
        host = ServerHost(listener.folder, port: 5432)
        let bell = try #require(Bell())
        self.bell = bell
        let path = "\(server.name)/.s.PGSQL.\(server.port)"
        let (received, handover) = (received, listener.handover)
        try Thread.detach {
            let listener = UnixListener(handover)
            defer { listener.remove() }
            guard let client = NarrowRelay.client(of: listener, bell),
                let server = try? NarrowRelay.connect(to: path)
            else { return }
            NarrowRelay.pass(between: client, server, bell, received)
        }
    }

    func stop() { bell.ring() }

    /// Gives an end buffers of 4 kB.
    static func narrow(_ descriptor: Descriptor) {
        var size = Int32(NarrowRelay.size)
        for option in [SO_SNDBUF, SO_RCVBUF] {
            let length = socklen_t(MemoryLayout<Int32>.size)
            #expect(unsafe setsockopt(descriptor.number, SOL_SOCKET, option, &size, length) == 0)
        }
    }

    // MARK: - The thread

    private static func connect(to path: String) throws -> Socket {
        let address = try SocketAddress(unixSocket: path)
        let (socket, _) = try Socket.connecting(to: address, keepalive: KeepaliveSettings())
        narrow(socket.descriptor)
        return socket
    }

    private static func client(of listener: UnixListener, _ bell: Bell) -> Socket? {
        var waits = [
            pollfd(fd: bell.hearing, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener.listener.number, events: Int16(POLLIN), revents: 0),
        ]
        while unsafe poll(&waits, 2, -1) >= 0 || errno == EINTR {
            if waits[0].revents != 0 { return nil }
            guard let socket = listener.accept() else { continue }
            narrow(socket.descriptor)
            return socket
        }
        return nil
    }

    /// What is on its way in one direction.
    private struct Flow {
        var bytes = [UInt8](repeating: 0, count: NarrowRelay.size)
        var start = 0
        var end = 0

        var isEmpty: Bool { start == end }

        /// Whether both ends are there.
        mutating func pass(from source: Socket, to target: Socket) -> Bool {
            if isEmpty {
                switch unsafe bytes.withUnsafeMutableBytes({ unsafe source.receive(into: $0) }) {
                case .bytes(let count): (start, end) = (0, count)
                case .wouldBlock: return true
                case .end, .failed: return false
                }
            }
            switch unsafe bytes[start..<end].withUnsafeBytes({ unsafe target.send($0) }) {
            case .bytes(let count): start += count
            case .wouldBlock: break
            case .end, .failed: return false
            }
            return true
        }
    }

    private static func pass(
        between client: Socket, _ server: Socket, _ bell: Bell, _ received: Guarded<Int>
    ) {
        var (up, down) = (Flow(), Flow())
        while true {
            var waits = [
                pollfd(fd: bell.hearing, events: Int16(POLLIN), revents: 0),
                pollfd(fd: client.descriptor.number, events: events(reading: up, writing: down), revents: 0),
                pollfd(fd: server.descriptor.number, events: events(reading: down, writing: up), revents: 0),
            ]
            guard unsafe poll(&waits, 3, -1) >= 0 || errno == EINTR, waits[0].revents == 0 else { return }
            let before = down.isEmpty
            guard up.pass(from: client, to: server), down.pass(from: server, to: client) else { return }
            let count = down.end
            if before, count > 0 { received.withLock { $0 += count } }
            if down.isEmpty { down.end = 0; down.start = 0 }
        }
    }

    private static func events(reading: Flow, writing: Flow) -> Int16 {
        Int16((reading.isEmpty ? POLLIN : 0) | (writing.isEmpty ? 0 : POLLOUT))
    }
}
