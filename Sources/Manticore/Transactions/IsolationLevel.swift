/// How much of other transactions a transaction sees.
///
/// Source: PostgreSQL manual, "Transaction Isolation".
public enum IsolationLevel: String, Hashable, Sendable, CaseIterable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}
