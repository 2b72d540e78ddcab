/// What a ``NotificationStream`` has received and nobody has taken, in order and bounded.
struct NotificationBuffer {
    private var events: [NotificationEvent] = []
    private var head = 0
    private let limit: Int

    init(_ overflow: NotificationSettings.Overflow) {
        limit =
            switch overflow {
            case .wait: .max
            case .dropOldest(let limit): max(1, limit)
            }
    }

    var count: Int { events.count - head }

    mutating func append(_ event: NotificationEvent) {
        // At most half of the memory is that of events that were taken.
        if head > 64, head * 2 > events.count {
            events.removeFirst(head)
            head = 0
        }
        events.append(event)
        if count > limit { dropOlderHalf() }
    }

    /// Half of them, so that a stream that cannot keep up is told so now and then and not with every notification.
    private mutating func dropOlderHalf() {
        let firstKept = events.count - max(1, limit / 2)
        var dropped = 0
        var reconnection: NotificationEvent?
        for event in events[head..<firstKept] {
            switch event {
            case .notification: dropped += 1
            case .gap(.dropped(let count)): dropped += count
            case .gap(.reconnected): reconnection = event
            }
        }
        let kept = events[firstKept...]
        events = (reconnection.map { [$0] } ?? []) + [.gap(.dropped(count: dropped))] + kept
        head = 0
    }

    /// The oldest.
    mutating func take() -> NotificationEvent? {
        guard head < events.count else { return nil }
        defer {
            head += 1
            if head == events.count {
                events.removeAll(keepingCapacity: events.count <= 1024)
                head = 0
            }
        }
        return events[head]
    }
}
