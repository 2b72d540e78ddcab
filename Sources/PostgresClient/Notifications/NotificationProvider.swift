public import PostgresWire

/// What knows where streams with connections of their own connect to: a database, a ``ConnectionPool``, a
/// ``ConnectionConfiguration``.
public protocol NotificationProvider {
    /// Where a stream has its connection from, or why there can be none.
    var notificationSource: Result<NotificationSource, PostgresError> { get }
}

extension NotificationProvider {
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
        NotificationStream(channels, settings, notificationSource)
    }

    /// The changes of some tables of CockroachDB, over a connection of its own, which is not one of the pool's.
    ///
    /// ```swift
    /// for try await event in db.changefeed("orders") {
    ///     if case .change(let change) = event { print(change.table, change.keyJSON as Any) }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - tables: The tables' names as they are, capitals and all.
    ///   - options: What is told, and from when on.
    public func changefeed(
        _ tables: String..., options: ChangefeedOptions = ChangefeedOptions()
    ) -> ChangefeedStream {
        changefeed(tables.map { Identifier($0) }, options: options)
    }

    /// The changes of some tables of CockroachDB, over a connection of its own, which is not one of the pool's.
    public func changefeed(
        _ tables: [Identifier], options: ChangefeedOptions = ChangefeedOptions()
    ) -> ChangefeedStream {
        ChangefeedStream(tables, options, notificationSource)
    }
}

extension ConnectionConfiguration: NotificationProvider {
    public var notificationSource: Result<NotificationSource, PostgresError> { .success(NotificationSource(self)) }
}
