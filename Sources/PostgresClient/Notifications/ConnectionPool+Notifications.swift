extension ConnectionPool {
    /// The notifications of some channels, over a connection of its own.
    ///
    /// ```swift
    /// for try await event in db.notifications("jobs") {
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
        NotificationStream(channels, settings, .success(notificationSource))
    }
}

extension ConnectionConfiguration {
    /// The notifications of some channels, over a connection of its own.
    public func notifications(
        _ channels: String..., settings: NotificationSettings = NotificationSettings()
    ) -> NotificationStream {
        notifications(channels, settings: settings)
    }

    /// The notifications of some channels, over a connection of its own.
    public func notifications(
        _ channels: [String], settings: NotificationSettings = NotificationSettings()
    ) -> NotificationStream {
        NotificationStream(channels, settings, .success(NotificationSource(self)))
    }
}
