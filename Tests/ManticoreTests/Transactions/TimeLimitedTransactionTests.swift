import Manticore
import Testing

/// Transactions that may take so long and no longer, of whatever can begin one.
@Suite(.ownThread) struct TimeLimitedTransactionTests {
    private let ample = Duration.seconds(600)

    @Test func everyProviderCommits() throws {
        try withDatabase { db in
            let sum: (Transaction) throws -> Int = { tx in try tx.query("SELECT 1 + 1", as: Int.self)[0] }
            #expect(try db.within(ample).transaction(sum) == 2)
            #expect(try db.within(ample).within(.seconds(500)).transaction(sum) == 2)
            let connected = try db.withConnection { connection in
                (
                    try connection.within(ample).transaction(sum),
                    try connection.within(ample).within(ample).transaction(sum)
                )
            }
            #expect(connected == (2, 2))
        }
    }

    @Test func everyProviderCommitsAsync() async throws {
        try await withDatabase { db in
            let first = try await db.within(ample).transaction { tx in try await tx.query("SELECT 2", as: Int.self) }
            let second = try await db.within(ample).within(ample).transaction { tx in
                try await tx.query("SELECT 3", as: Int.self)
            }
            #expect(first == [2] && second == [3])
        }
    }

    /// Of several limits the earliest counts, and what was done is undone.
    @Test func theEarliestLimitEndsIt() throws {
        try withDatabase { db in
            try db.createTable("kept", columns: ["a": "int"])
            let short = Duration.milliseconds(100)
            for limited in [db.within(short).within(ample), db.within(ample).within(short)] {
                let error = #expect(throws: PostgresError.self) {
                    try limited.transaction { tx in
                        try tx.execute("INSERT INTO kept VALUES (1)")
                        try tx.execute("SELECT pg_sleep(600)")
                    }
                }
                #expect(error?.code == .timedOut, "\(String(describing: error))")
            }
            #expect(try db.query("SELECT count(*) FROM kept", as: Int.self) == [0])
        }
    }
}
