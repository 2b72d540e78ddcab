import Testing

@testable import Manticore

@Suite struct RetryPolicyTests {
    /// SplitMix64, so that a failure can be seen again.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private func pauses(
        _ policy: RetryPolicy, after attempts: Int, elapsed: Duration = .zero, seed: UInt64 = 1
    ) -> [Duration?] {
        var generator = SeededGenerator(state: seed)
        return (0..<2000).map { _ in policy.pause(after: attempts, elapsed: elapsed, using: &generator) }
    }

    @Test func defaults() {
        let policy = RetryPolicy()
        #expect(policy.maxAttempts == 10)
        #expect(policy.timeLimit == .seconds(60))
        #expect(RetryPolicy.never.maxAttempts == 1)
    }

    @Test(arguments: [(1, 25), (2, 50), (3, 100), (4, 200), (8, 3200), (9, 5000)])
    func fullJitterBelowADoublingLimit(attempts: Int, milliseconds: Int) throws {
        let limit = Duration.milliseconds(milliseconds)
        let pauses = try pauses(RetryPolicy(), after: attempts).map { try #require($0) }
        #expect(pauses.allSatisfy { $0 >= .zero && $0 <= limit })
        // Full jitter: the whole range is used, evenly.
        let mean = pauses.reduce(.zero, +) / pauses.count
        #expect(mean > limit * 0.45 && mean < limit * 0.55)
        #expect(pauses.contains { $0 < limit * 0.05 } && pauses.contains { $0 > limit * 0.95 })
    }

    @Test func theSameSeedGivesTheSamePauses() {
        #expect(pauses(RetryPolicy(), after: 3, seed: 7) == pauses(RetryPolicy(), after: 3, seed: 7))
        #expect(pauses(RetryPolicy(), after: 3, seed: 7) != pauses(RetryPolicy(), after: 3, seed: 8))
    }

    @Test func attemptsEnd() {
        #expect(pauses(RetryPolicy(), after: 9).allSatisfy { $0 != nil })
        #expect(pauses(RetryPolicy(), after: 10).allSatisfy { $0 == nil })
        #expect(pauses(.never, after: 1).allSatisfy { $0 == nil })
        var none = RetryPolicy()
        none.maxAttempts = -1
        #expect(pauses(none, after: 1).allSatisfy { $0 == nil })
    }

    @Test func timeEnds() {
        #expect(pauses(RetryPolicy(), after: 1, elapsed: .seconds(60)).allSatisfy { $0 == nil })
        #expect(pauses(RetryPolicy(), after: 1, elapsed: .milliseconds(59_974)).allSatisfy { $0 != nil })
        // No repetition begins after the limit, the pause included.
        let late = Duration.milliseconds(58_000)
        let pauses = pauses(RetryPolicy(), after: 9, elapsed: late)
        #expect(pauses.contains { $0 == nil })
        #expect(pauses.contains { $0 != nil })
        #expect(pauses.allSatisfy { late + ($0 ?? .zero) < .seconds(60) })
    }

    @Test func extremes() {
        var policy = RetryPolicy()
        policy.maxAttempts = .max
        policy.timeLimit = .seconds(Int64.max)
        policy.cap = .seconds(Int64.max / 2)
        #expect(pauses(policy, after: 300).allSatisfy { $0.map { $0 >= .zero } ?? true })
        policy.base = .zero
        #expect(pauses(policy, after: 300).allSatisfy { $0 == .zero })
        policy.base = .seconds(-1)
        #expect(pauses(policy, after: 300).allSatisfy { $0 == .zero })
        policy.base = .seconds(1)
        policy.cap = .seconds(-1)
        #expect(pauses(policy, after: 3).allSatisfy { $0 == .zero })
    }
}
