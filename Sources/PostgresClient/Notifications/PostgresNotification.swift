import PostgresWire

/// What a `NOTIFY` sent.
///
/// Source: PostgreSQL manual, "NOTIFY".
public struct PostgresNotification: Hashable, Sendable {
    /// The channel that it was sent to.
    public let channel: String
    /// The text that came with it; empty if none did.
    public let payload: String
    /// The server's process for the session that sent it: ``Connection/processID`` of the sender.
    public let senderProcessID: UInt32

    init(_ response: Backend.NotificationResponse) {
        channel = response.channel
        payload = response.payload
        senderProcessID = response.processID
    }
}
