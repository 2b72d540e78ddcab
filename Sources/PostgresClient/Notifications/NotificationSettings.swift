/// How a ``NotificationStream`` keeps its connection, and what it does with notifications that nobody takes.
public struct NotificationSettings: Sendable, Hashable {
    /// What happens to notifications that come faster than they are taken.
    public enum Overflow: Sendable, Hashable {
        /// They wait: a bufferful of some ten kilobytes in memory, the next in the sockets, all others at the server,
        /// whose queue they share with those of everybody else. Nothing is dropped.
        case wait
        /// They are all received with every `next()`, so that the server's queue need not keep them, and when more than
        /// `beyond` wait, the older half of them goes. A ``NotificationGap/dropped(count:)`` stands in their place.
        case dropOldest(beyond: Int)
    }

    /// What happens to notifications that come faster than they are taken.
    public var overflow = Overflow.wait

    /// How long the server may be silent before it is asked whether it is there, by a query without a statement; nil
    /// for never. Only somebody who waits for a notification asks.
    public var keepaliveInterval: Duration? = .seconds(30)

    /// How long the server may take to answer that, and to begin to listen, before the connection is taken for lost.
    public var keepaliveTimeout = Duration.seconds(10)

    /// How long a lost connection is tried to be made anew before the stream ends with the error; nil for as long as it
    /// takes. The first attempt follows at once, the others after pauses of 1 s, 2 s, 4 s, … up to a minute, each up to
    /// a fifth shorter by chance.
    public var reconnectLimit: Duration?

    public init() {}
}
