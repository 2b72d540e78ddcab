extension Database {
    /// The notifications of some channels, over a connection of its own, which is not one of the pool's.
    ///
    /// ```swift
    /// let stream = db.notifications("jobs", "prices")
    /// while let event = try stream.next() {
    ///     switch event {
    ///     case .notification(let notification): print(notification.channel, notification.payload)
    ///     case .gap: print("some may be missing")
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - channels: The channels' names as they are, capitals and all: at most 63 bytes each.
    ///   - settings: How the connection is kept, and what happens to notifications that nobody takes.
    public func notifications(
        _ channels: String..., settings: NotificationSettings = NotificationSettings()
    ) -> NotificationStream {
        notifications(channels, settings: settings)
    }

    /// The notifications of some channels, over a connection of its own, which is not one of the pool's.
    public func notifications(
        _ channels: [String], settings: NotificationSettings = NotificationSettings()
    ) -> NotificationStream {
        NotificationStream(channels, settings, ownConnections)
    }

    /// Where streams have connections of their own from.
    var ownConnections: Result<NotificationSource, PostgresError> {
        Result { () throws(PostgresError) in try pool.notificationSource }
    }
}
