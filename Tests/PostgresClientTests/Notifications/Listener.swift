import PostgresClient

/// A stream of notifications that is read by one of the two faces.
struct Listener {
    let stream: NotificationStream
    let face: Face

    init(_ stream: NotificationStream, _ face: Face) {
        self.stream = stream
        self.face = face
    }

    func listen() async throws(PostgresError) {
        switch face {
        case .blocking: try blockingListen()
        case .suspending: try await stream.listen()
        }
    }

    private func blockingListen() throws(PostgresError) { try stream.listen() }

    func next() async throws(PostgresError) -> NotificationEvent? {
        switch face {
        case .blocking: try blockingNext()
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext() throws(PostgresError) -> NotificationEvent? { try stream.next() }

    func next(within limit: Duration) async throws(PostgresError) -> NotificationEvent? {
        switch face {
        case .blocking: try blockingNext(within: limit)
        case .suspending: try await stream.next(within: limit)
        }
    }

    private func blockingNext(within limit: Duration) throws(PostgresError) -> NotificationEvent? {
        try stream.next(within: limit)
    }

    /// The payload of the next event, which must be a notification.
    func payload() async throws(PostgresError) -> String? { try await next()?.notification?.payload }

    /// Whether the next event tells that the connection was lost and made anew.
    func tellsOfReconnection() async throws(PostgresError) -> Bool {
        if case .gap(.reconnected)? = try await next() { true } else { false }
    }
}
