import Testing

@testable import PostgresClient

/// More is sent than the server reads while it has something to say, and more comes back than the client's end holds:
/// whoever only wrote, or only read, would wait for ever.
@Suite(.ownThread) struct FullDuplexTests {
    /// Both ends of the client's connection hold 4 kB, and so does what lies between that and the server.
    @Test(arguments: Face.allCases)
    func tenThousandQueriesOf30KBEach(_ face: Face) async throws {
        let relay = try NarrowRelay(to: TestServer.configuration(.socket).host)
        defer { relay.stop() }
        var configuration = try TestServer.configuration(.socket)
        configuration.hosts = [relay.host]
        let client = try await Client.connect(configuration, face)
        NarrowRelay.narrow(try client.core().descriptor)
        let results = try await client.pipeline { pipeline in
            // The rows are counted by the server and passed over here: what is held is not what is tried.
            try (0..<10_000).map { try pipeline.execute("SELECT repeat('x', 30000), \(Int32($0))") }
        }
        #expect(try results.allSatisfy { try $0.get().rowsAffected == 1 })
        #expect(try await client.answers())
        client.connection.close()
        #expect(relay.passed > 300_000_000)
    }
}
