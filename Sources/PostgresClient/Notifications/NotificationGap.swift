/// Why notifications may be missing in a ``NotificationStream``.
public enum NotificationGap: Sendable, CustomStringConvertible {
    /// The connection was lost because of `error`, and there is a new one that listens by now. Servers keep no
    /// notifications for those who are away.
    case reconnected(error: PostgresError)
    /// So many notifications waited that the oldest had to go, as ``NotificationSettings/Overflow/dropOldest(beyond:)``
    /// says: `count` of them.
    case dropped(count: Int)

    public var description: String {
        switch self {
        case .reconnected(let error): "the connection was lost and made anew (\(error.message))"
        case .dropped(let count): "\(count) notifications were dropped, since more waited than may"
        }
    }
}
