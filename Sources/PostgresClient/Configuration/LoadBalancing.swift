/// In which order hosts and their addresses are tried (`load_balance_hosts`).
///
/// Source: PostgreSQL manual, "Parameter Key Words".
public enum LoadBalancing: String, Hashable, Sendable, CaseIterable {
    /// As given, and as the resolver orders them.
    case disable
    /// Shuffled, hosts first, then the addresses of each.
    case random
}
