import Manticore
import ManticoreTesting
import Testing

@Suite(.ownThread) struct TransactionTests {
    private struct Refusal: Error, Equatable {
        var reason: String
    }

    private func accounts(_ db: Database) throws {
        try db.createTable(
            "accounts", columns: ["id": "int PRIMARY KEY", "balance": "int NOT NULL CHECK (balance >= 0)"])
        try db.batchInsert("accounts", [["id": 1, "balance": 100], ["id": 2, "balance": 0]])
    }

    private func balances(_ db: Database) throws -> [Int] {
        try db.query("SELECT balance FROM accounts ORDER BY id", as: Int.self)
    }

    // MARK: - Commit and rollback

    @Test func commits() throws {
        try withDatabase { db in
            try accounts(db)
            let attempt = try db.transaction { tx in
                try tx.execute("UPDATE accounts SET balance = balance - \(40) WHERE id = \(1)")
                try tx.execute("UPDATE accounts SET balance = balance + \(40) WHERE id = \(2)")
                return tx.attempt
            }
            #expect(attempt == 1)
            #expect(try balances(db) == [60, 40])
        }
    }

    @Test func commitsAsync() async throws {
        try await withDatabase { db in
            try accounts(db)
            let attempt = try await db.transaction { tx in
                try await tx.execute("UPDATE accounts SET balance = balance - \(40) WHERE id = \(1)")
                try await tx.execute("UPDATE accounts SET balance = balance + \(40) WHERE id = \(2)")
                return tx.attempt
            }
            #expect(attempt == 1)
            #expect(try balances(db) == [60, 40])
        }
    }

