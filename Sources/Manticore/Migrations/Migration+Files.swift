public import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Migration {
    /// Writes a new migration into the folder, which is made if need be.
    ///
    /// ```swift
    /// let file = try migration.create("add age column", up: "ALTER TABLE users ADD age INT;", down: nil)
    /// print(file.path)  // ./migrations/20230102130000_add_age_column.sql
    /// ```
    ///
    /// - Parameters:
    ///   - description: what it does; letters other than `a` to `z` and digits separate words in the file's name.
    ///   - up: the SQL that applies it; empty for a file to be filled in.
    ///   - down: the SQL that takes it back; nil if nothing does, and it cannot be rolled back then.
    /// - Returns: The file. Its version is the time in UTC as 14 digits, or one second after the highest version in
    ///   the folder if that is later.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` if the SQL could not be run
    ///   from a migration or the file cannot be written, with ``PostgresError/Code-swift.struct/invalidArgument`` if no
    ///   name can be made of the description. Nothing that exists is overwritten.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func create(_ description: String, up: String, down: String?) throws(PostgresError) -> MigrationFile {
        try write(description, up, down)
    }

    /// Writes a new migration into the folder; the async form of the method above.
    @discardableResult
    public func create(_ description: String, up: String, down: String?) async throws(PostgresError) -> MigrationFile {
        try write(description, up, down)
    }

    /// Reads the names of all migrations; needs no database.
    ///
    /// - Returns: The files in the order of their versions.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` that names every file whose
    ///   name is malformed or whose version is there twice, or the folder if that cannot be read.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func load() throws(PostgresError) -> [MigrationFile] {
        try folder.files()
    }

    /// Reads the names of all migrations; the async form of the method above.
    public func load() async throws(PostgresError) -> [MigrationFile] {
        try folder.files()
    }

    /// Checks names and texts of all migrations as far as that is possible without a database.
    ///
    /// - Returns: The files in the order of their versions.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` that names every file that
    ///   could not be run, with its line.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func validate() throws(PostgresError) -> [MigrationFile] {
        try check()
    }

    /// Checks names and texts of all migrations; the async form of the method above.
    @discardableResult
    public func validate() async throws(PostgresError) -> [MigrationFile] {
        try check()
    }

    private func check() throws(PostgresError) -> [MigrationFile] {
        let sources = try sources()
        _ = try MigrationPlan(sources, applied: [], table: "").steps(for: .migrate(to: nil))
        return sources.map(\.file)
    }

    private func write(_ description: String, _ up: String, _ down: String?) throws(PostgresError) -> MigrationFile {
        let draft = try MigrationDraft(description, forward: up, undo: down)
        return try folder.write(draft.text, at: Self.now) { "\($0)_\(draft.slug).sql" }
    }

    /// The time in UTC.
    private static var now: PostgresTimestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let secondsFrom1970To2000: Int64 = 946_684_800
        return PostgresTimestamp(
            microsecondsSince2000: (Int64(time.tv_sec) - secondsFrom1970To2000) * 1_000_000 + Int64(time.tv_nsec) / 1000
        )
    }
}
