import PostgresClient
public import PostgresWire

extension Migration {
    /// Applies pending migrations in the order of their versions.
    ///
    /// ```swift
    /// let count = try migration.migrate(to: "20230101120000")
    /// ```
    ///
    /// - Parameter target: the last version to apply; nil means all.
    /// - Returns: How many were applied. If the connection is lost at a COMMIT, one more run on a new connection
    ///   finds out what became of it, and goes on.
    /// - Throws: ``PostgresError``, before anything runs with
    ///   - ``PostgresError/Code-swift.struct/migrationTarget`` if there is no such version, or it is lower than the
    ///     current one,
    ///   - ``PostgresError/Code-swift.struct/migrationOutOfOrder`` if files are older than the newest applied
    ///     migration,
    ///   - ``PostgresError/Code-swift.struct/migrationFile`` if a file is malformed or holds what cannot be run,
    ///   - ``PostgresError/Code-swift.struct/migrationTable`` if the table of migrations is not what it should be,
    ///   - ``PostgresError/Code-swift.struct/migrationLocked`` if another runner did not finish in time;
    ///
    ///   later with ``PostgresError/Code-swift.struct/migrationFailed``, which names file, line and column of the
    ///   statement; its migration is rolled back then, and earlier ones stay applied.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func migrate(to target: String? = nil) throws(PostgresError) -> Int {
        try run(try Self.migrateCommand(target))
    }

    /// Applies pending migrations; the async form of the method above.
    @discardableResult
    public func migrate(to target: String? = nil) async throws(PostgresError) -> Int {
        try await run(try Self.migrateCommand(target))
    }

    /// Takes back the migrations that were applied last, in the reverse order of their application.
    ///
    /// - Parameter count: how many; more than there are means all, 0 does nothing.
    /// - Returns: How many were taken back.
    /// - Throws: ``PostgresError``, before anything runs with ``PostgresError/Code-swift.struct/migrationFile`` if
    ///   one of them has no undo SQL, with ``PostgresError/Code-swift.struct/invalidArgument`` if `count` is negative;
    ///   otherwise as ``migrate(to:)``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func rollback(count: Int = 1) throws(PostgresError) -> Int {
        try Self.check(count)
        return count == 0 ? 0 : try run(.rollback(count: count))
    }

    /// Takes back the migrations that were applied last; the async form of the method above.
    @discardableResult
    public func rollback(count: Int = 1) async throws(PostgresError) -> Int {
        try Self.check(count)
        return count == 0 ? 0 : try await run(.rollback(count: count))
    }

    /// Takes back all migrations with a higher version, in the reverse order of their application.
    ///
    /// - Parameter target: the version to go back to, which stays applied.
    /// - Returns: How many were taken back.
    /// - Throws: ``PostgresError``, before anything runs with ``PostgresError/Code-swift.struct/migrationTarget`` if
    ///   that version is not applied; otherwise as ``rollback(count:)``.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func rollback(to target: String) throws(PostgresError) -> Int {
        try run(.rollbackTo(try MigrationCommand.version(target)))
    }

    /// Takes back all migrations with a higher version; the async form of the method above.
    @discardableResult
    public func rollback(to target: String) async throws(PostgresError) -> Int {
        try await run(.rollbackTo(try MigrationCommand.version(target)))
    }

    // MARK: Both forms

    private static func migrateCommand(_ target: String?) throws(PostgresError) -> MigrationCommand {
        guard let target else { return .migrate(to: nil) }
        return .migrate(to: try MigrationCommand.version(target))
    }

    private static func check(_ count: Int) throws(PostgresError) {
        if count < 0 {
            throw PostgresError(.invalidArgument, "\(count) migrations cannot be rolled back: the count is negative")
        }
    }

    @available(*, noasync)
    private func run(_ command: MigrationCommand) throws(PostgresError) -> Int {
        let sources = try sources()
        let token = PostgresUUID.random()
        do throws(PostgresError) {
            return try run(command, sources, token)
        } catch {
            guard Self.canFindOut(after: error, command) else { throw error }
            do throws(PostgresError) {
                return try run(command, sources, token)
            } catch let second {
                throw Self.choose(error, second)
            }
        }
    }

    private func run(_ command: MigrationCommand) async throws(PostgresError) -> Int {
        let sources = try sources()
        let token = PostgresUUID.random()
        do throws(PostgresError) {
            return try await run(command, sources, token)
        } catch {
            guard Self.canFindOut(after: error, command), !Task.isCancelled else { throw error }
            do throws(PostgresError) {
                return try await run(command, sources, token)
            } catch let second {
                throw Self.choose(error, second)
            }
        }
    }

    @available(*, noasync)
    private func run(
        _ command: MigrationCommand, _ sources: [MigrationSource], _ token: PostgresUUID
    ) throws(PostgresError) -> Int {
        try database.withBlockingConnection { (connection) throws(PostgresError) in
            var run = MigrationRun(
                command, sources, context(token: token, isCockroachDB: connection.isCockroachDB))
            try MigrationDriver(progress: progress).run(&run, on: connection)
            return run.count
        }
    }

    private func run(
        _ command: MigrationCommand, _ sources: [MigrationSource], _ token: PostgresUUID
    ) async throws(PostgresError) -> Int {
        try await database.withAsyncConnection { (connection) async throws(PostgresError) in
            var run = MigrationRun(
                command, sources, context(token: token, isCockroachDB: connection.isCockroachDB))
            try await MigrationDriver(progress: progress).run(&run, on: connection)
            return run.count
        }
    }

    /// Whether running again settles what became of a commit: it takes the lock, which only a dead session gives up,
    /// and counts the rows that bear this run's token. A rollback leaves no row to tell by.
    private static func canFindOut(after error: PostgresError, _ command: MigrationCommand) -> Bool {
        guard case .migrate = command else { return false }
        return error.code == .outcomeUnknown
    }

    /// A second run that did not get as far as to settle anything must not hide that the outcome is unknown.
    private static func choose(_ first: PostgresError, _ second: PostgresError) -> PostgresError {
        second.code == .migrationFailed || second.code == .transactionRolledBack ? second : first
    }
}
