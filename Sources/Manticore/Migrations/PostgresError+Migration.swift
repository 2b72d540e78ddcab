public import PostgresWire

extension PostgresError.Code {
    /// A migration file is missing, malformed or holds what cannot be run; the message names the file and the line.
    public static let migrationFile = PostgresError.Code("migration file")
    /// A version was asked for that does not exist or lies on the wrong side of the current one.
    public static let migrationTarget = PostgresError.Code("migration target")
    /// Pending migrations are older than the newest that is applied.
    public static let migrationOutOfOrder = PostgresError.Code("migration out of order")
    /// Another runner holds the lock of the migrations.
    public static let migrationLocked = PostgresError.Code("migrations locked")
    /// The table of the applied migrations cannot be trusted or understood.
    public static let migrationTable = PostgresError.Code("migrations table")
    /// A statement of a migration failed; the migration was rolled back.
    public static let migrationFailed = PostgresError.Code("migration failed")
}
