import PostgresWire
import Testing

@testable import PostgresClient

@Suite(.ownThread) struct PoolStateTests {
    private let now = ContinuousClock.now

    /// Begins to open a connection; nil if that is not allowed.
    private func begun(
        _ state: inout PoolState<Int>, at moment: ContinuousClock.Instant? = nil
    ) -> ConnectBackoff.Ticket? {
        if case .open(let ticket) = state.acquire(at: moment ?? now) { return ticket }
        return nil
    }

    private func opened(_ state: inout PoolState<Int>) -> Bool {
        guard let ticket = begun(&state) else { return false }
        _ = state.opened(ticket, at: now)
        return true
    }

    @Test func opensUpToTheLimitThenQueues() {
        var state = PoolState<Int>(limit: 2)
        #expect(opened(&state) && opened(&state))
        guard case .wait = state.acquire(at: now) else {
            Issue.record("the third must wait")
            return
        }
        #expect(state.count == 2 && state.inUse == 2)
        #expect(state.enqueue() == 1 && state.enqueue() == 2)
        #expect(state.waiting == 2)
    }

    @Test func aLimitBelowOneIsOne() {
        var state = PoolState<Int>(limit: 0)
        #expect(opened(&state))
        #expect(!opened(&state))
    }

    @Test func whoComesFirstIsServedFirst() {
        var state = PoolState<Int>(limit: 1)
        #expect(opened(&state))
        let waiters = (0..<3).map { _ in state.enqueue() }
        for waiter in waiters {
            let (serve, close) = state.giveBack(7)
            #expect(serve?.0 == waiter)
            #expect(close == nil)
            guard case .use(7)? = serve?.1 else {
                Issue.record("the connection goes to the waiter")
                return
            }
        }
        #expect(state.giveBack(7).serve == nil)
        #expect(state.idle == [7] && state.count == 1)
    }

    @Test func nobodyOvertakesAWaiter() {
        var state = PoolState<Int>(limit: 2)
        #expect(opened(&state))
        _ = state.giveBack(1)
        _ = state.enqueue()
        guard case .wait = state.acquire(at: now) else {
            Issue.record("a newcomer overtook a waiter")
            return
        }
    }

