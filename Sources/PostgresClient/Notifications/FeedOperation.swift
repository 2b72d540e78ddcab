/// An operation that is run again for each event; it comes to nil at its end, or where none came in time.
protocol FeedOperation: Operation where Output == Event? {
    associatedtype Event

    /// Whether nothing more will come.
    var hasEnded: Bool { get }

    /// Closes its connection.
    mutating func close()
}

extension ListeningOperation: FeedOperation {
    typealias Event = NotificationEvent
}

extension ChangefeedOperation: FeedOperation {
    typealias Event = ChangefeedEvent
}
