/// What the statements of a pipeline have to do with one another.
public enum PipelineMode: Sendable {
    /// One Sync at the end: outside a transaction block all statements are one transaction, and the first that fails
    /// undoes those before it and has the server skip those after it.
    case atomic
    /// A Sync after each statement: outside a transaction block each is a transaction of its own, and one that fails
    /// leaves the others alone.
    case independent
}
