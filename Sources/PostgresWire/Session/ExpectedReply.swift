/// What the server still owes an answer to, in the order in which it was asked.
public enum ExpectedReply: UInt8, Hashable, Sendable, CaseIterable {
    /// Parse: ParseComplete.
    case parse
    /// Bind: BindComplete.
    case bind
    /// Close: CloseComplete.
    case close
    /// Describe of a statement: ParameterDescription, then as for ``describeRows``.
    case describeStatement
    /// Describe of a portal, or the second half of a statement's: RowDescription or NoData.
    case describeRows
    /// Execute: rows, then CommandComplete, EmptyQueryResponse or PortalSuspended; or a COPY.
    case execute
    /// Sync: ReadyForQuery.
    case sync
    /// Query: anything that statements answer, then ReadyForQuery.
    case simpleQuery
}
