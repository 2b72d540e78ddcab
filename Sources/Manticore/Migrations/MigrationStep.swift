package import PostgresWire

/// One migration to apply or to take back, with everything that it takes.
package struct MigrationStep: Sendable {
    /// In which direction.
    package enum Direction: Sendable {
        /// Applies it and records it.
        case apply(checksum: String, undoText: String?)
        /// Takes it back and removes its row.
        case revert
    }

    package let direction: Direction
    /// The version as the table has it, or is to have it.
    package let version: String
    package let description: String
    package let statements: [SQLStatement]
    /// Where the statements are from, for messages: the file.
    package let origin: String
}
