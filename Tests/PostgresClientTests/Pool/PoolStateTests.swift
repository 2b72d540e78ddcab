import Testing

@testable import PostgresClient

@Suite struct PoolStateTests {
    private func opened(_ state: inout PoolState<Int>) -> Bool {
        if case .open = state.acquire() { return true }
        return false
    }

    @Test func opensUpToTheLimitThenQueues() {
        var state = PoolState<Int>(limit: 2)
        #expect(opened(&state) && opened(&state))
        guard case .wait = state.acquire() else {
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
        guard case .wait = state.acquire() else {
            Issue.record("a newcomer overtook a waiter")
            return
        }
    }

    @Test func theLastUsedIsUsedNext() {
        var state = PoolState<Int>(limit: 3)
        for _ in 0..<3 { #expect(opened(&state)) }
        for number in 1...3 { _ = state.giveBack(number) }
        guard case .use(3) = state.acquire() else {
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
        let granted = state.discard()
        #expect(granted?.0 == waiter)
        guard case .open? = granted?.1 else {
            Issue.record("the waiter opens one")
            return
        }
        #expect(state.count == 1)
        #expect(state.discard() == nil)
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
        #expect(state.discard() == nil)
        #expect(state.count == 0)
        guard case .closed = state.acquire() else {
            Issue.record("a closed pool gave something")
            return
        }
        let again = state.close()
        #expect(again.waiters.isEmpty && again.idle.isEmpty)
    }

    /// Random events against what must hold at every moment.
    @Test(arguments: 0..<50)
    func randomEventsKeepTheRules(_ seed: Int) {
        var generator = SplitMix(state: UInt64(seed))
        var state = PoolState<Int>(limit: 1 + seed % 5)
        var lent: Set<Int> = []
        var opening = 0
        var waiting: [UInt64] = []
        var next = 0
        func serve(_ grant: (UInt64, PoolState<Int>.Grant)?) {
            guard let (number, what) = grant else { return }
            #expect(waiting.first == number, "in the order in which they came")
            waiting.removeFirst()
            switch what {
            case .use(let resource): #expect(lent.insert(resource).inserted, "lent twice")
            case .open: opening += 1
            case .closed: Issue.record("not closed")
            }
        }
        for _ in 0..<2000 {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1:
                switch state.acquire() {
                case .use(let resource): #expect(lent.insert(resource).inserted, "lent twice")
                case .open: opening += 1
                case .wait: waiting.append(state.enqueue())
                case .closed: Issue.record("not closed")
                }
            case 2 where opening > 0:
                opening -= 1
                next += 1
                lent.insert(next)
            case 3 where opening > 0:
                opening -= 1
                serve(state.discard())
            case 4:
                if let resource = lent.randomElement(using: &generator) {
                    lent.remove(resource)
                    if Bool.random(using: &generator) {
                        serve(state.giveBack(resource).serve)
                    } else {
                        serve(state.discard())
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
            #expect(state.inUse == lent.count + opening)
            #expect(state.waiting == waiting.count)
            #expect(waiting.isEmpty || state.inUse == state.limit, "somebody waits although there is room")
        }
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
