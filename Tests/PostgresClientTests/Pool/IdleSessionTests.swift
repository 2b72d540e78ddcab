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

/// What a server says to a pool's connection while nobody uses it.
@Suite(.ownThread) struct IdleSessionTests {
    private static let most = 256 * 1024

    /// Whether it is known here that the server has closed, whatever it said before.
    private static func hasEnded(_ core: ConnectionCore) -> Bool {
        #if os(Linux)
            let ending: Int16 = 0x2000  // POLLRDHUP, which glibc declares for those only who ask for extensions
        #else
            let ending = Int16(POLLHUP)
        #endif
        var entry = pollfd(fd: core.descriptor.number, events: ending, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// How many bytes have arrived that nobody has read; nil at the end of the stream.
    private static func arrived(_ core: ConnectionCore) -> Int? {
        var chunk = [UInt8](repeating: 0, count: most)
        let pending = core.link.end - core.link.start
        let outcome = unsafe chunk.withUnsafeMutableBytes { buffer in
            unsafe core.link.socket.receive(into: buffer, flags: Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        }
        switch outcome {
        case .bytes(let count): return pending + count
        case .wouldBlock: return pending
        case .end, .failed: return nil
        }
    }

    /// Lends a connection, waits until the server has said `bytes` on it, and lends again.
    ///
    /// - Returns: How many connections were made, and what the second loan's server reports.
    private func connections(saying bytes: [UInt8], ending: Bool = false) async throws -> (Int, [String: String]) {
        let script = ScriptedServer.acceptingSession + [.send(bytes: bytes), ending ? .close : .receiveToEnd]
        let server = try ScriptedServer(connections: [
            script, ScriptedServer.acceptingSession + [.receiveToEnd],
        ])
        var limits = PoolConfiguration()
        limits.maxConnections = 1
        let pool = ConnectionPool(try HostileSession.configuration(server), limits)
        let first = try await pool.leaseAsync()
        // Nothing is read of what may have come with the session's start.
        let core = try #require(first.settledCore)
        if ending {
            #expect(server.waitUntilFinished())
            // That the server has closed is one thing, that it is known here another.
            while !Self.hasEnded(core) { try await Task.sleep(for: .milliseconds(2)) }
        } else {
            while let count = Self.arrived(core), count < bytes.count { try await Task.sleep(for: .milliseconds(2)) }
        }
        pool.takeBack(first)
        let second = try await pool.leaseAsync()
        let parameters = second.parameters
        pool.takeBack(second)
        #expect(pool.statistics == PoolStatistics(open: 1, idle: 1, waiting: 0))
        pool.close()
        return (server.connections, parameters)
    }

    private static func notice(_ text: String) -> BackendMessage {
        .noticeResponse(.init(ServerError(severity: "NOTICE", message: text)))
    }

    // Guard: Sources/PostgresClient/Pool/ConnectionPool.swift: `if core.survivedIdling()`
    @Test func settingsNoticesAndNotificationsDoNoHarm() async throws {
        let messages: [BackendMessage] = [
            Self.notice("the weather changes"), .parameterStatus(.init(name: "TimeZone", value: "Asia/Tokyo")),
            .notificationResponse(.init(processID: 7, channel: "news", payload: "none")),
        ]
        let (connections, parameters) = try await connections(
            saying: HostileSession.bytes(Array(repeating: messages, count: 100).flatMap(\.self)))
        #expect(connections == 1)
        #expect(parameters["TimeZone"] == "Asia/Tokyo", "it was read")
    }

    // Guard: Sources/PostgresClient/Connection/ConnectionCore+Idling.swift: `!hasServerError`
    @Test func anythingElseEndsTheConnection() async throws {
        let fatal = BackendMessage.errorResponse(
            .init(ServerError(severity: "FATAL", sqlState: .adminShutdown, message: "going down")))
        let harmful: [[UInt8]] = [
            HostileSession.bytes([fatal]), HostileSession.bytes([Self.notice("soon"), fatal]),
            HostileSession.bytes([HostileSession.row([0, 0, 0, 1])]),
            HostileSession.bytes([.readyForQuery(.init(.idle))]),
            HostileSession.bytes([.parameterStatus(.init(name: "client_encoding", value: "LATIN1"))]),
            HostileSession.header(MessageType.noticeResponse, 3),
            // Half a message.
            HostileSession.header(MessageType.noticeResponse, 100), [MessageType.noticeResponse],
            // More than anybody has to say.
            HostileSession.bytes((0..<1025).map { _ in Self.notice("") }),
            HostileSession.bytes((0..<33).map { _ in Self.notice(String(repeating: "n", count: 2000)) }),
        ]
        for (number, bytes) in harmful.enumerated() {
            #expect(try await connections(saying: bytes).0 == 2, "\(number)")
        }
        #expect(try await connections(saying: [], ending: true).0 == 2)
        #expect(try await connections(saying: HostileSession.bytes([Self.notice("soon")]), ending: true).0 == 2)
    }

    /// A notification comes at once, a setting of the server's file with the next answer, the end of the session at once.
    @Test(arguments: [Route.tcp, .tls])
    func aRealServer(_ route: Route) async throws {
        let server = try await EphemeralPostgres.start(.init(tls: true))
        var limits = PoolConfiguration()
        limits.maxConnections = 1
        let pool = ConnectionPool(try TestServer.configuration(server, route), limits)
        let admin = try await Client.connect(TestServer.configuration(server, .socket), .suspending)
        func lend(_ body: (Connection, ConnectionCore) async throws -> Void) async throws -> UInt32? {
            let connection = try await pool.leaseAsync()
            try await body(connection, try await connection.useAsync())
            pool.takeBack(connection)
            return connection.processID
        }
        let process = Guarded<UInt32?>(nil)
        func isSame() async throws -> Bool {
            let lent = try await pool.leaseAsync()
            defer { pool.takeBack(lent) }
            #expect(try await lent.query("SELECT 1").count == 1)
            return lent.processID == process.value
        }
        _ = try await lend { connection, core in
            process.withLock { $0 = connection.processID }
            try await connection.execute("LISTEN news")
            try await admin.execute("NOTIFY news, 'none'")
            while Self.arrived(core) == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(try await isSame())
        try await admin.execute("ALTER SYSTEM SET IntervalStyle = 'iso_8601'")
        _ = try await admin.query("SELECT pg_reload_conf()")
        while try await admin.query("SELECT current_setting('IntervalStyle')", as: String.self) != ["iso_8601"] {
            try await Task.sleep(for: .milliseconds(2))
        }
        for _ in 0..<3 { #expect(try await isSame()) }
        _ = try await lend { connection, core in
            let number = Int32(bitPattern: try #require(connection.processID))
            _ = try await admin.query("SELECT pg_terminate_backend(\(number), 5000)")
            while Self.arrived(core) == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(try await !isSame())
        admin.connection.close()
        pool.close()
    }
}
