package import PostgresWire

/// A migration file that has been read, with its text still to be understood.
///
/// The text is looked at only when it is needed: a file that was applied long ago may well hold what would be refused
/// today.
package struct MigrationSource: Sendable {
    package let file: MigrationFile
    package let bytes: [UInt8]

    package init(_ file: MigrationFile, _ bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }

    package var number: MigrationVersion { file.number }

    /// What the file says.
    package func text() throws(PostgresError) -> MigrationText {
        try MigrationText(bytes, path: file.path)
    }
}
