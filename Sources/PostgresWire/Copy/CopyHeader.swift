/// What the first line of COPY data as text or CSV is.
public enum CopyHeader: Hashable, Sendable {
    /// A row like the others.
    case none
    /// The columns' names; when they come in, they are passed over.
    case names
    /// The columns' names; when they come in, they must be those of the table. From PostgreSQL 15 on, for data that goes
    /// to the server.
    case matching
}

extension CopyHeader: ExpressibleByBooleanLiteral {
    /// `true` for ``names``.
    public init(booleanLiteral value: Bool) { self = value ? .names : .none }
}
