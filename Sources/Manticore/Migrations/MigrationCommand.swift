package import PostgresWire

/// What a run of migrations is asked to do.
package enum MigrationCommand: Sendable {
    /// Applies what is pending, up to and with a version.
    case migrate(to: MigrationVersion?)
    /// Takes back the newest applications.
    case rollback(count: Int)
    /// Takes back everything with a higher version.
    case rollbackTo(MigrationVersion)

    /// Reads a version that someone asked for.
    package static func version(_ text: String) throws(PostgresError) -> MigrationVersion {
        guard let version = MigrationVersion(text) else {
            throw PostgresError(
                .migrationTarget, "\"\(text)\" is no version: a version is digits, as in 20230101120000")
        }
        return version
    }
}