    @Test func rollsBackAndThrowsTheClosuresError() throws {
        try withDatabase { db in
            try accounts(db)
            #expect(throws: Refusal(reason: "no")) {
                try db.transaction { tx in
                    try tx.update("accounts", ["balance": 7], where: .all)
                    throw Refusal(reason: "no")
                }
            }
            #expect(try balances(db) == [100, 0])
            #expect(try db.pool.statistics.idle == 1)
        }
    }

    @Test func rollsBackAndThrowsTheClosuresErrorAsync() async throws {
        try await withDatabase { db in
            try accounts(db)
            await #expect(throws: Refusal(reason: "no")) {
                try await db.transaction { tx in
                    try await tx.update("accounts", ["balance": 7], where: .all)
                    throw Refusal(reason: "no")
                }
            }
            #expect(try balances(db) == [100, 0])
            #expect(try db.pool.statistics.idle == 1)
        }
    }

    @Test func theServersErrorComesOutAsItIs() throws {
        try withDatabase { db in
            try accounts(db)
            expectError(.server, sqlState: .checkViolation) {
                try db.transaction { tx in try tx.update("accounts", ["balance": -1], where: ["id": 1]) }
            }
            #expect(try balances(db) == [100, 0])
        }
    }

    // MARK: - Isolation

    @Test(arguments: IsolationLevel.allCases) func isolationIsSet(_ level: IsolationLevel) throws {
        try withDatabase { db in
            func shown(_ tx: Transaction) throws -> String {
                try tx.query("SELECT current_setting('transaction_isolation')", as: String.self)[0]
            }
            let asked = try db.transaction(isolation: level, shown)
            #expect(asked == level.rawValue.lowercased())
            let byDefault = try db.transaction(shown)
            #expect(byDefault == "read committed")
        }
    }

    @Test(arguments: IsolationLevel.allCases) func isolationIsSetAsync(_ level: IsolationLevel) async throws {
        try await withDatabase { db in
            let shown = try await db.transaction(isolation: level) { tx in
                try await tx.query("SELECT current_setting('transaction_isolation')", as: String.self)[0]
            }
            #expect(shown == level.rawValue.lowercased())
        }
    }

    // MARK: - Misuse

    @Test func nestedTransactionsAreRefused() throws {
        try withDatabase { db in
            let error = expectError(.invalidArgument) {
                try db.withConnection { connection in
                    try connection.transaction { _ in
                        try connection.transaction { _ in }
                    }
                }
            }
            #expect(error?.message.contains("savepoints") == true)
            try db.execute("SELECT 1")
        }
    }

    @Test func nestedTransactionsAreRefusedAsync() async throws {
        try await withDatabase { db in
            await expectError(.invalidArgument) {
                try await db.withConnection { connection in
                    try await connection.transaction { _ in
                        try await connection.transaction { _ in }
                    }
                }
            }
        }
    }

    @Test func aTransactionIsOfNoUseAfterItsClosure() throws {
        try withDatabase { db in
            var kept: Transaction?
            try db.transaction { tx in kept = tx }
            let transaction = try #require(kept)
            expectError(.connectionClosed) { try transaction.execute("SELECT 1") }
            expectError(.connectionClosed) { _ = try transaction.stream("SELECT 1").next() }
            _ = try? db.transaction { tx in
                kept = tx
                throw Refusal(reason: "no")
            }
            expectError(.connectionClosed) { try kept?.execute("SELECT 1") }
        }
    }

    @Test func aTransactionIsOfNoUseAfterItsClosureAsync() async throws {
        try await withDatabase { db in
            var kept: Transaction?
            try await db.transaction { tx in kept = tx }
            let transaction = try #require(kept)
            await expectError(.connectionClosed) { try await transaction.execute("SELECT 1") }
        }
    }

    @Test func aClosureThatEndsTheTransactionItselfIsTold() throws {
        try withDatabase { db in
            try accounts(db)
            let error = expectError(.transactionRolledBack) {
                try db.transaction { tx in
                    try tx.update("accounts", ["balance": 7], where: .all)
                    try tx.execute("ROLLBACK")
                }
            }
            #expect(error?.message.contains("by itself") == true)
            #expect(try balances(db) == [100, 0])
        }
    }

    @Test func savepointsMendFailedStatements() throws {
        try withDatabase { db in
            try accounts(db)
            try db.transaction { tx in
                try tx.update("accounts", ["balance": 5], where: ["id": 1])
                try tx.execute("SAVEPOINT before")
                expectError(.server, sqlState: .checkViolation) {
                    try tx.update("accounts", ["balance": -1], where: ["id": 2])
                }
                try tx.execute("ROLLBACK TO SAVEPOINT before")
            }
            #expect(try balances(db) == [5, 0])
        }
    }

    @Test func openStreamsDoNotHoldUpTheEnd() throws {
        try withDatabase { db in
            try accounts(db)
            // Dropped before its end: read away, then committed.
            try db.transaction { tx in
                try tx.update("accounts", ["balance": 5], where: ["id": 1])
                let stream = tx.stream("SELECT i FROM generate_series(1, 100000) AS i", as: Int32.self)
                #expect(try stream.next() == 1)
            }
            #expect(try balances(db) == [5, 0])
            // Carried out of the closure: an error, nothing committed.
            var kept: TupleStream<Int32>?
            expectError(.connectionBusy) {
                try db.transaction { tx in
                    try tx.update("accounts", ["balance": 6], where: ["id": 1])
                    let stream = tx.stream("SELECT i FROM generate_series(1, 1000000) AS i", as: Int32.self)
                    _ = try stream.next()
                    kept = stream
                }
            }
            #expect(kept != nil)
            #expect(try balances(db) == [5, 0])
        }
    }

    // MARK: - Swallowed errors

    @Test func aSwallowedErrorIsNotACommit() throws {
        try withDatabase { db in
            try accounts(db)
            expectError(.transactionRolledBack) {
                try db.transaction { tx in
                    try tx.update("accounts", ["balance": 5], where: ["id": 1])
                    _ = try? tx.update("accounts", ["balance": -1], where: ["id": 2])
                }
            }
            #expect(try balances(db) == [100, 0])
        }
    }

    @Test func aSwallowedErrorIsNotACommitAsync() async throws {
        try await withDatabase { db in
            try accounts(db)
            await expectError(.transactionRolledBack) {
                try await db.transaction { tx in
                    try await tx.update("accounts", ["balance": 5], where: ["id": 1])
                    _ = try? await tx.update("accounts", ["balance": -1], where: ["id": 2])
                }
            }
            #expect(try balances(db) == [100, 0])
        }
    }

    // MARK: - COMMIT that fails

    private func deferred(_ db: Database) throws {
        try db.createTable("parents", columns: ["id": "int PRIMARY KEY"])
        try db.createTable(
            "children",
            columns: [
                "id": "int UNIQUE DEFERRABLE INITIALLY DEFERRED",
                "parent": "int REFERENCES parents DEFERRABLE INITIALLY DEFERRED",
            ])
    }

    @Test func aConstraintThatFailsAtCommitIsTheServersError() throws {
        try withDatabase { db in
            try deferred(db)
            expectError(.server, sqlState: .foreignKeyViolation) {
                try db.transaction { tx in try tx.insert("children", ["id": 1, "parent": 1]) }
            }
            expectError(.server, sqlState: .uniqueViolation) {
                try db.transaction { tx in
                    try tx.batchInsert("children", [["id": 1], ["id": 1]])
                }
            }
            #expect(try db.count("children") == 0)
            #expect(try db.pool.statistics.idle == 1)
        }
    }

    @Test func aConstraintThatFailsAtCommitIsTheServersErrorAsync() async throws {
        try await withDatabase { db in
            try deferred(db)
            await expectError(.server, sqlState: .foreignKeyViolation) {
                try await db.transaction { tx in try await tx.insert("children", ["id": 1, "parent": 1]) }
            }
            #expect(try await db.count("children") == 0)
        }
    }

    // MARK: - Cancellation

    @Test func cancellationInARunningStatementRollsBack() async throws {
        try await withDatabase { db in
            try accounts(db)
            let task = Task {
                try await db.transaction { tx in
                    try await tx.update("accounts", ["balance": 5], where: ["id": 1])
                    try await tx.execute("SELECT pg_sleep(60) AS rolls_back")
                }
            }
            let sleeping: SQL = """
                SELECT count(*) FROM pg_stat_activity
                WHERE query LIKE '%AS rolls_back' AND wait_event = 'PgSleep' AND datname = current_database()
                """
            while try await db.query(sleeping, as: Int.self) == [0] { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await expectError(.cancelled, sqlState: .queryCanceled) { try await task.value }
            #expect(try balances(db) == [100, 0])
            try noneInTransaction(db)
        }
    }

    @Test func aStreamThatFailsLeavesTheConnectionFree() throws {
        try withDatabase { db in
            let result = try db.transaction { tx in
                try tx.execute("SAVEPOINT before")
                let stream = tx.stream("SELECT 1 / (3 - i) FROM generate_series(1, 3) AS i", as: Int32.self)
                expectError(.server, sqlState: .divisionByZero) { while try stream.next() != nil {} }
                try tx.execute("ROLLBACK TO SAVEPOINT before")
                return try tx.query("SELECT 1", as: Int.self)
            }
            #expect(result == [1])
        }
    }

    @Test func aStreamThatFailsLeavesTheConnectionFreeAsync() async throws {
        try await withDatabase { db in
            let result = try await db.transaction { tx in
                try await tx.execute("SAVEPOINT before")
                let stream = tx.stream("SELECT 1 / (3 - i) FROM generate_series(1, 3) AS i", as: Int32.self)
                await expectError(.server, sqlState: .divisionByZero) { while try await stream.next() != nil {} }
                try await tx.execute("ROLLBACK TO SAVEPOINT before")
                return try await tx.query("SELECT 1", as: Int.self)
            }
            #expect(result == [1])
        }
    }

    @Test func cancellationBeforeAStatementRollsBack() async throws {
        try await withDatabase { db in
            try accounts(db)
            let task = Task {
                try await db.transaction { tx in
                    try await tx.update("accounts", ["balance": 5], where: ["id": 1])
                    cancelThisTask()
                    try await tx.execute("SELECT pg_sleep(60)")
                }
            }
            await expectError(.cancelled) { try await task.value }
            #expect(try balances(db) == [100, 0])
            try noneInTransaction(db)
        }
    }

    @Test func cancellationBetweenStatementsRollsBack() async throws {
        try await withDatabase { db in
            try accounts(db)
            let task = Task {
                try await db.transaction { tx in
                    try await tx.update("accounts", ["balance": 5], where: ["id": 1])
                    cancelThisTask()
                }
            }
            await expectError(.cancelled) { try await task.value }
            #expect(try balances(db) == [100, 0])
            #expect(try db.pool.statistics.idle == 1)
        }
    }

    @Test func cancellationOnAConnectionOfItsOwnLeavesNoTransactionOpen() async throws {
        try await withDatabase { db in
            try accounts(db)
            let configuration = try db.pool.configuration
            let task = Task {
                let connection = try await Connection.connect(to: configuration)
                defer { connection.close() }
                await #expect(throws: CancellationError.self) {
                    try await connection.transaction { tx in
                        try await tx.update("accounts", ["balance": 5], where: ["id": 1])
                        cancelThisTask()
                        try Task.checkCancellation()
                    }
                }
                #expect(connection.transactionStatus == .idle)
                #expect(connection.isUsable)
            }
            try await task.value
            #expect(try balances(db) == [100, 0])
        }
    }

    private func noneInTransaction(_ db: Database) throws {
        let schema = try db.query("SELECT current_schema()", as: String.self)[0]
        let open = try db.query(
            """
            SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
            JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = \(schema)
            """, as: Int.self)
        #expect(open == [0])
    }

    // MARK: - Lost connections

    @Test func aTerminatedBackendIsAnErrorAndThePoolRecovers() throws {
        try withDatabase { db in
            try accounts(db)
            var runs = 0
            let error = #expect(throws: PostgresError.self) {
                try db.transaction { tx in
                    runs += 1
                    try tx.update("accounts", ["balance": 5], where: ["id": 1])
                    let backend = try tx.query("SELECT pg_backend_pid()", as: Int32.self)[0]
                    try db.execute("SELECT pg_terminate_backend(\(backend))")
                    try tx.execute("SELECT pg_sleep(10)")
                }
            }
            #expect(error?.sqlState == .adminShutdown || error?.code == .connectionLost, "\(error?.description ?? "")")
            #expect(error?.isSafeToRetry == false)
            #expect(runs == 1)
            #expect(try balances(db) == [100, 0])
        }
    }

    @Test func aTerminatedBackendIsAnErrorAndThePoolRecoversAsync() async throws {
        try await withDatabase { db in
            try accounts(db)
            let error = await #expect(throws: PostgresError.self) {
                try await db.transaction { tx in
                    try await tx.update("accounts", ["balance": 5], where: ["id": 1])
                    let backend = try await tx.query("SELECT pg_backend_pid()", as: Int32.self)[0]
                    try await db.execute("SELECT pg_terminate_backend(\(backend))")
                    try await tx.execute("SELECT pg_sleep(10)")
                }
            }
            #expect(error?.sqlState == .adminShutdown || error?.code == .connectionLost, "\(error?.description ?? "")")
            #expect(try balances(db) == [100, 0])
        }
    }

    @Test func aLostConnectionThatTheClosureSwallowedIsStillLost() throws {
        try withDatabase { db in
            try accounts(db)
            expectError(.connectionLost) {
                try db.transaction { tx in
                    let backend = try tx.query("SELECT pg_backend_pid()", as: Int32.self)[0]
                    try db.execute("SELECT pg_terminate_backend(\(backend))")
                    _ = try? tx.execute("SELECT pg_sleep(10)")
                }
            }
        }
    }
}
