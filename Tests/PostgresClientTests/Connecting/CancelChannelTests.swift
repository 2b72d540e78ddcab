import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// By which way a CancelRequest goes: its key in clear would be anybody's who listens.
@Suite(.ownThread) struct CancelChannelTests {
    private static let request: [UInt8] = [4, 0xD2, 0x16, 0x2E]

    private func cancel(_ core: ConnectionCore, _ face: Face) async throws {
        var operation = try #require(CancelOperation(core, deadline: Deadline(.now.advanced(by: .seconds(10)))))
        switch face {
        case .blocking: try BlockingDriver.run(&operation)
        case .suspending: try await AsyncDriver.run(&operation)
        }
    }

    /// With `.none` in place of `.required` in CancelOperation this fails.
    @Test(arguments: [SSLMode.disable, .prefer, .require, .verifyFull], Face.allCases)
    func theRequestIsAsEncryptedAsTheSession(_ mode: SSLMode, _ face: Face) async throws {
        let server = try TestServer.server
        let proxy = try FaultProxy(port: server.port)
        defer { proxy.stop() }
        var configuration = try TestServer.configuration(.tls)
        configuration.requestedSSLMode = mode
        configuration.host.port = proxy.port
        let core = try await Connecting.connect(configuration, face)
        #expect((core.link.tlsSummary != nil) == (mode != .disable))
        // Delivered all the same, so that only the count tells.
        proxy.inject(.close, when: .client(sends: CancelChannelTests.request), delivering: true)
        try await cancel(core, face)
        #expect(proxy.connectionCount == 2)
        #expect(proxy.faultCount == (mode == .disable ? 1 : 0), "seen in clear")
        core.close()
    }

    @Test(arguments: Face.allCases)
    func withoutTLSItIsNotSent(_ face: Face) async throws {
        let server = try TestServer.server
        let proxy = try FaultProxy(port: server.port)
        var configuration = try TestServer.configuration(.tls)
        configuration.requestedSSLMode = .prefer
        configuration.host.port = proxy.port
        let core = try await Connecting.connect(configuration, face)
        #expect(core.link.tlsSummary != nil)
        proxy.stop()
        // Whoever takes the port over and has no TLS gets nothing but the question for it.
        let thief = try ScriptedServer([.receiveStartup, .send(bytes: [UInt8(ascii: "N")]), .receiveToEnd])
        let address = try #require(
            try SocketAddress.resolve(host: "127.0.0.1", port: thief.port, numericOnly: true).get().first)
        let attempt = ConnectionAttempt(host: core.attempt.host, address: address, encryption: core.attempt.encryption)
        let moved = ConnectionCore(
            core.link, core.session, configuration, attempt, authentication: core.authentication)
        #expect(await failure { try await cancel(moved, face) }?.code == .tls)
        #expect(thief.waitUntilFinished())
        #expect(thief.received() == [0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F])
        core.close()
    }
}
