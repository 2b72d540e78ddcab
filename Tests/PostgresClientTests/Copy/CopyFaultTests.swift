import ManticoreTesting
import PostgresClient
import Testing

/// Servers and ways to them that break in the middle of a COPY.
@Suite(.ownThread) struct CopyFaultTests {
    private func row(_ index: Int) -> (Int, String?)? { index < 3_000_000 ? (index, "row \(index)") : nil }

    private func through(_ proxy: FaultProxy, _ face: Face) async throws -> Client {
        var configuration = try ConnectionConfiguration.resolve(
            connectionString: try TestServer.server.url(through: proxy), environment: [:])
        configuration.requestedSSLMode = .disable
        return try await Client.connect(configuration, face)
    }

    @Test(arguments: Face.allCases, [FaultProxy.Fault.reset, .close])
    func theWayBreaksInTheMiddle(_ face: Face, _ fault: FaultProxy.Fault) async throws {
        let proxy = try FaultProxy(port: try TestServer.server.port)
        defer { proxy.stop() }
        let client = try await through(proxy, face)
        try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4, name text)")
        proxy.inject(fault, when: .client(hasSent: 3_000_000))
        let sent = await failure { try await client.copy(into: "copied", columns: ["id", "name"], next: row) }
        #expect(sent?.code == .connectionLost, "\(sent.map { "\($0)" } ?? "")")
        #expect(!client.connection.isUsable)

        let other = try FaultProxy(port: try TestServer.server.port)
        defer { other.stop() }
        let second = try await through(other, face)
        other.inject(fault, when: .server(hasSent: 3_000_000))
        let received = await failure {
            try await second.all(
                second.connection.copyOut(
                    "SELECT i, 'row ' || i FROM generate_series(1, 1000000) AS i", as: (Int, String).self))
        }
        #expect(received?.code == .connectionLost, "\(received.map { "\($0)" } ?? "")")
        #expect(!second.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func theWayBreaksAtTheEnd(_ face: Face) async throws {
        let proxy = try FaultProxy(port: try TestServer.server.port)
        defer { proxy.stop() }
        let client = try await through(proxy, face)
        try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4, name text)")
        // CopyDone: the server may or may not have committed.
        proxy.inject(.reset, when: .client(sends: [UInt8(ascii: "c"), 0, 0, 0, 4]))
        let error = await failure { try await client.copy(into: "copied", columns: ["id", "name"], [(1, "a")]) }
        #expect(error?.code == .outcomeUnknown, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(arguments: Face.allCases)
    func theSessionIsEndedInTheMiddle(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4, name text)")
        let process = try #require(client.connection.processID)
        let configuration = try TestServer.configuration(.tcp)
        func end() throws {
            let killer = try Connection.connect(to: configuration)
            defer { killer.close() }
            try killer.execute("SELECT pg_terminate_backend(\(Int32(bitPattern: process)), 10000)")
        }
        let error = await failure {
            try await client.copy(into: "copied", columns: ["id", "name"]) { index in
                if index == 200_000 { try end() }
                return row(index)
            }
        }
        #expect(error?.sqlState == .adminShutdown || error?.code == .connectionLost, "\(error.map { "\($0)" } ?? "")")
        #expect(!client.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func theServerIsKilledInTheMiddle(_ face: Face) async throws {
        try await EphemeralPostgres.withServer(.init(shutdownGrace: .seconds(2))) { server in
            let client = try await Client.connect(try TestServer.configuration(server, .tcp), face)
            try await client.simpleQuery("CREATE TABLE copied (id int4, name text)")
            func kill() throws { try server.kill() }
            let error = await failure {
                try await client.copy(into: "copied", columns: ["id", "name"]) { index in
                    if index == 200_000 { try kill() }
                    return row(index)
                }
            }
            #expect(error?.code == .connectionLost || error?.code == .server, "\(error.map { "\($0)" } ?? "")")
            #expect(!client.connection.isUsable)
        }
    }
}
