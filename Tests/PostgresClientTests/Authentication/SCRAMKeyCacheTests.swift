import ManticoreTesting
import Testing

@testable import PostgresClient
@testable import PostgresWire

/// Reconnecting costs one key derivation, not one for each connection.
@Suite(.ownThread) struct SCRAMKeyCacheTests {
    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `if let keys = state.withLock({ $0.find(key) }) {`
    @Test(arguments: Face.allCases)
    func connectionsInARow(_ face: Face) async throws {
        let configuration = try TestServer.configuration(.tcp)
        for _ in 0..<4 {
            let client = try await Client.connect(configuration, face)
            #expect(try await client.answers())
            client.connection.close()
        }
        #expect(configuration.scramKeys.derivations == 1)
        var wrong = configuration
        wrong.password = Secret("another")
        for _ in 0..<2 {
            #expect(await failure { try await Client.connect(wrong, face) }?.sqlState == .invalidPassword)
        }
        #expect(configuration.scramKeys.derivations == 2, "a copy has the same keys")
        let client = try await Client.connect(configuration, face)
        #expect(client.connection.authentication == "scram-sha-256")
        #expect(configuration.scramKeys.derivations == 2)
    }

    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `guard isFirst else { return .wait(reader) }`
    @Test func connectionsAtOnce() async throws {
        let pool = try TestServer.pool(8)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { _ = try await pool.query("SELECT pg_sleep(0.2)") }
            }
            try await group.waitForAll()
        }
        #expect(pool.statistics.open > 1)
        #expect(pool.configuration.scramKeys.derivations == 1)
        pool.close()
    }

    private func keys(
        _ cache: SCRAMKeyCache, _ password: String, salt: UInt8, iterations: Int = 1
    ) async throws -> SCRAMKeys {
        let request = SaltedPasswordRequest(password: Secret(password), salt: [salt], iterations: iterations)
        switch try cache.keys(for: request) {
        case .found(let keys): return keys
        case .wait(let reader):
            var operation = CompletionOperation(reader, until: .after(.seconds(60)))
            return try await AsyncDriver.run(&operation).get()
        }
    }

    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `if state.entries.count >= Self.capacity`
    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `entries.append(entry)`
    @Test func theLastUsedOnesAreKept() async throws {
        let cache = SCRAMKeyCache()
        _ = try await keys(cache, "first", salt: 0)
        for salt in 1...UInt8(SCRAMKeyCache.capacity + 4) {
            _ = try await keys(cache, "other", salt: salt)
            _ = try await keys(cache, "first", salt: 0)
        }
        #expect(cache.count == SCRAMKeyCache.capacity)
        #expect(cache.derivations == 1 + SCRAMKeyCache.capacity + 4)
        _ = try await keys(cache, "other", salt: 1)
        #expect(cache.derivations == 2 + SCRAMKeyCache.capacity + 4, "the oldest was dropped")
    }

    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `password:`
    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `salt:`
    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `iterations:`
    @Test func whatTheKeysDependOn() async throws {
        let cache = SCRAMKeyCache()
        for password in ["a", "b"] {
            for salt in UInt8(0)...1 {
                for iterations in 1...2 { _ = try await keys(cache, password, salt: salt, iterations: iterations) }
            }
        }
        #expect(cache.derivations == 8)
        // Equal bytes, in another place.
        _ = try await keys(cache, "a", salt: 0)
        #expect(cache.derivations == 8)
    }

    // A failed derivation reaches everybody who waits, and is not kept.
    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `finish(key, .failure(error))`
    @Test func failuresAreHandedOn() async throws {
        let cache = SCRAMKeyCache()
        await #expect(throws: PostgresError.self) { try await keys(cache, "a", salt: 0, iterations: 0) }
        #expect(cache.count == 0)
    }

    // Guard: Sources/PostgresClient/Connecting/SCRAMKeyCache.swift: `customMirror`
    @Test func noDescriptionShowsTheKeys() async throws {
        var configuration = try TestServer.configuration(.tcp)
        configuration.password = Secret("pencil")
        _ = try await keys(configuration.scramKeys, "pencil", salt: 0)
        var text = "\(configuration) \(configuration.scramKeys) "
        dump(configuration, to: &text)
        dump(configuration.scramKeys, to: &text)
        for secret in ["pencil", "112, 101, 110", "\n      - 112\n", "clientKey", "entries"] {
            #expect(!text.contains(secret))
        }
    }
}
