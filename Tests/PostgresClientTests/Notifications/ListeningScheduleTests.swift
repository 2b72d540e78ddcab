import PostgresWire
import Testing

@testable import PostgresClient

/// When a connection that listens is asked whether it lives, and when a lost one is tried again: without a clock.
struct ListeningScheduleTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func listening(_ settings: NotificationSettings = NotificationSettings()) -> ListeningSchedule {
        var schedule = ListeningSchedule(settings)
        schedule.asked(at: start)
        schedule.listens(at: start)
        return schedule
    }

    @Test func aSilentServerIsAskedAndThenLeft() {
        var schedule = listening()
        #expect(schedule.duty(at: at(0)) == .listen(until: at(30)))
        schedule.heard(at: at(20))
        #expect(schedule.duty(at: at(49)) == .listen(until: at(50)))
        #expect(schedule.duty(at: at(50)) == .ask)
        schedule.asked(at: at(50))
        #expect(schedule.duty(at: at(51)) == .listen(until: at(60)))
        schedule.heard(at: at(52))
        #expect(schedule.duty(at: at(81)) == .listen(until: at(82)), "the answer counts")
        schedule.asked(at: at(82))
        #expect(schedule.duty(at: at(91.9)) == .listen(until: at(92)))
        #expect(schedule.duty(at: at(92)) == .leave)
    }

    @Test func withoutKeepaliveNobodyIsAsked() {
        var settings = NotificationSettings()
        settings.keepaliveInterval = nil
        #expect(listening(settings).duty(at: at(1e6)) == .listen(until: nil))
    }

    @Test func aServerThatDoesNotBeginToListenIsLeft() {
        var schedule = ListeningSchedule(NotificationSettings())
        schedule.asked(at: start)
        schedule.heard(at: at(9))
        #expect(schedule.duty(at: at(9)) == .listen(until: at(10)), "what it says otherwise does not count")
        #expect(schedule.duty(at: at(10)) == .leave)
    }

    @Test func theFirstConnectionIsTriedOnce() {
        var schedule = ListeningSchedule(NotificationSettings())
        #expect(schedule.duty(at: start) == .connect)
        schedule.failed(at: at(1), random: 0)
        #expect(schedule.duty(at: at(1)) == .giveUp)
    }

    @Test func aLostOneIsReplacedAtOnceAndThenWithPauses() {
        var schedule = listening()
        schedule.failed(at: at(5), random: 0)
        #expect(schedule.duty(at: at(5)) == .connect, "it had lasted")
        var now = 5.0
        for pause in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            schedule.began()
            schedule.failed(at: at(now), random: 0)
            #expect(schedule.duty(at: at(now)) == .rest(until: at(now + pause)))
            now += pause
            #expect(schedule.duty(at: at(now)) == .connect)
        }
        schedule.began()
        schedule.failed(at: at(now), random: 1)
        #expect(schedule.duty(at: at(now)) == .rest(until: at(now + 48)), "a fifth shorter")
    }

    // Guard: Sources/PostgresClient/Notifications/ListeningSchedule.swift: `pause = ConnectBackoff.pause(after: failur`
    @Test func oneThatBreaksAtOnceIsNotReplacedAtOnce() {
        var schedule = listening()
        schedule.failed(at: at(5), random: 0)
        for pause in [1.0, 2, 4] {
            schedule.began()
            schedule.asked(at: at(10))
            schedule.listens(at: at(10))
            schedule.failed(at: at(10.5), random: 0)
            #expect(schedule.duty(at: at(10.5)) == .rest(until: at(10.5 + pause)))
        }
        schedule.began()
        schedule.asked(at: at(20))
        schedule.listens(at: at(20))
        schedule.failed(at: at(21), random: 0)
        #expect(schedule.duty(at: at(21)) == .connect, "this one had lasted")
    }

    @Test func aLimitEndsIt() {
        var settings = NotificationSettings()
        settings.reconnectLimit = .seconds(10)
        var schedule = listening(settings)
        schedule.failed(at: at(100), random: 0)
        schedule.began()
        schedule.failed(at: at(109.5), random: 0)
        #expect(schedule.duty(at: at(109.5)) == .rest(until: at(110)), "one more attempt at the end of it")
        schedule.began()
        schedule.failed(at: at(110), random: 0)
        #expect(schedule.duty(at: at(110)) == .giveUp)
        // What could not go better is not tried again.
        var other = listening()
        other.failed(at: at(100), isFinal: true, random: 0)
        #expect(other.duty(at: at(100)) == .giveUp)
    }
}
