public import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Brings a database's schema forward and back by files of SQL.
///
/// A migration is a file `<version>_<description>.sql`: forward SQL and then, after a line `-- @UNDO`, the SQL that
/// takes it back. Each one runs in a transaction of its own together with its row in the table `_migrations`, so that
/// either all of it happened or nothing. One runner works at a time, the others wait.
///
/// ```swift
/// let migration = Migration(db, directory: "./migrations")
/// try migration.create("create users table", up: "CREATE TABLE users (id INT);", down: "DROP TABLE users;")
/// let applied = try migration.migrate()
/// try migration.rollback()
/// ```
///
/// Every method exists in two forms: `try` blocks the calling thread, `try await` suspends the task.
///
/// BEGIN, COMMIT and the like, statements that cannot run in a transaction (`CREATE INDEX CONCURRENTLY`, `VACUUM`) and
/// `COPY ... FROM STDIN` are refused before anything runs. On CockroachDB a row in `_migrations_lock` keeps other
/// runners away, and schema changes may outlive the rollback of their transaction; no run against a live CockroachDB
/// has been recorded yet.
///
/// ## Topics
/// ### Files
/// ``create(_:up:down:)``, ``load()``, ``validate()``, ``MigrationFile``
/// ### Running
/// ``migrate(to:)``, ``rollback(count:)``, ``rollback(to:)``, ``MigrationEvent``
/// ### State
/// ``currentVersion()``, ``isApplied(_:)``, ``appliedMigrations()``, ``pending()``, ``status()``
public struct Migration: Sendable {
    let database: Database
    let folder: MigrationFolder
    let table: Identifier
    let lockTimeout: Duration
    let allowsOutOfOrder: Bool
    let progress: (@Sendable (MigrationEvent) -> Void)?

    /// Names a database and a folder; touches neither yet.
    ///
    /// - Parameters:
    ///   - database: where to run them.
    ///   - directory: the folder of the files; a relative path starts at the current directory of the process.
    ///   - table: the table of the applied migrations. Without a schema it is in the first schema of `search_path` that
    ///     exists.
    ///   - lockTimeout: how long to wait while another runner is at work.
    ///   - allowsOutOfOrder: whether files that are older than the newest applied migration are applied too; else they
    ///     are an error.
    ///   - progress: called with what is going on, in the thread or task that runs the migrations.
    public init(
        _ database: Database, directory: String, table: Identifier = "_migrations",
        lockTimeout: Duration = .seconds(60), allowsOutOfOrder: Bool = false,
        progress: (@Sendable (MigrationEvent) -> Void)? = nil
    ) {
        self.database = database
        folder = MigrationFolder(directory)
        self.table = table
        self.lockTimeout = lockTimeout
        self.allowsOutOfOrder = allowsOutOfOrder
        self.progress = progress
    }

    func context(token: PostgresUUID = .random(), isCockroachDB: Bool) -> MigrationContext {
        var context = MigrationContext(token: token, holder: "\(Self.hostName):\(getpid())")
        context.dialect = isCockroachDB ? .cockroachDB : .postgreSQL
        context.table = table
        context.lockTimeout = lockTimeout
        context.allowsOutOfOrder = allowsOutOfOrder
        return context
    }

    /// All files with their bytes, in the order of their versions.
    func sources() throws(PostgresError) -> [MigrationSource] {
        var sources: [MigrationSource] = []
        for file in try folder.files() { sources.append(MigrationSource(file, try folder.bytes(of: file))) }
        return sources
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown host" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The same type, for those who look for the name under which the async forms are documented elsewhere.
public typealias AsyncMigration = Migration
