/// What a run of migrations is doing, for whoever wants to show it.
///
/// More cases may come in later versions: switch over it with a `default`.
public enum MigrationEvent: Sendable {
    /// Another runner has the lock; said once.
    case waitingForLock
    /// A migration is about to be applied, the `number`th of `count` in this run.
    case applying(version: String, description: String, number: Int, count: Int)
    /// A migration was applied and committed.
    case applied(version: String, description: String, statements: Int, duration: Duration)
    /// A migration is about to be taken back, the `number`th of `count` in this run.
    case rollingBack(version: String, description: String, number: Int, count: Int)
    /// A migration was taken back, and that is committed.
    case rolledBack(version: String, description: String, statements: Int, duration: Duration)
    /// A migration failed and left nothing behind; the error follows.
    case failed(version: String, description: String)
}
