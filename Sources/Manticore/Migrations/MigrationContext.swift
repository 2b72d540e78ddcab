package import PostgresWire

/// What a run starts from, all of it from outside: who we are, on what server, and our random numbers.
package struct MigrationContext: Sendable {
    package var dialect = MigrationDialect.postgreSQL
    /// The table, with its schema if the user named one.
    package var table: Identifier = "_migrations"
    package var lockTimeout = MigrationLock.defaultTimeout
    package var allowsOutOfOrder = false
    /// Written beside every migration that this run applies.
    package var token: PostgresUUID
    /// Who this is, as `host:pid`.
    package var holder: String

    package init(token: PostgresUUID, holder: String) {
        self.token = token
        self.holder = holder
    }
}
