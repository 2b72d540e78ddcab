/// A database: what an application holds.
///
/// Opens nothing until it is used, then keeps a pool of connections. `Sendable`: make one and share it. Every method
/// exists in two forms under one name: `try` blocks the calling thread, `try await` suspends the task.
///
/// ```swift
/// let db = try Database(url: "postgresql://app@localhost:26257/bank?sslmode=verify-full")
/// defer { db.close() }
/// let user = try db.insert("users", ["name": "Ann", "age": 30])
/// print(try user["id"], try db.count("users", where: ["active": true]))
/// ```
public final class Database: Sendable {
    // A configuration that cannot be resolved is reported by the first use: making a Database never fails for what comes
    // from the environment.
    private let source: Result<ConnectionPool, PostgresError>

    /// Makes a database from a connection string, a URL or libpq's `keyword=value` form.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidConfiguration``, which says what is wrong with it.
    public convenience init(
        url: String, minConnections: Int = 0, maxConnections: Int = 10
    ) throws(PostgresError) {
        self.init(
            try ConnectionConfiguration(connectionString: url),
            Database.limits(minConnections, maxConnections))
    }

    /// Makes a database from its parts; what is left out comes from the `PG*` environment variables, then libpq's defaults.
    public convenience init(
        database: String? = nil, host: String? = nil, port: Int? = nil, user: String? = nil, password: String? = nil,
        sslmode: SSLMode? = nil, minConnections: Int = 0, maxConnections: Int = 10, applicationName: String? = nil,
        connectTimeout: Duration? = nil
    ) {
        let result = Result { () throws(PostgresError) in
            try ConnectionConfiguration.resolve(
                host: host, port: port, user: user, password: password, database: database, sslmode: sslmode,
                applicationName: applicationName, connectTimeout: connectTimeout)
        }
        self.init(result.map { ConnectionPool($0, Database.limits(minConnections, maxConnections)) })
    }

    /// Makes a database from a configuration.
    public convenience init(_ configuration: ConnectionConfiguration, _ limits: PoolConfiguration = PoolConfiguration())
    {
        self.init(.success(ConnectionPool(configuration, limits)))
    }

    private init(_ source: Result<ConnectionPool, PostgresError>) {
        self.source = source
    }

    private static func limits(_ minimum: Int, _ maximum: Int) -> PoolConfiguration {
        var limits = PoolConfiguration()
        limits.minConnections = minimum
        limits.maxConnections = maximum
        return limits
    }

    /// Makes a database from `DATABASE_URL`, else from the `PG*` environment variables.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidConfiguration`` if they make no sense.
    public static func fromEnvironment() throws(PostgresError) -> Database {
        Database(try ConnectionConfiguration.fromEnvironment())
    }

    /// The connections.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidConfiguration`` if there is no configuration to make them from.
    public var pool: ConnectionPool {
        get throws(PostgresError) { try source.get() }
    }

    // MARK: - Life

    /// Connects now instead of at the first use; opens `minConnections`, at least one.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func connect() throws(PostgresError) {
        let pool = try pool
        var leased: [Connection] = []
        defer { for connection in leased { pool.takeBack(connection) } }
        for _ in 0..<max(1, min(pool.limits.minConnections, pool.limits.maxConnections)) {
            leased.append(try pool.leaseBlocking())
        }
    }

    /// Connects now instead of at the first use; the async form of the method above.
    public func connect() async throws(PostgresError) {
        let pool = try pool
        var leased: [Connection] = []
        defer { for connection in leased { pool.takeBack(connection) } }
        for _ in 0..<max(1, min(pool.limits.minConnections, pool.limits.maxConnections)) {
            leased.append(try await pool.leaseAsync())
        }
    }

    /// Ends: no further use, idle connections close now, those in use when they come back. Never waits, so that it can
    /// stand in a `defer`, in async code too.
    public func close() {
        try? source.get().close()
    }

    /// Ends, and waits on the calling thread until what is running has come to its end.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/timedOut`` if that takes longer than `limit`.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func shutdown(within limit: Duration? = nil) throws(PostgresError) {
        try pool.shutdown(within: limit)
    }

    /// Ends, and suspends the task until what is running has come to its end.
    public func shutdown(within limit: Duration? = nil) async throws(PostgresError) {
        try await pool.shutdown(within: limit)
    }

    // MARK: - Scopes

    /// Lends a connection to `body`; a transaction that it leaves open is rolled back.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withConnection<R>(_ body: (Connection) throws -> R) throws -> R {
        try pool.withConnection(body)
    }

    /// Lends a connection to `body`; the async form of the method above.
    public func withConnection<R>(
        _ body: nonisolated(nonsending) (Connection) async throws -> R
    ) async throws -> R {
        try await pool.withConnection(body)
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws, and runs it again when the server
    /// asks for that (SQLSTATE 40001 and 40P01).
    ///
    /// ```swift
    /// try db.transaction(isolation: .serializable) { tx in
    ///     try tx.update("accounts", ["balance": 0], where: ["id": 7])
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - isolation: The isolation level; the server's default if nil.
    ///   - retry: How often it is tried; 10 times within a minute by default.
    ///   - body: What to do. It may run more than once, so it should have no other effects.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, as it is; ``PostgresError/Code-swift.struct/transactionRolledBack`` if the server rolled back
    ///   although it was told to commit; ``PostgresError/Code-swift.struct/outcomeUnknown`` if the connection was lost while it did.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel? = nil, retry: RetryPolicy = RetryPolicy(), _ body: (Transaction) throws -> R
    ) throws -> R {
        try pool.withConnection { connection in
            try connection.transaction(isolation: isolation, retry: retry, body)
        }
    }

    /// Runs `body` in a transaction; the async form of the method above.
    @discardableResult
    public func transaction<R>(
        isolation: IsolationLevel? = nil, retry: RetryPolicy = RetryPolicy(),
        _ body: nonisolated(nonsending) (Transaction) async throws -> R
    ) async throws -> R {
        try await pool.withConnection { connection in
            try await connection.transaction(isolation: isolation, retry: retry, body)
        }
    }
}

extension Database: ConnectionProvider {
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withBlockingConnection<Value>(
        _ body: (Connection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        try pool.withBlockingConnection(body)
    }

    public func withAsyncConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await pool.withAsyncConnection(body)
    }

    public var streamSource: StreamSource {
        StreamSource(
            lendBlocking: { (limit) throws(PostgresError) in try self.pool.leaseBlocking(until: limit) },
            lendAsync: { (limit) async throws(PostgresError) in try await self.pool.leaseAsync(until: limit) },
            takeBack: { connection in try? self.source.get().takeBack(connection) },
            settleBlocking: { connection in try? self.source.get().settleBlocking(connection) },
            settleAsync: { connection in try? await self.source.get().settleAsync(connection) })
    }
}

extension Database: NotificationProvider {
    public var notificationSource: Result<NotificationSource, PostgresError> { source.flatMap(\.notificationSource) }
}

/// The word that the Python guide uses; the async forms are the same members with `await`.
public typealias AsyncDatabase = Database
