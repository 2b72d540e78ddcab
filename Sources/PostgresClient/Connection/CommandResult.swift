/// What a statement did, as the server says it.
public struct CommandResult: Hashable, Sendable {
    /// The tag, as `UPDATE 3`.
    public let tag: CommandTag

    /// How many rows were inserted, updated, deleted or returned; 0 where the tag has no number.
    public var rowsAffected: Int { tag.rowCount ?? 0 }

    package init(tag: CommandTag) {
        self.tag = tag
    }
}
