import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// A pool whose server refuses it, with a clock that the test turns.
@Suite(.ownThread) struct PoolRefusalTests {
    private func lease(_ pool: ConnectionPool, _ face: Face) async throws(PostgresError) -> Connection {
        switch face {
        case .blocking: try blockingLease(pool)
        case .suspending: try await pool.leaseAsync()
        }
    }

    private func blockingLease(_ pool: ConnectionPool) throws(PostgresError) -> Connection { try pool.leaseBlocking() }

    @Test(arguments: ["28P01", "08C00"], Face.allCases)
    func theServerIsNotHammered(_ code: String, _ face: Face) async throws {
        let refusing = Connecting.refusing(SQLState(rawValue: code), "codeProxyRefusedConnection: refused")
        let server = try ScriptedServer(connections: [
            refusing, refusing, Connecting.session() + [.receiveToEnd],
        ])
        let start = ContinuousClock.now
        let elapsed = Guarded(Duration.zero)
        var limits = PoolConfiguration()
        limits.maxConnections = 4
        let pool = ConnectionPool(
            try Connecting.configuration([server.port]), limits, now: { start.advanced(by: elapsed.value) },
            random: { 0 })
        func refusals(_ count: Int) async {
            for _ in 0..<count {
                let error = await failure { try await lease(pool, face) }
                #expect(error?.sqlState?.rawValue == code)
                #expect(error?.message.hasPrefix("codeProxyRefusedConnection: refused") == true)
            }
        }
        await refusals(10)
        #expect(server.connections == 1, "ten callers, one attempt")
        elapsed.withLock { $0 = .milliseconds(999) }
        await refusals(5)
        #expect(server.connections == 1)
        elapsed.withLock { $0 = .seconds(1) }
        await refusals(5)
        #expect(server.connections == 2)
        elapsed.withLock { $0 = .milliseconds(2_900) }
        let meanwhile = await failure { try await lease(pool, face) }
        #expect(meanwhile?.message.contains("refused 2 times in a row; it is asked again in 1 s") == true)
        elapsed.withLock { $0 = .seconds(3) }
        let connection = try await lease(pool, face)
        #expect(connection.isUsable && server.connections == 3)
        pool.takeBack(connection)
        pool.close()
    }

    @Test(arguments: Face.allCases)
    func aWaiterTriesAgainWhenThePauseIsOver(_ face: Face) async throws {
        let server = try ScriptedServer(connections: [
            Connecting.session() + [.receiveToEnd], Connecting.refusing(.invalidPassword),
            Connecting.session() + [.receiveToEnd],
        ])
        let start = ContinuousClock.now
        let elapsed = Guarded(Duration.zero)
        var limits = PoolConfiguration()
        limits.maxConnections = 2
        let pool = ConnectionPool(
            try Connecting.configuration([server.port]), limits, now: { start.advanced(by: elapsed.value) },
            random: { 0 })
        let held = try await lease(pool, face)
        #expect(await failure { try await lease(pool, face) }?.sqlState == .invalidPassword)
        // Nobody gives anything back: only the waiter itself can find out that the server may be asked again.
        let outcome = Guarded<Result<Void, PostgresError>?>(nil)
        let ended = Latch()
        if face == .blocking {
            try Thread.detach {
                let result = Result { () throws(PostgresError) in pool.takeBack(try pool.leaseBlocking()) }
                outcome.withLock { $0 = result }
                ended.open()
            }
        } else {
            Task {
                do throws(PostgresError) {
                    pool.takeBack(try await pool.leaseAsync())
                    outcome.withLock { $0 = .success(()) }
                } catch {
                    outcome.withLock { $0 = .failure(error) }
                }
                ended.open()
            }
        }
        while pool.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(server.connections == 2)
        elapsed.withLock { $0 = .seconds(1) }
        await ended.wait()
        _ = try #require(outcome.value).get()
        #expect(server.connections == 3)
        pool.takeBack(held)
        pool.close()
    }

    @Test(arguments: Face.allCases)
    func whatAProvidersOwnServerSaidIsNoRefusal(_ face: Face) async throws {
        let server = try ScriptedServer(
            [.receiveStartup, .messages([.authentication(.cleartextPassword)]), .receiveToEnd], count: 3)
        var configuration = try Connecting.configuration([server.port])
        let asked = Guarded(0)
        configuration.passwordProvider = CredentialProvider { _ in
            asked.withLock { $0 += 1 }
            throw PostgresError(
                ServerError(severity: "FATAL", sqlState: .invalidPassword, message: "the vault's server says no"))
        }
        let pool = ConnectionPool(configuration)
        for _ in 0..<3 {
            let error = await failure { try await lease(pool, face) }
            #expect(error?.code == .authenticationFailed && error?.sqlState == nil)
            #expect(error?.message.contains("the vault's server says no") == true)
        }
        #expect(asked.value == 3 && server.connections == 3, "the server itself has refused nobody")
        pool.close()
    }
}
