import PostgresClient
public import PostgresWire

extension Migration {
    /// The highest version that is applied.
    ///
    /// - Returns: The version as the table has it; nil if none is applied or there is no table yet.
    /// - Throws: ``PostgresError``, with ``PostgresError/Code-swift.struct/migrationTable`` if the table is not what
    ///   it should be.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func currentVersion() throws(PostgresError) -> String? {
        try read().applied.map(\.number).max()?.text
    }

    /// The highest version that is applied; the async form of the method above.
    public func currentVersion() async throws(PostgresError) -> String? {
        try await read().applied.map(\.number).max()?.text
    }

    /// Whether a version is applied.
    ///
    /// - Parameter version: compared as a number, so that `1` and `001` are the same.
    /// - Throws: ``PostgresError``, with ``PostgresError/Code-swift.struct/migrationTarget`` if it is no version, and
    ///   as ``currentVersion()``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func isApplied(_ version: String) throws(PostgresError) -> Bool {
        let number = try MigrationCommand.version(version)
        return try read().applied.contains { $0.number == number }
    }

    /// Whether a version is applied; the async form of the method above.
    public func isApplied(_ version: String) async throws(PostgresError) -> Bool {
        let number = try MigrationCommand.version(version)
        return try await read().applied.contains { $0.number == number }
    }

    /// The migrations that are applied.
    ///
    /// - Returns: The rows of the table in the order of their versions; none if there is no table yet.
    /// - Throws: ``PostgresError`` as ``currentVersion()``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func appliedMigrations() throws(PostgresError) -> [AppliedMigration] {
        try read().applied.sorted { $0.number < $1.number }
    }

    /// The migrations that are applied; the async form of the method above.
    public func appliedMigrations() async throws(PostgresError) -> [AppliedMigration] {
        try await read().applied.sorted { $0.number < $1.number }
    }

    /// The migrations that are not applied yet, late ones too.
    ///
    /// - Returns: The files in the order of their versions.
    /// - Throws: ``PostgresError`` as ``load()`` and ``currentVersion()``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func pending() throws(PostgresError) -> [MigrationFile] {
        let sources = try sources()
        return Self.plan(sources, try read()).pending.map(\.file)
    }

    /// The migrations that are not applied yet; the async form of the method above.
    public func pending() async throws(PostgresError) -> [MigrationFile] {
        let sources = try sources()
        return Self.plan(sources, try await read()).pending.map(\.file)
    }

    /// Every migration of the folder or the table, and where it stands.
    ///
    /// - Returns: In the order of the versions.
    /// - Throws: ``PostgresError`` as ``load()`` and ``currentVersion()``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func status() throws(PostgresError) -> [MigrationStatus] {
        let sources = try sources()
        return try Self.plan(sources, try read()).statuses()
    }

    /// Every migration and where it stands; the async form of the method above.
    public func status() async throws(PostgresError) -> [MigrationStatus] {
        let sources = try sources()
        return try Self.plan(sources, try await read()).statuses()
    }

    // MARK: Both forms

    private static func plan(_ sources: [MigrationSource], _ reading: MigrationReading) -> MigrationPlan {
        MigrationPlan(sources, applied: reading.applied, table: reading.table.description)
    }

    @available(*, noasync)
    private func read() throws(PostgresError) -> MigrationReading {
        try database.withBlockingConnection { (connection) throws(PostgresError) in
            var reading = MigrationReading(context(isCockroachDB: connection.isCockroachDB))
            try MigrationDriver().run(&reading, on: connection)
            return reading
        }
    }

    private func read() async throws(PostgresError) -> MigrationReading {
        try await database.withAsyncConnection { (connection) async throws(PostgresError) in
            var reading = MigrationReading(context(isCockroachDB: connection.isCockroachDB))
            try await MigrationDriver().run(&reading, on: connection)
            return reading
        }
    }
}
