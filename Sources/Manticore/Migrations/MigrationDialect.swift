/// What the servers do not have in common, as far as migrations are concerned.
package enum MigrationDialect: Sendable {
    /// PostgreSQL: advisory locks, triggers and rules to look out for.
    case postgreSQL
    /// CockroachDB: its advisory locks lock nothing, so that a row is the lock.
    case cockroachDB
}
