/// What a session must be able to do for its server to be taken (`target_session_attrs`).
///
/// Source: PostgreSQL manual, "Parameter Key Words".
public enum TargetSessionAttributes: String, Hashable, Sendable, CaseIterable {
    /// Anything.
    case any
    /// Transactions can write unless they say otherwise: no standby, and no `default_transaction_read_only`.
    case readWrite = "read-write"
    /// Transactions cannot write unless they say otherwise.
    case readOnly = "read-only"
    /// The server is not in hot standby.
    case primary
    /// The server is in hot standby.
    case standby
    /// A standby first, but any server if there is none.
    case preferStandby = "prefer-standby"
}
