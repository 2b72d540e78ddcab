import ManticoreTesting
import PostgresWire
import Synchronization
import Testing

@testable import PostgresClient

@Suite struct ReactorTests {
    private final class Order: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    private static func wait(for duration: Duration) async throws -> PostgresError.Code? {
        let (completion, reader) = Completion<Int>.make()
        defer { withExtendedLifetime(completion) {} }
        var operation = CompletionOperation(reader, until: Deadline.after(duration))
        do throws(PostgresError) {
            _ = try await AsyncDriver.run(&operation)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func deadlinesPassInTheirOrder() async throws {
        let delays = [90, 10, 50, 30, 70, 20, 110, 60, 40, 80, 100]
        let order = Order()
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for delay in delays {
                group.addTask {
                    let code = try await ReactorTests.wait(for: .milliseconds(delay * 3))
                    order.numbers.withLock { $0.append(delay) }
                    #expect(code == .timedOut)
                    #expect(ContinuousClock.now - start >= .milliseconds(delay * 3), "never early")
                }
            }
            try await group.waitForAll()
        }
        #expect(order.numbers.withLock { Set($0) } == Set(delays))
        // The tasks that resume may overtake each other by a little where the machine is busy; the first and the last not.
        #expect(order.numbers.withLock { $0.prefix(3).max() ?? 0 } < 100)
    }

    @Test func aPassedDeadlineEndsTheWaitAtOnce() async throws {
        #expect(try await ReactorTests.wait(for: .zero) == .timedOut)
        #expect(try await ReactorTests.wait(for: .seconds(-5)) == .timedOut)
    }

    /// Waits that end long before their deadlines, as those of a busy connection do: by cancellation.
    private static func waitInVain(_ reader: CompletionReader<Int>, _ durations: [Duration]) async throws {
        let task = Task { () async throws in
            try? await Task.sleep(for: .seconds(3600))
            for duration in durations {
                let wait = reader.wait(until: Deadline.after(duration))
                #expect(try await Reactor.shared.wait(for: wait, isCancellable: true) == .cancelled)
            }
        }
        task.cancel()
        try await task.value
    }

    // Guard: Sources/PostgresClient/Transport/Reactor.swift: `scheduled <= deadline { return false }`
    @Test func waitsWithFarDeadlinesLeaveOneTimer() async throws {
        let (completion, reader) = Completion<Int>.make()
        defer { withExtendedLifetime(completion) {} }
        let event = reader.wait(until: nil).event
        try await ReactorTests.waitInVain(reader, (0..<10_000).map { .seconds(3600 + $0) })
        #expect(Reactor.shared.timerCount(of: event) == 1)
        // Earlier deadlines take the place of later ones.
        try await ReactorTests.waitInVain(reader, (0..<1000).map { .seconds(3000 - $0) })
        #expect(Reactor.shared.timerCount(of: event) == 1)
        // The timer that is there fires first, and the wait goes on until its own deadline.
        try await ReactorTests.waitInVain(reader, [.milliseconds(50)])
        let start = ContinuousClock.now
        let wait = reader.wait(until: Deadline.after(.milliseconds(200)))
        #expect(try await Reactor.shared.wait(for: wait, isCancellable: true) == .deadlinePassed)
        #expect(ContinuousClock.now - start >= .milliseconds(200))
        #expect(Reactor.shared.timerCount(of: event) == 0)
    }

    @Test func manyWaitAtTheSameTime() async throws {
        let pairs = (0..<400).map { _ in Completion<Int>.make() }
        let completions = pairs.map(\.0)
        let sum = try await withThrowingTaskGroup { group in
            for (_, reader) in pairs {
                group.addTask {
                    var operation = CompletionOperation(reader, until: nil)
                    return try await AsyncDriver.run(&operation)
                }
            }
            group.addTask {
                for (number, completion) in completions.enumerated().shuffled() { completion.fulfil(number) }
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == (0..<400).reduce(0, +))
    }

    /// Value, deadline and cancellation at the same moment: one of them wins, once.
    @Test func valuesDeadlinesAndCancellationsRace() async throws {
        for round in 0..<300 {
            let (completion, reader) = Completion<Int>.make()
            let task = Task { () -> Bool in
                var operation = CompletionOperation(reader, until: Deadline.after(.microseconds(round * 5)))
                do throws(PostgresError) {
                    #expect(try await AsyncDriver.run(&operation) == round)
                    return true
                } catch {
                    #expect(error.code == .timedOut || error.code == .cancelled)
                    return false
                }
            }
            async let fulfilment: Void = completion.fulfil(round)
            if round.isMultiple(of: 2) { task.cancel() }
            _ = await task.value
            await fulfilment
        }
    }

    @Test func theFirstValueCounts() throws {
        let (completion, reader) = Completion<Int>.make()
        completion.fulfil(1)
        completion.fulfil(2)
        var operation = CompletionOperation(reader, until: nil)
        #expect(try BlockingDriver.run(&operation) == 1)
    }

    @Test func tasksMayPreferTheReactorsThread() async throws {
        let pool = try TestServer.pool(4)
        try await withTaskExecutorPreference(Reactor.shared) {
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        var sum = 0
                        for _ in 0..<20 {
                            sum += try await pool.query("SELECT \(number)::int8", as: Int.self)[0]
                        }
                        return sum
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 20 * (0..<16).reduce(0, +))
            // A new connection resolves, derives a key and shakes hands by TLS from there too.
            let client = try await Client.connect(.tls)
            #expect(try await client.answers())
            for try await number in client.connection.stream(
                "SELECT i FROM generate_series(1, 5000) AS i", as: Int32.self)
            {
                #expect(number > 0)
            }
        }
        pool.close()
    }

    @Test func pollTimeoutsRoundUp() {
        #expect(Deadline(.now).pollTimeout == 0)
        #expect(Deadline(.now.advanced(by: .seconds(-1))).pollTimeout == 0)
        #expect((1...2).contains(Deadline(.now.advanced(by: .microseconds(900))).pollTimeout))
        #expect(Deadline(.now.advanced(by: .seconds(86400 * 365))).pollTimeout == 3_600_000)
        let (soon, late) = (Deadline(.now), Deadline(.now.advanced(by: .seconds(1))))
        #expect(Deadline.earlier(soon, late) == soon && Deadline.earlier(late, soon) == soon)
        #expect(Deadline.earlier(nil, late) == late && Deadline.earlier(late, nil) == late)
        #expect(Deadline.earlier(nil, nil) == nil)
    }
}
