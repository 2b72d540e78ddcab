import Manticore
import Synchronization
import Testing

/// Transactions that the server asks to repeat.
@Suite(.ownThread) struct TransactionRetryTests {
    private struct Wrapped: Error {
        var reason: any Error
    }

    /// Pauses short enough for tests.
    private func policy(_ attempts: Int = 10) -> RetryPolicy {
        var policy = RetryPolicy()
        policy.maxAttempts = attempts
        policy.base = .milliseconds(1)
        policy.cap = .milliseconds(20)
        return policy
    }

    private func raise(_ db: Database, _ state: String) throws -> SQL {
        "DO \(unsafeSQL: "$$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '\(state)'; END $$")"
    }

    // MARK: - Real conflicts

    private func doctors(_ db: Database) throws {
        try db.createTable("doctors", columns: ["id": "int PRIMARY KEY", "on_call": "bool NOT NULL"])
        try db.batchInsert("doctors", [["id": 1, "on_call": true], ["id": 2, "on_call": true]])
    }

    @Test func writeSkewIsRepeated() throws {
        try withDatabase { db in
            try doctors(db)
            var attempts: [Int] = []
            try db.transaction(isolation: .serializable, retry: policy()) { tx in
                attempts.append(tx.attempt)
                let onCall = try tx.count("doctors", where: ["on_call": true])
                if tx.attempt == 1 {
                    // The other half of the skew, which commits first.
                    try db.transaction(isolation: .serializable) { other in
                        guard try other.count("doctors", where: ["on_call": true]) > 1 else { return }
                        try other.update("doctors", ["on_call": false], where: ["id": 2])
                    }
                }
                if onCall > 1 { try tx.update("doctors", ["on_call": false], where: ["id": 1]) }
            }
            #expect(attempts == [1, 2])
            #expect(try db.query("SELECT id FROM doctors WHERE on_call", as: Int.self) == [1])
        }
    }

    @Test func writeSkewIsRepeatedAsync() async throws {
        try await withDatabase { db in
            try doctors(db)
            var attempts: [Int] = []
            try await db.transaction(isolation: .serializable, retry: policy()) { tx in
                attempts.append(tx.attempt)
                let onCall = try await tx.count("doctors", where: ["on_call": true])
                if tx.attempt == 1 {
                    try await db.transaction(isolation: .serializable) { other in
                        guard try await other.count("doctors", where: ["on_call": true]) > 1 else { return }
                        try await other.update("doctors", ["on_call": false], where: ["id": 2])
                    }
                }
                if onCall > 1 { try await tx.update("doctors", ["on_call": false], where: ["id": 1]) }
            }
            #expect(attempts == [1, 2])
            #expect(try await db.query("SELECT id FROM doctors WHERE on_call", as: Int.self) == [1])
        }
    }

    /// Lets two sides wait for each other, once.
    private final class Meeting: Sendable {
        private let present = Mutex(0)