    @Test func theLastUsedIsUsedNext() {
        var state = PoolState<Int>(limit: 3)
        for _ in 0..<3 { #expect(opened(&state)) }
        for number in 1...3 { _ = state.giveBack(number) }
        guard case .use(3) = state.acquire(at: now) else {
            Issue.record("not the last used")
            return
        }
    }

    @Test func aWithdrawnWaiterIsPassedOver() {
        var state = PoolState<Int>(limit: 1)
        #expect(opened(&state))
        let (first, second) = (state.enqueue(), state.enqueue())
        let isWithdrawn = state.withdraw(first)
        let isWithdrawnTwice = state.withdraw(first)
        #expect(isWithdrawn && !isWithdrawnTwice)
        #expect(state.giveBack(1).serve?.0 == second)
        let isLate = state.withdraw(second)
        #expect(!isLate, "it was served")
    }

    @Test func aLostConnectionsPlaceGoesToTheNextWaiter() {
        var state = PoolState<Int>(limit: 1)
        #expect(opened(&state))
        let waiter = state.enqueue()
        let granted = state.discard(at: now)
        #expect(granted.map(\.0) == [waiter])
        guard case .open? = granted.first?.1 else {
            Issue.record("the waiter opens one")
            return
        }
        #expect(state.count == 1)
        #expect(state.discard(at: now).isEmpty)
        #expect(state.count == 0)
        #expect(opened(&state))
    }

    @Test func closingServesNobodyAnyMore() {
        var state = PoolState<Int>(limit: 3)
        for _ in 0..<3 { #expect(opened(&state)) }
        _ = state.giveBack(1)
        let waiter = state.enqueue()
        let (waiters, idle) = state.close()
        #expect(waiters == [waiter] && idle == [1])
        #expect(state.count == 2 && state.waiting == 0 && state.isClosed)
        #expect(state.giveBack(2).close == 2)
        #expect(state.discard(at: now).isEmpty)
        #expect(state.count == 0)
        guard case .closed = state.acquire(at: now) else {
            Issue.record("a closed pool gave something")
            return
        }
        let again = state.close()
        #expect(again.waiters.isEmpty && again.idle.isEmpty)
    }

    /// Random events against what must hold at every moment; now and then the server refuses.
    @Test(arguments: 0..<50)
    func randomEventsKeepTheRules(_ seed: Int) {
        var generator = SplitMix(state: UInt64(seed))
        var state = PoolState<Int>(limit: 1 + seed % 5)
        var now = now
        var lent: Set<Int> = []
        var opening: [ConnectBackoff.Ticket] = []
        var isProven = false
        var waiting: [UInt64] = []
        var next = 0
        var refusals = 0
        let refusal = PostgresError(
            ServerError(severity: "FATAL", sqlState: .invalidPassword, message: "wrong password"))
        func serve(_ served: [(UInt64, PoolState<Int>.Grant)]) {
            for (number, what) in served {
                #expect(waiting.first == number, "in the order in which they came")
                waiting.removeFirst()
                switch what {
                case .use(let resource): #expect(lent.insert(resource).inserted, "lent twice")
                case .open(let ticket): opening.append(ticket)
                case .refused(let error): #expect(error.sqlState == .invalidPassword)
                case .closed: Issue.record("not closed")
                }
            }
        }
        for _ in 0..<2000 {
            now = now.advanced(by: .milliseconds(Int.random(in: 0..<500, using: &generator)))
            switch Int.random(in: 0..<7, using: &generator) {
            case 0, 1:
                switch state.acquire(at: now) {
                case .use(let resource): #expect(lent.insert(resource).inserted, "lent twice")
                case .open(let ticket): opening.append(ticket)
                case .wait:
                    waiting.append(state.enqueue())
                    serve(state.serve(at: now))
                case .refused(let error):
                    refusals += 1
                    #expect(error.sqlState == .invalidPassword)
                    #expect(lent.isEmpty && opening.isEmpty, "there was something to wait for")
                case .closed: Issue.record("not closed")
                }
            case 2 where !opening.isEmpty:
                let ticket = opening.remove(at: Int.random(in: opening.indices, using: &generator))
                next += 1
                lent.insert(next)
                isProven = true
                serve(state.opened(ticket, at: now))
            case 3 where !opening.isEmpty:
                let ticket = opening.remove(at: Int.random(in: opening.indices, using: &generator))
                serve(state.failedToOpen(ticket, nil, at: now, random: 0))
            case 6 where !opening.isEmpty && seed % 2 == 0:
                let ticket = opening.remove(at: Int.random(in: opening.indices, using: &generator))
                serve(state.failedToOpen(ticket, refusal, at: now, random: 0.5))
            case 4:
                if let resource = lent.randomElement(using: &generator) {
                    lent.remove(resource)
                    if Bool.random(using: &generator) {
                        serve(state.giveBack(resource).serve.map { [$0] } ?? [])
                    } else {
                        serve(state.discard(at: now))
                    }
                }
            case 5:
                if let number = waiting.randomElement(using: &generator) {
                    waiting.removeAll { $0 == number }
                    let isWithdrawn = state.withdraw(number)
                    #expect(isWithdrawn)
                }
            default: break
            }
            #expect(state.count <= state.limit)
            #expect(state.inUse == lent.count + opening.count)
            #expect(state.waiting == waiting.count)
            #expect(waiting.isEmpty || state.inUse > 0, "somebody waits for nothing")
            if seed % 2 == 1 {
                #expect(
                    waiting.isEmpty || state.inUse == state.limit || !isProven && opening.count == 1,
                    "somebody waits although there is room")
            }
        }
        #expect(seed % 2 == 1 || refusals > 0)
    }

    // MARK: - A server that refuses

    private func refusal(_ state: SQLState) -> PostgresError {
        PostgresError(ServerError(severity: "FATAL", sqlState: state, message: "go away"))
    }

    private func after(_ seconds: Double) -> ContinuousClock.Instant { now.advanced(by: .seconds(seconds)) }

    @Test(arguments: ["28P01", "28000", "08C00", "08004"])
    func aRefusalIsNotAskedForAgainAtOnce(_ code: String) throws {
        var state = PoolState<Int>(limit: 3)
        let first = try #require(begun(&state))
        #expect(state.failedToOpen(first, refusal(SQLState(rawValue: code)), at: now, random: 0).isEmpty)
        guard case .refused(let error) = state.acquire(at: after(0.25)) else {
            Issue.record("an attempt was allowed")
            return
        }
        #expect(error.sqlState?.rawValue == code && error.message.hasPrefix("go away"))
        #expect(error.message.contains("refused once") && error.message.contains("in 1 s"))
        #expect(state.count == 0)
        let probe = try #require(begun(&state, at: after(1)), "no attempt was allowed after the pause")
        // One at a time: those who come meanwhile wait for how it goes.
        guard case .wait = state.acquire(at: after(1)) else {
            Issue.record("two attempts at a time")
            return
        }
        let waiter = state.enqueue()
        #expect(state.serve(at: after(1)).isEmpty)
        let served = state.opened(probe, at: after(1.5))
        #expect(served.map(\.0) == [waiter], "a success ends it")
        #expect(state.refusal(at: after(2)) == nil)
    }

    @Test func thePauseDoublesUpToAMinute() {
        var backoff = ConnectBackoff()
        var now = now
        var pauses: [Duration] = []
        for _ in 0..<9 {
            backoff.failed(refusal(.invalidPassword), backoff.began(), at: now, random: 0)
            guard let next = backoff.next else {
                Issue.record("no pause")
                return
            }
            #expect(!backoff.allows(at: next.advanced(by: .nanoseconds(-1))) && backoff.allows(at: next))
            pauses.append(now.duration(to: next))
            now = next
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        backoff.failed(refusal(.invalidPassword), backoff.began(), at: now, random: 1)
        #expect(backoff.next == now.advanced(by: .seconds(48)), "up to a fifth shorter")
        #expect(backoff.refusal(at: now)?.message.contains("10 times in a row") == true)
        backoff.succeeded(backoff.began())
        #expect(backoff.allows(at: now) && backoff.refusal(at: now) == nil)
    }

    @Test func whatIsNoRefusalChangesNothing() throws {
        var state = PoolState<Int>(limit: 1)
        let others: [PostgresError?] = [
            nil, PostgresError(.connectionFailed, "nobody there"), refusal(.tooManyConnections),
            refusal(.cannotConnectNow), PostgresError(.authenticationFailed, "no password is configured"),
        ]
        for error in others {
            let ticket = try #require(begun(&state))
            #expect(state.failedToOpen(ticket, error, at: now, random: 0).isEmpty)
        }
        #expect(opened(&state))
        #expect(state.refusal(at: now) == nil)
    }

    @Test func whatIsOpenServesEverybodyMeanwhile() throws {
        var state = PoolState<Int>(limit: 2)
        #expect(opened(&state))
        let ticket = try #require(begun(&state))
        let first = state.enqueue()
        let second = state.enqueue()
        // One is in use: they wait for it, although there would be room.
        #expect(state.failedToOpen(ticket, refusal(.invalidPassword), at: now, random: 0).isEmpty)
        guard case .wait = state.acquire(at: now) else {
            Issue.record("there is something to wait for")
            return
        }
        #expect(state.giveBack(7).serve?.0 == first)
        // It is gone: nothing is left to wait for.
        let told = state.discard(at: now)
        #expect(told.map(\.0) == [second])
        guard case .refused? = told.first?.1 else {
            Issue.record("the last waiter must be told")
            return
        }
    }

    @Test func anAttemptThatEndsOtherwiseIsFollowedByTheNext() throws {
        var state = PoolState<Int>(limit: 2)
        let refused = try #require(begun(&state))
        _ = state.failedToOpen(refused, refusal(.invalidPassword), at: now, random: 0)
        for error in [nil, PostgresError(.timedOut, "slow")] {
            let ticket = try #require(begun(&state, at: after(1)))
            _ = state.failedToOpen(ticket, error, at: after(1), random: 0)
        }
    }

    @Test func untilTheFirstSuccessOneIsOpenedAtATime() throws {
        var state = PoolState<Int>(limit: 4)
        let first = try #require(begun(&state))
        #expect(begun(&state) == nil, "the server may refuse")
        let waiters = (0..<5).map { _ in state.enqueue() }
        #expect(state.serve(at: now).isEmpty && state.count == 1)
        let served = state.opened(first, at: now)
        #expect(served.map(\.0) == Array(waiters.prefix(3)), "as many as there is room for, at once")
        #expect(state.count == 4)
        // One that is not there leads on to the next, still one at a time.
        var other = PoolState<Int>(limit: 4)
        let lost = try #require(begun(&other))
        let queued = (0..<2).map { _ in other.enqueue() }
        let next = other.failedToOpen(lost, PostgresError(.connectionFailed, "nobody there"), at: now, random: 0)
        #expect(next.map(\.0) == [queued[0]])
        #expect(other.count == 1 && other.waiting == 1)
    }

    @Test func aBurstOfRefusalsCountsOnce() throws {
        var state = PoolState<Int>(limit: 5)
        #expect(opened(&state))
        // Its place is free again, and the password is another by now.
        #expect(state.discard(at: now).isEmpty)
        let burst = try (0..<4).map { _ in try #require(begun(&state)) }
        let refused = refusal(.invalidPassword)
        for ticket in burst.prefix(2) { #expect(state.failedToOpen(ticket, refused, at: now, random: 0).isEmpty) }
        #expect(state.refusal(at: now)?.message.contains("refused once") == true)
        let probe = try #require(begun(&state, at: after(1)), "a second, not two")
        // The stragglers neither end the probe nor lengthen the pause, and what comes of them does not end it either.
        _ = state.failedToOpen(burst[2], refused, at: after(1.1), random: 0)
        #expect(begun(&state, at: after(1.2)) == nil, "the probe is still under way")
        _ = state.opened(burst[3], at: after(1.3))
        #expect(begun(&state, at: after(1.4)) == nil, "the probe is still under way")
        _ = state.failedToOpen(probe, refused, at: after(2), random: 0)
        #expect(state.refusal(at: after(2))?.message.contains("2 times in a row") == true)
        #expect(begun(&state, at: after(3.9)) == nil)
        let second = try #require(begun(&state, at: after(4)))
        // A probe of which nothing came is followed by another.
        _ = state.failedToOpen(second, nil, at: after(4), random: 0)
        let third = try #require(begun(&state, at: after(4)))
        _ = state.opened(third, at: after(4))
        #expect(state.refusal(at: after(4)) == nil)
        #expect(begun(&state, at: after(4)) != nil)
    }

    @Test func aWaiterLooksAgainWhenThePauseIsOver() throws {
        var state = PoolState<Int>(limit: 2)
        #expect(opened(&state))
        let waiter = state.enqueue()
        let patience = state.patience(at: now)
        #expect(patience > .zero && patience < .seconds(1), "a pause that begins now ends no earlier")
        var backoff = ConnectBackoff()
        backoff.failed(refusal(.invalidPassword), backoff.began(), at: now, random: 1)
        #expect(backoff.next.map { now.duration(to: $0) >= patience } == true, "nor the shortest of all")
        let granted = state.serve(at: now)
        guard granted.map(\.0) == [waiter], case .open(let ticket)? = granted.first?.1 else {
            Issue.record("there is room")
            return
        }
        let last = state.enqueue()
        #expect(state.failedToOpen(ticket, refusal(.invalidPassword), at: now, random: 0).isEmpty)
        #expect(state.serve(at: after(0.9)).isEmpty)
        #expect(state.patience(at: after(0.9)) <= .seconds(0.1), "until the pause is over, and no longer")
        let served = state.serve(at: after(1))
        #expect(served.map(\.0) == [last])
        #expect(state.patience(at: after(1)) == patience, "whoever asks again is answered for in due time")
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
