import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// A server that asks for many iterations cannot hold a client beyond its deadline. Each of these misses a derivation in
/// the caller's context: SCRAMKeyCache.swift, `try Thread.detach { self.derive(request, key) }`.
@Suite(.ownThread) struct DerivationDeadlineTests {
    /// The configuration of a role whose stored password asks for so many iterations; nobody knows the password.
    private func configuration(iterations: Int, _ timeout: Duration) async throws -> ConnectionConfiguration {
        let superuser = try await Client.connect(.socket)
        let role = "slow_\(iterations)"
        let key = String(repeating: "A", count: 43) + "="
        try await superuser.simpleQuery(
            SQL(
                unsafeSQL: """
                    DO $$ BEGIN
                        CREATE ROLE \(role) LOGIN PASSWORD 'SCRAM-SHA-256$\(iterations):c2FsdHNhbHRzYWx0$\(key):\(key)';
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$
                    """))
        superuser.connection.close()
        var configuration = try TestServer.configuration(.tcp)
        configuration.user = role
        configuration.maximumSCRAMIterations = 10_000_000
        configuration.connectTimeout = timeout
        return configuration
    }

    @Test(arguments: Face.allCases)
    func theDeadlineEndsTheWait(_ face: Face) async throws {
        // Some two seconds, of which nobody waits for more than a part.
        let configuration = try await configuration(iterations: 4_000_000, .milliseconds(300))
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(configuration.scramKeys.count == 0, "the derivation goes on, and nobody waits for it")
        #expect(configuration.scramKeys.derivations == 1, "the wait was for the derivation")
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("connect_timeout") == true)
    }

    @Test(arguments: Face.allCases)
    func whatIsAllowedEndsAtAShortDeadlineToo(_ face: Face) async throws {
        var configuration = try await configuration(iterations: 200_000, .milliseconds(20))
        configuration.maximumSCRAMIterations = SCRAMClient.defaultMaximumIterations
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .timedOut)
        // With the time that it takes, it is the server that says no.
        configuration.connectTimeout = .seconds(30)
        #expect(await failure { try await Client.connect(configuration, face) }?.sqlState == .invalidPassword)
    }

    @Test(arguments: Face.allCases)
    func nothingIsSentBeyondTheDeadline(_ face: Face) async throws {
        var scram = ScriptedServer.SCRAM(password: "secret")
        scram.iterations = SCRAMClient.defaultMaximumIterations
        scram.lastStage = .challenge
        let server = try ScriptedServer([.receiveStartup, .scram(scram), .expectClosed(within: .seconds(10))])
        let configuration = try ConnectionConfiguration.resolve(
            host: server.host, port: server.port, user: "app", password: "secret", database: "app", sslmode: .disable,
            connectTimeout: .milliseconds(20), environment: [:])
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .timedOut)
        #expect(server.waitUntilFinished())
    }

    @Test func aCancelledTaskEndsAtOnce() async throws {
        let configuration = try await configuration(iterations: 4_000_000, .seconds(60))
        let task = Task { await failure { try await Connection.connect(to: configuration) } }
        while configuration.scramKeys.derivations == 0 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(configuration.scramKeys.count == 0, "the derivation goes on, and nobody waits for it")
    }
}
