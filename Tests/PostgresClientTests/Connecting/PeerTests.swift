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

/// What the socket itself is told, and asked.
@Suite(.ownThread) struct PeerTests {
    private func option(_ core: ConnectionCore, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(core.link.socket.descriptor.number, level, name, &value, &length)
        return value
    }

    @Test(arguments: Face.allCases)
    func theKernelIsToldAboutKeepalives(_ face: Face) async throws {
        let server = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        var configuration = try Connecting.configuration([server.port])
        configuration.keepalive.idle = .seconds(31)
        configuration.keepalive.interval = .milliseconds(10_500)
        configuration.keepalive.count = 3
        configuration.keepalive.userTimeout = .milliseconds(12_345)
        let core = try await Connecting.connect(configuration, face)
        #expect(option(core, SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(option(core, Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
        #expect(option(core, Int32(IPPROTO_TCP), TCP_KEEPINTVL) == 11, "rounded up")
        #expect(option(core, Int32(IPPROTO_TCP), TCP_KEEPCNT) == 3)
        #if !canImport(Darwin)
            #expect(option(core, Int32(IPPROTO_TCP), TCP_KEEPIDLE) == 31)
            #expect(option(core, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT) == 12_345)
        #endif
        core.close()
        configuration.keepalive.isEnabled = false
        let quiet = try await Connecting.connect(configuration, face)
        #expect(option(quiet, SOL_SOCKET, SO_KEEPALIVE) == 0)
        #if !canImport(Darwin)
            #expect(option(quiet, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT) == 12_345, "a setting of its own")
        #endif
        quiet.close()
    }

    @Test(arguments: Face.allCases)
    func theOwnerOfAUnixSocketIsChecked(_ face: Face) async throws {
        var configuration = try TestServer.configuration(.socket)
        configuration.requiredPeer = "nobody_of_that_name"
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("requirepeer=nobody_of_that_name") == true)
        let message = try #require(error?.message)
        let name = try #require(message.firstMatch(of: #/system user ([^ ,]+),/#)?.output.1)
        configuration.requiredPeer = String(name)
        let client = try await Client.connect(configuration, face)
        #expect(try await client.answers())
        client.connection.close()
        // Over TCP it says nothing, as in libpq.
        var tcp = try TestServer.configuration(.tcp)
        tcp.requiredPeer = "nobody_of_that_name"
        #expect(try await Client.connect(tcp, face).answers())
    }

    /// A socket's full queue says EAGAIN where TCP would let us wait: without the pauses (DialOperation's begin) this is
    /// an error at once.
    @Test(arguments: Face.allCases)
    func aFullQueueIsWaitedFor(_ face: Face) async throws {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let directory = "/tmp/manticore-queue-\(UInt64.random(in: .min ... .max))"
        try #require(unsafe mkdir(directory, 0o700) == 0)
        let address = try SocketAddress(unixSocket: directory + "/.s.PGSQL.5432")
        defer {
            _ = unsafe unlink(address.description)
            _ = unsafe rmdir(directory)
        }
        let listener = Descriptor(socket(AF_UNIX, kind, 0))
        #expect(unsafe address.withSocketAddress { unsafe bind(listener.number, $0, $1) } == 0)
        #expect(listen(listener.number, 0) == 0)
        // Fills the queue until there is no more room.
        var waiting: [Socket] = []
        var isFull = false
        while !isFull, waiting.count < 100 {
            do {
                waiting.append(try Socket.connecting(to: address, keepalive: KeepaliveSettings()).0)
            } catch {
                isFull = error.number == EAGAIN
                if !isFull { throw error }
            }
        }
        #expect(isFull)
        let configuration = try Connecting.configuration([ServerHost(directory)], timeout: .milliseconds(200))
        let early = await failure { try await Connecting.connect(configuration, face) }
        #expect(early?.code == .timedOut, "\(String(describing: early))")

        let (number, count) = (listener.number, waiting.count)
        try Thread.detach {
            usleep(100_000)
            for _ in 0..<count { _ = close(accept(number, nil, nil)) }
            let session = accept(number, nil, nil)
            var writer = WireWriter()
            BackendMessage.authentication(.ok).encode(into: &writer)
            BackendMessage.readyForQuery(.init(.idle)).encode(into: &writer)
            _ = unsafe writer.bytes.withUnsafeBytes {
                unsafe send(session, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            var byte: UInt8 = 0
            while unsafe read(session, &byte, 1) > 0 {}
            _ = close(session)
        }
        var patient = configuration
        patient.connectTimeout = .seconds(20)
        let core = try await Connecting.connect(patient, face)
        #expect(core.isUsable)
        core.close()
    }
}
