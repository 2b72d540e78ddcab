import Manticore
import Testing

/// Limits of time by the database, its transactions and its tables.
@Suite(.ownThread) struct CallLimitTests {
    private func numbers(_ db: Database) throws {
        try db.createTable("numbers", columns: ["id": "int PRIMARY KEY", "name": "text"])
    }

    private func ids(_ db: Database) throws -> [Int] {
        try db.query("SELECT id FROM numbers ORDER BY id", as: Int.self)
    }

    // MARK: - Transactions

    @Test func aTransactionInTime() throws {
        try withDatabase { db in
            try numbers(db)
            let attempt = try db.within(.seconds(600)).transaction(isolation: .serializable) { tx in
                try tx.insert("numbers", ["id": 1, "name": "one"])
                return tx.attempt
            }
            #expect(attempt == 1)
            #expect(try ids(db) == [1])
        }
    }

    @Test func aTransactionInTimeAsync() async throws {
        try await withDatabase { db in
            try numbers(db)
            let attempt = try await db.within(.seconds(600)).transaction(isolation: .serializable) { tx in
                try await tx.insert("numbers", ["id": 1, "name": "one"])
                return tx.attempt
            }
            #expect(attempt == 1)
            #expect(try ids(db) == [1])
        }
    }

    /// The time is the transaction's, not each statement's, and what it did is undone.
    @Test func aTransactionThatTakesTooLong() throws {
        try withDatabase(maxConnections: 1) { db in
            try numbers(db)
            expectError(.timedOut) {
                try db.within(.seconds(1)).transaction { tx in
                    try tx.insert("numbers", ["id": 1])
                    try tx.execute("SELECT pg_sleep(600)")
                }
            }
            #expect(try ids(db) == [])
        }
    }

    @Test func aTransactionThatTakesTooLongAsync() async throws {
        try await withDatabase(maxConnections: 1) { db async throws in
            try await db.createTable("numbers", columns: ["id": "int PRIMARY KEY", "name": "text"])
            await expectError(.timedOut) {
                try await db.within(.seconds(1)).transaction { tx in
                    try await tx.insert("numbers", ["id": 1])
                    try await tx.execute("SELECT pg_sleep(600)")
                }
            }
            #expect(try await db.query("SELECT id FROM numbers", as: Int.self) == [])
        }
    }

    /// A stream that the transaction's closure has dropped costs COMMIT its time, not the transaction its rows.
    @Test func aStreamDroppedInATransaction() throws {
        try withDatabase { db in
            try numbers(db)
            try db.within(.seconds(600)).transaction { tx in
                try tx.insert("numbers", ["id": 1])
                #expect(try tx.stream("SELECT i FROM generate_series(1, 100000) AS i").next() != nil)
            }
            #expect(try ids(db) == [1])
        }
    }

    // MARK: - Tables

    @Test func aTableWhoseCallsAreLimited() throws {
        try withDatabase { db in
            try numbers(db)
            let table = Table("numbers", in: db.within(.seconds(600)))
            #expect(try table.create(["id": 1, "name": "one"])["name"] == "one")
            #expect(try table.copy(columns: ["id", "name"], from: [(2, "two"), (3, "three")]) == 2)
            #expect(try table.count() == 3)
            #expect(try table.read(2)?["name"] == "two")
            #expect(try table.delete(3))
            let rows = table.copyOut(columns: ["id"], as: Int.self)
            var copied: [Int] = []
            while let id = try rows.next() { copied.append(id) }
            #expect(copied.sorted() == [1, 2])
            try db.transaction { tx in
                try tx.execute("LOCK TABLE numbers")
                let late = Table("numbers", in: db.within(.milliseconds(50)))
                expectError(.timedOut) { try late.count() }
                expectError(.timedOut) { try late.create(["id": 4]) }
                expectError(.timedOut) { try late.copy(columns: ["id"], from: [5]) }
                #expect(try Table("numbers", in: tx.within(.seconds(600))).count() == 2)
            }
            #expect(try ids(db) == [1, 2])
        }
    }

    @Test func aTableWhoseCallsAreLimitedAsync() async throws {
        try await withDatabase { db async throws in
            try await db.createTable("numbers", columns: ["id": "int PRIMARY KEY", "name": "text"])
            let table = Table("numbers", in: db.within(.seconds(600)))
            #expect(try await table.create(["id": 1, "name": "one"])["name"] == "one")
            #expect(try await table.copy(columns: ["id", "name"], from: [(2, "two"), (3, "three")]) == 2)
            #expect(try await table.count() == 3)
            try await db.transaction { tx in
                try await tx.execute("LOCK TABLE numbers")
                let late = table.using(db.within(.milliseconds(50)))
                await expectError(.timedOut) { try await late.count() }
                await expectError(.timedOut) { try await late.create(["id": 4]) }
                await expectError(.timedOut) { try await late.copy(columns: ["id"], from: [5]) }
                #expect(try await table.using(tx.within(.seconds(600))).count() == 3)
            }
            #expect(try await db.query("SELECT count(*) FROM numbers", as: Int.self) == [3])
        }
    }
}
