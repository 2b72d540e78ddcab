import PostgresClient
import Testing

@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// More is sent than the server reads while it has something to say, and more comes back than the client's end holds:
/// whoever only wrote, or only read, would wait for ever.
@Suite(.ownThread) struct FullDuplexTests {
    /// Gives the client's end a buffer of 4 kB for what it sends. Over a Unix socket: by TCP on loopback, whose packets are
    /// of 64 kB, the kernel sends to so small a window a few times a second only.
    private static func narrow(_ client: Client) throws {
        let descriptor = try client.core().descriptor.number
        var size: Int32 = 4096
        let length = socklen_t(MemoryLayout<Int32>.size)
        #expect(unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, length) == 0)
    }

    @Test(arguments: Face.allCases)
    func tenThousandQueriesOf30KBEach(_ face: Face) async throws {
        let client = try await Client.connect(.socket, face)
        try Self.narrow(client)
        let results = try await client.pipeline { pipeline in
            // The rows are counted by the server and passed over here: what is held is not what is tried.
            try (0..<10_000).map { try pipeline.execute("SELECT repeat('x', 30000), \(Int32($0))") }
        }
        #expect(try results.allSatisfy { try $0.get().rowsAffected == 1 })
        #expect(try await client.answers())
    }
}

extension Client {
    fileprivate func core() throws(PostgresError) -> ConnectionCore { try connection.useBlocking() }
}
