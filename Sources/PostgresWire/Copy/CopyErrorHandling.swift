/// What the server does with a row whose values it cannot read.
///
/// Source: PostgreSQL manual, "COPY", `ON_ERROR`.
public enum CopyErrorHandling: Hashable, Sendable {
    /// The COPY fails, and none of its rows are there.
    case stop
    /// The row is left out, and at the end a notice says how many were. From PostgreSQL 17 on, not in binary.
    case ignore
    /// As ``ignore``, up to so many rows. From PostgreSQL 18 on.
    case ignoreUpTo(Int)
}
