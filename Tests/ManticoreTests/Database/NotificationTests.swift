import Manticore
import Testing

/// Notifications by the database.
@Suite(.ownThread) struct NotificationTests {
    @Test func heardOverAConnectionOfItsOwn() throws {
        try withDatabase(maxConnections: 1) { db in
            let jobs = "Jobs \(UInt64.random(in: .min ... .max))"
            let prices = "prices \(UInt64.random(in: .min ... .max))"
            let stream = db.notifications(jobs, prices)
            try stream.listen()
            // The only connection of the pool is free for others.
            try db.transaction { tx in
                try tx.notify(jobs, "first")
                try tx.notify(prices)
            }
            let first = try stream.next()?.notification
            #expect(first?.channel == jobs && first?.payload == "first")
            #expect(try stream.next()?.notification?.channel == prices)
            // What is rolled back was never said.
            struct Refusal: Error {}
            #expect(throws: Refusal.self) {
                try db.transaction { tx in
                    try tx.notify(jobs, "undone")
                    throw Refusal()
                }
            }
            try db.within(.seconds(600)).notify(jobs, "second")
            #expect(try stream.next()?.notification?.payload == "second")
            #expect(try stream.next(within: .milliseconds(20)) == nil && !stream.isEnded)
            db.close()
            #expect(try stream.next() == nil)
        }
    }

    @Test func heardOverAConnectionOfItsOwnAsync() async throws {
        try await withDatabase(maxConnections: 1) { db async throws in
            let jobs = "Jobs \(UInt64.random(in: .min ... .max))"
            let prices = "prices \(UInt64.random(in: .min ... .max))"
            let stream = db.notifications(jobs, prices)
            try await stream.listen()
            try await db.transaction { tx in
                try await tx.notify(jobs, "first")
                try await tx.notify(prices)
            }
            var heard: [String] = []
            for try await event in stream {
                heard.append(event.notification.map { "\($0.channel): \($0.payload)" } ?? "a gap")
                if heard.count == 2 { break }
            }
            #expect(heard == ["\(jobs): first", "\(prices): "])
            try await db.within(.seconds(600)).notify(jobs, "second")
            #expect(try await stream.next()?.notification?.payload == "second")
        }
    }
}