        func come() async throws {
            present.withLock { $0 += 1 }
            while present.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    @Test func deadlocksAreRepeated() async throws {
        try await withDatabase { db in
            try await db.createTable("counters", columns: ["id": "int PRIMARY KEY", "value": "int NOT NULL"])
            try await db.batchInsert("counters", [["id": 1, "value": 0], ["id": 2, "value": 0]])
            let meeting = Meeting()
            let policy = policy()
            let attempts = try await withThrowingTaskGroup(of: Int.self) { group in
                for order in [[1, 2], [2, 1]] {
                    group.addTask {
                        try await db.transaction(retry: policy) { tx in
                            try await tx.execute("UPDATE counters SET value = value + 1 WHERE id = \(order[0])")
                            if tx.attempt == 1 { try await meeting.come() }
                            try await tx.execute("UPDATE counters SET value = value + 1 WHERE id = \(order[1])")
                            return tx.attempt
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // The one that is repeated may take its first lock again before the other wakes.
            #expect(attempts.min() == 1 && attempts.max().map { $0 >= 2 } == true)
            #expect(try await db.query("SELECT value FROM counters", as: Int.self) == [2, 2])
        }
    }

    @Test func deadlocksAreRepeatedBlocking() throws {
        try withDatabase { db in
            try db.createTable("counters", columns: ["id": "int PRIMARY KEY", "value": "int NOT NULL"])
            try db.batchInsert("counters", [["id": 1, "value": 0], ["id": 2, "value": 0]])
            let present = Mutex(0)
            let attempts = try inThreads([[1, 2], [2, 1]]) { order in
                try db.transaction(retry: policy()) { tx in
                    try tx.execute("UPDATE counters SET value = value + 1 WHERE id = \(order[0])")
                    if tx.attempt == 1 {
                        present.withLock { $0 += 1 }
                        while present.withLock({ $0 }) < 2 { try tx.execute("SELECT pg_sleep(0.002)") }
                    }
                    try tx.execute("UPDATE counters SET value = value + 1 WHERE id = \(order[1])")
                    return tx.attempt
                }
            }
            #expect(attempts.min() == 1 && attempts.max().map { $0 >= 2 } == true)
            #expect(try db.query("SELECT value FROM counters", as: Int.self) == [2, 2])
        }
    }

    // MARK: - Giving up

    @Test(arguments: ["40001", "40P01"]) func givesUpWithTheServersError(_ state: String) throws {
        try withDatabase { db in
            var attempts: [Int] = []
            expectError(.server, sqlState: SQLState(rawValue: state)) {
                try db.transaction(retry: policy(4)) { tx in
                    attempts.append(tx.attempt)
                    try tx.execute(raise(db, state))
                }
            }
            #expect(attempts == [1, 2, 3, 4])
            let idle = try db.pool.statistics.idle
            #expect(idle == 1)
        }
    }

    @Test(arguments: ["40001", "40P01"]) func givesUpWithTheServersErrorAsync(_ state: String) async throws {
        try await withDatabase { db in
            var attempts: [Int] = []
            await expectError(.server, sqlState: SQLState(rawValue: state)) {
                try await db.transaction(retry: policy(4)) { tx in
                    attempts.append(tx.attempt)
                    try await tx.execute(raise(db, state))
                }
            }
            #expect(attempts == [1, 2, 3, 4])
        }
    }

    @Test func defaultIsTenAttempts() throws {
        try withDatabase { db in
            var runs = 0
            var quick = RetryPolicy()
            quick.base = .zero
            expectError(.server, sqlState: .serializationFailure) {
                try db.transaction(retry: quick) { tx in
                    runs += 1
                    try tx.execute(raise(db, "40001"))
                }
            }
            #expect(runs == 10)
        }
    }

    @Test func otherErrorsAreNotRepeated() throws {
        try withDatabase { db in
            var runs = 0
            expectError(.server, sqlState: .divisionByZero) {
                try db.transaction { tx in
                    runs += 1
                    try tx.execute("SELECT 1 / 0")
                }
            }
            #expect(runs == 1)
        }
    }

    @Test func neverMeansOnce() async throws {
        try await withDatabase { db in
            var runs = 0
            await expectError(.server, sqlState: .serializationFailure) {
                try await db.transaction(retry: .never) { tx in
                    runs += 1
                    try await tx.execute(raise(db, "40001"))
                }
            }
            #expect(runs == 1)
        }
    }

    // MARK: - What the closure makes of the error

    @Test func wrappedErrorsAreRepeated() throws {
        try withDatabase { db in
            let attempt = try db.transaction(retry: policy()) { tx in
                do {
                    if tx.attempt < 3 { try tx.execute(raise(db, "40001")) }
                } catch {
                    throw Wrapped(reason: error)
                }
                return tx.attempt
            }
            #expect(attempt == 3)
            let error = #expect(throws: Wrapped.self) {
                try db.transaction(retry: policy(2)) { tx in
                    do { try tx.execute(raise(db, "40001")) } catch { throw Wrapped(reason: error) }
                }
            }
            #expect((error?.reason as? PostgresError)?.sqlState == .serializationFailure)
        }
    }

    @Test func swallowedErrorsAreRepeated() throws {
        try withDatabase { db in
            let attempt = try db.transaction(retry: policy()) { tx in
                if tx.attempt < 3 { _ = try? tx.execute(raise(db, "40001")) }
                return tx.attempt
            }
            #expect(attempt == 3)
            expectError(.transactionRolledBack, sqlState: .serializationFailure) {
                try db.transaction(retry: policy(2)) { tx in _ = try? tx.execute(raise(db, "40001")) }
            }
        }
    }

    @Test func swallowedErrorsAreRepeatedAsync() async throws {
        try await withDatabase { db in
            let attempt = try await db.transaction(retry: policy()) { tx in
                if tx.attempt < 3 { _ = try? await tx.execute(raise(db, "40001")) }
                return tx.attempt
            }
            #expect(attempt == 3)
        }
    }

    @Test func whatASavepointMendedIsNotRepeated() throws {
        try withDatabase { db in
            var runs = 0
            #expect(throws: CancellationError.self) {
                try db.transaction(retry: policy()) { tx in
                    runs += 1
                    try tx.execute("SAVEPOINT before")
                    _ = try? tx.execute(raise(db, "40001"))
                    try tx.execute("ROLLBACK TO SAVEPOINT before")
                    throw CancellationError()
                }
            }
            #expect(runs == 1)
        }
    }

    @Test func cancellationEndsTheRepetition() async throws {
        try await withDatabase { db in
            let task = Task {
                try await db.transaction { tx in
                    cancelThisTask()
                    _ = try? await tx.execute(raise(db, "40001"))
                }
            }
            await #expect(throws: (any Error).self) { try await task.value }
        }
    }
}
