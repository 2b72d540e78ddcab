import PostgresWire
import Testing

@testable import PostgresClient

struct NotificationBufferTests {
    private func event(_ number: Int) -> NotificationEvent {
        .notification(PostgresNotification(.init(processID: 1, channel: "c", payload: String(number))))
    }

    private func texts(_ buffer: inout NotificationBuffer) -> [String] {
        var texts: [String] = []
        while let event = buffer.take() {
            switch event {
            case .notification(let notification): texts.append(notification.payload)
            case .gap(.dropped(let count)): texts.append("dropped \(count)")
            case .gap(.reconnected): texts.append("reconnected")
            }
        }
        return texts
    }

    @Test func whatWaitsIsKeptInOrder() {
        var buffer = NotificationBuffer(.wait)
        for round in 0..<3 {
            for number in 0..<1000 { buffer.append(event(round * 1000 + number)) }
            #expect(texts(&buffer) == (0..<1000).map { String(round * 1000 + $0) })
        }
        #expect(buffer.count == 0)
    }

    @Test func theOlderHalfIsDroppedAndSaid() {
        var buffer = NotificationBuffer(.dropOldest(beyond: 10))
        for number in 0..<11 { buffer.append(event(number)) }
        #expect(texts(&buffer) == ["dropped 6", "6", "7", "8", "9", "10"])
        // Everything is either told or counted, whatever happens in between.
        var told = 0
        for number in 0..<1000 {
            buffer.append(number == 500 ? .gap(.reconnected(error: PostgresError(.connectionLost, ""))) : event(number))
            #expect(buffer.count <= 12)
            guard number.isMultiple(of: 3), let event = buffer.take() else { continue }
            switch event {
            case .notification: told += 1
            case .gap(.dropped(let count)): told += count
            case .gap(.reconnected): break
            }
        }
        let rest = texts(&buffer)
        told += rest.reduce(0) {
            $0 + ($1.hasPrefix("dropped ") ? Int($1.dropFirst(8)) ?? 0 : $1 == "reconnected" ? 0 : 1)
        }
        #expect(told == 999)
    }

    @Test func aLossIsNotDropped() {
        var buffer = NotificationBuffer(.dropOldest(beyond: 4))
        buffer.append(.gap(.reconnected(error: PostgresError(.connectionLost, ""))))
        for number in 0..<100 { buffer.append(event(number)) }
        let told = texts(&buffer)
        #expect(told.first == "reconnected" && told.last == "99")
    }
}
