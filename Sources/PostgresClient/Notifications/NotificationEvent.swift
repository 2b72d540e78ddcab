/// What a ``NotificationStream`` tells: a notification, or that some may be missing.
///
/// A gap is an element of its own and not a mark on the next notification, since there may never be a next one: whoever
/// keeps a state up to date by notifications has to load it anew as soon as some may have been missed.
///
/// ```swift
/// let stream = db.notifications("jobs")
/// while let event = try stream.next() {
///     switch event {
///     case .notification(let notification): print(notification.payload)
///     case .gap(let gap): print("load everything anew:", gap)
///     }
/// }
/// ```
public enum NotificationEvent: Sendable {
    /// A notification.
    case notification(PostgresNotification)
    /// Notifications that were sent before this moment and after the last one may be missing; from now on they come again.
    case gap(NotificationGap)

    /// The notification, if it is one.
    public var notification: PostgresNotification? {
        if case .notification(let notification) = self { notification } else { nil }
    }
}
