/// One migration and where it stands: in the folder, in the database, or in both.
public struct MigrationStatus: Sendable {
    /// Where a migration stands.
    public enum State: Sendable, Hashable {
        /// It is applied, and its file is there.
        case applied
        /// It is applied, but there is no file of that version.
        case missingFile
        /// It is not applied, and newer than everything that is.
        case pending
        /// It is not applied, although a newer one is.
        case outOfOrder
    }

    /// Where it stands.
    public let state: State
    /// The file, if there is one.
    public let file: MigrationFile?
    /// The table's row, if it is applied.
    public let applied: AppliedMigration?
    /// The version, as the file has it if there is one.
    public let version: String
    /// The description, as the file has it if there is one.
    public let description: String
    /// Whether the file was edited after it was applied, line ends apart; false where there is nothing to compare.
    public let isEdited: Bool

    package init(state: State, file: MigrationFile?, applied: AppliedMigration?, isEdited: Bool = false) {
        self.state = state
        self.isEdited = isEdited
        self.file = file
        self.applied = applied
        version = file?.version ?? applied?.version ?? ""
        description = file?.description ?? applied?.description ?? ""
    }
}
