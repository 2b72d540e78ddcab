/// How TCP finds out that the other side is gone; `nil` leaves the system's own value.
///
/// They say nothing for a Unix socket.
///
/// Source: PostgreSQL manual, "Parameter Key Words": `keepalives` to `tcp_user_timeout`.
public struct KeepaliveSettings: Hashable, Sendable {
    /// Whether keepalive probes are sent.
    public var isEnabled = true
    /// How long the connection may be silent before the first probe; whole seconds.
    public var idle: Duration?
    /// How long to wait for an answer before the next probe; whole seconds.
    public var interval: Duration?
    /// How many unanswered probes end the connection.
    public var count: Int?
    /// How long sent bytes may stay unacknowledged before the connection ends; whole milliseconds.
    public var userTimeout: Duration?

    /// Makes libpq's defaults: probes are sent, at the times that the system is set to.
    public init() {}
}
