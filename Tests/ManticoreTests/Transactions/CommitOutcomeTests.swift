import Manticore
import ManticoreTesting
import Testing

/// Connections that break while COMMIT, or BEGIN, is under way.
@Suite(.ownThread) struct CommitOutcomeTests {
    private static let faults = [(FaultProxy.Fault.close, false), (.close, true), (.reset, false), (.reset, true)]

    private func proxy() throws -> FaultProxy { try FaultProxy(port: TestDatabase.server.port) }

    private func rows(_ db: Database) throws -> Int { try db.count("notes") }

    /// The server may still be at it when the client has long been told.
    private func settles(_ db: Database, at count: Int) throws -> Bool {
        for _ in 0..<200 {
            if try rows(db) == count { return true }
            try db.execute("SELECT pg_sleep(0.01)")
        }
        return false
    }

    @Test(arguments: faults)
    func aCutAtCommitIsUnknownAndNeverRetried(_ fault: FaultProxy.Fault, isDelivered: Bool) throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        try withDatabase(through: proxy) { db in
            try db.createTable("notes", columns: ["text": "text"])
            proxy.inject(fault, when: .client(sends: "COMMIT\0"), delivering: isDelivered)
            var runs = 0
            let error = expectError(.outcomeUnknown) {
                try db.transaction { tx in
                    runs += 1
                    try tx.insert("notes", ["text": "a"])
                }
            }
            #expect(error?.isSafeToRetry == false)
            #expect(runs == 1)
            #expect(proxy.faultCount == 1)
            #expect(try settles(db, at: isDelivered ? 1 : 0))
        }
    }

    @Test(arguments: faults)
    func aCutAtCommitIsUnknownAndNeverRetriedAsync(_ fault: FaultProxy.Fault, isDelivered: Bool) async throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        try await withDatabase(through: proxy) { db in
            try await db.createTable("notes", columns: ["text": "text"])
            proxy.inject(fault, when: .client(sends: "COMMIT\0"), delivering: isDelivered)
            var runs = 0
            await expectError(.outcomeUnknown) {
                try await db.transaction { tx in
                    runs += 1
                    try await tx.insert("notes", ["text": "a"])
                }
            }
            #expect(runs == 1)
            #expect(try settles(db, at: isDelivered ? 1 : 0))
        }
    }

    @Test func aBatchCutAtCommitIsUnknown() throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        try withDatabase(through: proxy) { db in
            try db.createTable("notes", columns: ["id": "int", "text": "text"])
            try db.batchInsert("notes", [["id": 1, "text": "old"], ["id": 2, "text": "old"]])
            proxy.inject(.reset, when: .client(sends: "COMMIT\0"))
            expectError(.outcomeUnknown) {
                try db.batchUpdate("notes", [["id": 1, "text": "a"], ["id": 2, "text": "b"]], key: "id")
            }
            #expect(try db.count("notes", where: ["text": "old"]) == 2)
        }
    }

    @Test func aCutAtBeginIsSafeToRetry() throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        try withDatabase(through: proxy) { db in
            try db.connect()
            proxy.inject(.reset, when: .client(sends: "BEGIN"))
            let error = expectError(.connectionLost) { try db.transaction { _ in } }
            #expect(error?.isSafeToRetry == true)
            try db.transaction { _ in }
        }
    }

    @Test func aCutAtBeginIsSafeToRetryAsync() async throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        try await withDatabase(through: proxy) { db in
            try await db.connect()
            proxy.inject(.reset, when: .client(sends: "BEGIN"))
            let error = await expectError(.connectionLost) { try await db.transaction { _ in } }
            #expect(error?.isSafeToRetry == true)
        }
    }

    @Test func aStalledCommitEndsWithTheTask() async throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        try await withDatabase(through: proxy) { db in
            try await db.createTable("notes", columns: ["text": "text"])
            proxy.inject(.stall, when: .client(sends: "COMMIT\0"))
            let task = Task {
                try await db.transaction { tx in try await tx.insert("notes", ["text": "a"]) }
            }
            while proxy.faultCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await expectError(.outcomeUnknown) { _ = try await task.value }
        }
    }
}
