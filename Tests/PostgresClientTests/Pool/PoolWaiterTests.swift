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

/// What waiting for a connection takes of the system: each test has a process of its own, in which nothing else opens
/// descriptors.
@Suite(.ownThread) struct PoolWaiterTests {
    /// How many descriptors the process has open.
    private static var descriptors: Int {
        #if canImport(Darwin)
            let path = "/dev/fd"
        #else
            let path = "/proc/self/fd"
        #endif
        guard let folder = unsafe opendir(path) else { return -1 }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        return count
    }

    /// The descriptors of the reactor and of the system's timers, which appear with their first use.
    private static let constant = 8

    private static func pool(_ port: Int, acquireTimeout: Duration) throws -> ConnectionPool {
        var limits = PoolConfiguration()
        limits.maxConnections = 1
        limits.acquireTimeout = acquireTimeout
        let configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", port: port, user: "app", database: "app", sslmode: .disable, environment: [:])
        return ConnectionPool(configuration, limits)
    }

    private static func server() throws -> ScriptedServer {
        try ScriptedServer(ScriptedServer.acceptingSession + [.receiveToEnd])
    }

    private static func waits(_ pool: ConnectionPool, _ count: Int) async throws {
        while pool.statistics.waiting != count { try await Task.sleep(for: .milliseconds(2)) }
    }

    private struct Outcome: Sendable {
        var served = 0
        var cancelled = 0
        var other = 0
    }

    // No line is the guard: waits are for a signal, not for a pipe. Tests/Guards opens descriptors for a wait, before
    // Guard: Sources/PostgresClient/Transport/Reactor.swift: `return Registration(descriptor: descriptor, token: state.lastToken)`
    @Test func thousandsOfTasksTakeNoDescriptors() async throws {
        let server = try Self.server()
        await #expect(processExitsWith: .success) { [port = server.port as Int] in
            try await PoolWaiterTests.tasks(port)
        }
        withExtendedLifetime(server) {}
    }

    private static func tasks(_ port: Int) async throws {
        let count = 5000
        let pool = try pool(port, acquireTimeout: .seconds(600))
        let held = try await pool.leaseAsync()
        let before = descriptors
        let ends = Guarded([Int](repeating: 0, count: count))
        let outcome = Guarded(Outcome())
        let tasks = (0..<count).map { number in
            Task {
                do throws(PostgresError) {
                    pool.takeBack(try await pool.leaseAsync())
                    outcome.withLock { $0.served += 1 }
                } catch {
                    outcome.withLock {
                        if error.code == .cancelled { $0.cancelled += 1 } else { $0.other += 1 }
                    }
                }
                ends.withLock { $0[number] += 1 }
            }
        }
        try await waits(pool, count)
        #expect(descriptors - before <= constant)
        // Half of them while the connection is away, the others while it goes from one to the next.
        let order = tasks.shuffled()
        for task in order.prefix(count / 2) { task.cancel() }
        try await waits(pool, count - count / 2)
        pool.takeBack(held)
        for task in order.dropFirst(count / 2) {
            await Task.yield()
            task.cancel()
        }
        for task in tasks { await task.value }
        #expect(ends.withLock { $0.allSatisfy { $0 == 1 } })
        let (served, cancelled, other) = outcome.withLock { ($0.served, $0.cancelled, $0.other) }
        #expect(served + cancelled == count && other == 0)
        #expect(served >= 1 && cancelled >= count / 2)
        #expect(pool.statistics == PoolStatistics(open: 1, idle: 1, waiting: 0))

        // And by their deadlines.
        let hasty = try self.pool(port, acquireTimeout: .milliseconds(300))
        let kept = try await hasty.leaseAsync()
        let exhausted = await withTaskGroup { group in
            for _ in 0..<1000 {
                group.addTask {
                    do throws(PostgresError) {
                        hasty.takeBack(try await hasty.leaseAsync())
                        return 0
                    } catch {
                        return error.code == .poolExhausted ? 1 : 0
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(exhausted == 1000)
        #expect(hasty.statistics.waiting == 0)
        hasty.takeBack(kept)
    }

    // The same; Tests/Guards opens a descriptor for a wait, after
    // Guard: Sources/PostgresClient/Transport/Sleeper.swift: `unsafe room.initialize(to: Room())`
    @Test func threadsTakeNoDescriptors() async throws {
        let server = try Self.server()
        await #expect(processExitsWith: .success) { [port = server.port as Int] in
            try await PoolWaiterTests.threads(port)
        }
        withExtendedLifetime(server) {}
    }

    private static func lease(_ pool: ConnectionPool) throws(PostgresError) -> Connection { try pool.leaseBlocking() }

    private static func threads(_ port: Int) async throws {
        let count = 50
        for timeout in [Duration.seconds(600), .milliseconds(300)] {
            let pool = try pool(port, acquireTimeout: timeout)
            let held = try lease(pool)
            let before = descriptors
            let codes = Guarded<[PostgresError.Code?]>([])
            for _ in 0..<count {
                try Thread.detach {
                    let start = ContinuousClock.now
                    do throws(PostgresError) {
                        pool.takeBack(try pool.leaseBlocking())
                        codes.withLock { $0.append(nil) }
                    } catch {
                        #expect(ContinuousClock.now - start >= timeout, "never early")
                        codes.withLock { $0.append(error.code) }
                    }
                }
            }
            let isServed = timeout > .seconds(1)
            if isServed {
                try await waits(pool, count)
                #expect(descriptors - before <= constant)
                pool.takeBack(held)
            }
            while codes.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(2)) }
            #expect(codes.withLock { $0.allSatisfy { $0 == (isServed ? nil : .poolExhausted) } })
            if !isServed {
                #expect(descriptors - before <= constant)
                pool.takeBack(held)
            }
            #expect(pool.statistics == PoolStatistics(open: 1, idle: 1, waiting: 0))
        }
    }
}
