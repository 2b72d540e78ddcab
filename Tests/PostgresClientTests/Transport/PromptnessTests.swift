import PostgresWire
import Testing

@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// When a task waits for an answer on its own thread.
@Suite(.ownThread) struct PromptnessTests {
    private static let soon = Duration.microseconds(30)
    private static let late = Duration.milliseconds(3)

    @Test func onlyAfterPromptAnswersInARow() {
        var promptness = Promptness()
        #expect(!promptness.isExpected(0))
        for count in 1...Promptness.trial {
            #expect(!promptness.isExpected(count - 1))
            promptness.parked(for: Self.soon, count)
        }
        #expect(promptness.isExpected(Promptness.trial))
        #expect(!promptness.isExpected(Promptness.trial + 1), "others have something to do")
        promptness.parked(for: Self.late, 5)
        #expect(!promptness.isExpected(5))
    }

    @Test func anAnswerThatFailsToComeCostsMoreEachTime() {
        var promptness = Promptness()
        func promptAnswersUntilTrusted() -> Int {
            var count = 0
            while !promptness.isExpected(0) {
                promptness.parked(for: Self.soon, 0)
                count += 1
            }
            return count
        }
        #expect(promptAnswersUntilTrusted() == Promptness.trial)
        var needed: [Int] = []
        for _ in 0..<10 {
            promptness.waitedInPlace(false)
            needed.append(promptAnswersUntilTrusted() - Promptness.trial)
        }
        #expect(needed == [1, 2, 4, 8, 16, 32, 64, 64, 64, 64])
        promptness.waitedInPlace(true)
        promptness.waitedInPlace(false)
        #expect(promptAnswersUntilTrusted() == Promptness.trial + 1, "an answer in between makes it good again")
    }

    @Test func othersGetTheThreadNowAndThen() {
        var promptness = Promptness()
        let yields = (0..<10 * Promptness.longestStay).count { _ in promptness.mustYield() }
        #expect(yields == 10)
    }

    private static func wait(_ pair: SocketPair, _ isCancellable: Bool = true) async throws -> Reactor.Outcome {
        try await Reactor.shared.wait(for: Wait(pair.near.descriptor, .readable), isCancellable: isCancellable)
    }

    /// A descriptor that is waited for in place from now on, whatever other tests do.
    private static func trust(_ pair: SocketPair) {
        for _ in 0..<200 { pair.near.descriptor.promptness.parked(for: soon, Reactor.shared.eventCount) }
    }

    #if os(Linux) || os(Android)
        private static func sendByte(_ descriptor: Int32) {
            var byte: UInt8 = 7
            let count = unsafe send(descriptor, &byte, 1, Int32(MSG_NOSIGNAL))
            #expect(count == 1)
        }

        @Test func whatCameMeanwhileIsNotLost() async throws {
            let pair = try SocketPair()
            for round in 0..<300 {
                // In place or in the reactor, or from one to the other in the middle of the wait.
                if round % 3 != 0 { Self.trust(pair) }
                let far = pair.far.descriptor.number
                if round % 2 == 0 { Self.sendByte(far) }
                async let sent: Void = {
                    guard round % 2 == 1 else { return }
                    try await Task.sleep(for: .microseconds(round * 10))
                    Self.sendByte(far)
                }()
                #expect(try await Self.wait(pair) == .ready)
                try await sent
                var byte: [UInt8] = [0]
                guard case .bytes(1) = unsafe byte.withUnsafeMutableBytes({ unsafe pair.near.receive(into: $0) }) else {
                    Issue.record("round \(round): ready without a byte")
                    return
                }
            }
        }

        @Test func cancellationAndDeadlineAreSeen() async throws {
            let pair = try SocketPair()
            let task = Task {
                try? await Task.sleep(for: .seconds(3600))
                Self.trust(pair)
                // There is an answer at every look, so that no wait would ever find out about the cancellation.
                try pair.send([1])
                #expect(try await Self.wait(pair) == .cancelled)
                Self.trust(pair)
                #expect(try await Self.wait(pair, false) == .ready)
                Self.trust(pair)
                let wait = Wait(pair.near.descriptor, .readable, until: .after(.zero))
                #expect(try await Reactor.shared.wait(for: wait, isCancellable: false) == .deadlinePassed)
            }
            task.cancel()
            try await task.value
        }

        @Test func anAnswerThatFailsToComeIsWaitedForInTheReactor() async throws {
            let pair = try SocketPair()
            Self.trust(pair)
            let far = pair.far.descriptor.number
            async let sent: Void = {
                try await Task.sleep(for: .milliseconds(20))
                Self.sendByte(far)
            }()
            #expect(try await Self.wait(pair) == .ready)
            try await sent
        }
    #endif

    @Test func aBlockingReceiveReturnsWithWhatComes() async throws {
        let pair = try SocketPair()
        let descriptor = pair.near.descriptor
        #expect(descriptor.allowBlocking())
        var buffer = [UInt8](repeating: 0, count: 16)
        func receive() -> Socket.Outcome {
            unsafe buffer.withUnsafeMutableBytes { unsafe pair.near.receive(into: $0) }
        }
        guard case .wouldBlock = receive() else { Issue.record("it blocks without leave"); return }
        try pair.send([1, 2, 3])
        descriptor.mayBlock = true
        guard case .bytes(3) = receive() else { Issue.record("three bytes were there"); return }
        guard case .wouldBlock = receive() else { Issue.record("the leave is for one receive"); return }
        #expect(!pair.near.hasUnreadInput)
    }
}
