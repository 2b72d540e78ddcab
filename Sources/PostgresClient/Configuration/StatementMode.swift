/// How statements are run: what is prepared, and for how long.
///
/// Between a client and PostgreSQL itself ``cached`` is right. A pooler that hands a session to another of the server's
/// connections after every transaction, as PgBouncer does in transaction mode, loses prepared statements on the way;
/// every other mode leaves none behind.
///
/// ```swift
/// var configuration = try ConnectionConfiguration(url: "postgresql://app@pooler:6432/bank")
/// configuration.statementMode = .described
/// ```
///
/// Source: PostgreSQL manual, "Extended Query"; PgBouncer, "Features by pooling mode".
public enum StatementMode: String, Hashable, Sendable, CaseIterable {
    /// A statement is prepared when it comes for the first time, and kept: from then on it takes one round trip, without
    /// parsing.
    case cached
    /// A statement is parsed and described each time, without a name: two round trips, nothing left on the server.
    case described
    /// As ``described`` the first time; the types of the columns are kept by the client, and from then on everything
    /// goes in one round trip, parsed each time, without a name.
    case unnamed
    /// The simple protocol: one round trip, all values as text, statements without parameters only.
    case simple
}
