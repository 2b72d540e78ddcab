public import PostgresWire

/// A migration that has been applied, as the table of migrations has it.
public struct AppliedMigration: Sendable {
    /// The version.
    public var version: String { number.text }
    /// The description with spaces, as in `create users table`.
    public let description: String
    /// When it was applied, by the server's clock.
    public let appliedAt: PostgresTimestampWithTimeZone
    /// SHA-256 of the file as it was then, in hexadecimal, without regard to line ends; nil if it was not recorded.
    public let checksum: String?
    /// How long it took; nil if it was not recorded.
    public let duration: Duration?
    /// How many statements it had; nil if it was not recorded.
    public let statements: Int?

    package let number: MigrationVersion
    /// The undo SQL that the file had then.
    package let undoText: String?
    /// The run that applied it.
    package let runToken: PostgresUUID?
    /// The order of application; nil for what another program applied, which counts as earlier.
    package let sequence: Int64?

    package init(
        _ number: MigrationVersion, _ description: String, appliedAt: PostgresTimestampWithTimeZone,
        checksum: String? = nil, duration: Duration? = nil, statements: Int? = nil, undoText: String? = nil,
        runToken: PostgresUUID? = nil, sequence: Int64? = nil
    ) {
        self.number = number
        self.description = description
        self.appliedAt = appliedAt
        self.checksum = checksum
        self.duration = duration
        self.statements = statements
        self.undoText = undoText
        self.runToken = runToken
        self.sequence = sequence
    }

    /// Whether this one was applied before the other.
    package func precedes(_ other: AppliedMigration) -> Bool {
        if sequence != other.sequence { return (sequence ?? .min) < (other.sequence ?? .min) }
        if appliedAt != other.appliedAt { return appliedAt < other.appliedAt }
        return number < other.number
    }
}
