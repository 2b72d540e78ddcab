/// Where a session stands between two statements.
///
/// Source: PostgreSQL manual, "Message Formats", ReadyForQuery.
public enum TransactionStatus: UInt8, Hashable, Sendable {
    /// Not in a transaction block.
    case idle = 0x49
    /// In a transaction block.
    case inTransaction = 0x54
    /// In a transaction block that failed; only its end is accepted.
    case failed = 0x45
}
