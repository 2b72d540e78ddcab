import PostgresWire
import Testing

@testable import PostgresClient

/// Waits on threads for what has no descriptor; ``ReactorTests`` has those of tasks.
@Suite(.ownThread) struct SignalTests {
    @Test func theDeadlinePasses() {
        let start = ContinuousClock.now
        #expect(Signal().wait(until: .after(.milliseconds(60))) == .deadlinePassed)
        #expect(ContinuousClock.now - start >= .milliseconds(60), "never early")
        #expect(Signal().wait(until: .after(.zero)) == .deadlinePassed)
        #expect(Signal().wait(until: .after(.seconds(-5))) == .deadlinePassed)
    }

    @Test func whatHasHappenedIsNotWaitedFor() {
        let signal = Signal()
        signal.raise()
        #expect(signal.wait(until: nil) == .ready)
        #expect(signal.wait(until: .after(.zero)) == .ready)
    }

    @Test func anotherThreadWakesTheOneThatSleeps() throws {
        for round in 0..<200 {
            let (completion, reader) = Completion<Int>.make()
            try Thread.detach { completion.fulfil(round) }
            var operation = CompletionOperation(reader, until: round.isMultiple(of: 2) ? nil : .after(.seconds(600)))
            #expect(try BlockingDriver.run(&operation) == round)
        }
    }

    /// Value and deadline at the same moment: one of them wins, and the value is not lost.
    @Test func valuesAndDeadlinesRace() throws {
        for round in 0..<300 {
            let (completion, reader) = Completion<Int>.make()
            try Thread.detach { completion.fulfil(round) }
            var operation = CompletionOperation(reader, until: .after(.microseconds(round)))
            do throws(PostgresError) {
                #expect(try BlockingDriver.run(&operation) == round)
            } catch {
                #expect(error.code == .timedOut)
                var second = CompletionOperation(reader, until: nil)
                #expect(try BlockingDriver.run(&second) == round)
            }
        }
    }
}
