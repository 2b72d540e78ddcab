/// A query under way inside a transaction block, whose rows are fetched some at a time; between two fetches the connection
/// can be used for other statements.
///
/// It ends with the transaction. A plain `stream` needs less round trips where nothing else is run meanwhile.
///
/// ```swift
/// try db.transaction { tx in
///     let portal = try tx.portal("SELECT id FROM users ORDER BY id")
///     while case let ids = try portal.fetch(1000, as: Int64.self), !ids.isEmpty {
///         try tx.execute("UPDATE users SET seen = now() WHERE id = ANY (\(ids))")
///     }
/// }
/// ```
///
/// Source: PostgreSQL manual, "Message Flow", "Extended Query": named portals and the row limit of Execute.
public final class Portal {
    private let connection: Connection
    private let statement: StatementDescription
    private let name: String
    /// The Bind that is still to be sent.
    private var bind: [UInt8]?
    private var isClosed = false

    /// Whether the last row has been fetched.
    public private(set) var isAtEnd = false

    init(_ connection: Connection, _ core: ConnectionCore, _ statement: StatementDescription, _ sql: RenderedSQL)
        throws(PostgresError)
    {
        try Portal.checkTransaction(core, sql.text)
        self.connection = connection
        self.statement = statement
        name = core.nextStatementName()
        var writer = WireWriter()
        try ConnectionCore.writeBind(name, statement.name, sql, into: &writer) {
            ConnectionCore.writeResultFormats(of: statement, into: &$0)
        }
        bind = writer.bytes
    }

    deinit {
        discard()
    }

    private static func checkTransaction(_ core: ConnectionCore, _ text: String) throws(PostgresError) {
        guard core.session.transactionStatus == .inTransaction else {
            throw PostgresError(
                .invalidArgument,
                "a portal lives as long as a transaction block: open it inside one, or use stream, which needs none"
            ).with(statement: text).with(isSafeToRetry: true)
        }
    }

    /// Has the server forget it with the next flight: a table that it reads cannot be truncated or altered before.
    private func discard() {
        guard !isClosed, bind == nil else { return }
        isClosed = true
        connection.discard(portal: name)
    }

    /// Ends the portal before its transaction does; the server hears of it with the next statement.
    public func close() {
        discard()
        bind = nil
        isAtEnd = true
    }

    /// The columns of the rows.
    public var columns: RowColumns { statement.columns ?? .none }

    /// Writes what fetches up to so many rows.
    private func write(_ core: ConnectionCore, _ count: Int) throws(PostgresError) {
        guard count > 0, let limit = Int32(exactly: count) else {
            throw PostgresError(.invalidArgument, "a fetch is of 1 to \(Int32.max) rows, not of \(count)")
                .with(statement: statement.text).with(isSafeToRetry: true)
        }
        // Begun later it would be a transaction of its own.
        if bind != nil { try Portal.checkTransaction(core, statement.text) }
        core.writeCloses()
        core.expectCloses()
        if let bind {
            if statement.name.isEmpty {
                Frontend.Parse(sql: statement.text, parameterTypes: statement.parameterTypes)
                    .encode(into: &core.link.outbound)
                core.session.expect(.parse)
            }
            core.link.outbound.write(bytes: bind)
            core.session.expect(.bind)
            self.bind = nil
        }
        Frontend.Execute(portal: name, maximumRows: limit).encode(into: &core.link.outbound)
        Frontend.Sync().encode(into: &core.link.outbound)
        core.session.expect(.execute)
        core.session.expect(.sync)
    }

    private func note(_ rows: Rows, _ count: Int, _ core: ConnectionCore) throws(PostgresError) -> Rows {
        guard rows.count <= count else {
            throw core.fail(
                PostgresError(.protocolViolation, "the server sent \(rows.count) rows where \(count) were asked for")
                    .with(statement: statement.text))
        }
        // A portal that has more says that it is suspended, and no tag.
        isAtEnd = rows.commandTag != nil
        if isAtEnd { discard() }
        return rows
    }

    private var ended: Rows { Rows(columns: columns, commandTag: nil, chunks: [], places: []) }

    /// Fetches the next rows; the calling thread waits.
    ///
    /// - Parameter count: How many rows at most.
    /// - Returns: The rows, fewer than `count` and at last none when there are no more.
    /// - Throws: ``PostgresError``, as `query`; 34000 (invalid_cursor_name) once the transaction has ended,
    ///   ``PostgresError/Code-swift.struct/invalidArgument`` if it had before the first fetch.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func fetch(_ count: Int) throws(PostgresError) -> Rows {
        let core = try connection.useBlocking()
        if isAtEnd { return ended }
        try write(core, count)
        return try note(try core.rowsBlocking(.written(statement), mayBeSuspended: true), count, core)
    }

    /// Fetches the next rows; the calling task waits.
    ///
    /// - Parameter count: How many rows at most.
    /// - Returns: The rows, fewer than `count` and at last none when there are no more.
    /// - Throws: as the form above.
    public func fetch(_ count: Int) async throws(PostgresError) -> Rows {
        let core = try await connection.useAsync()
        if isAtEnd { return ended }
        try write(core, count)
        return try note(try await core.rowsAsync(.written(statement), mayBeSuspended: true), count, core)
    }

    /// Fetches the next rows as tuples; the calling thread waits.
    ///
    /// - Parameters:
    ///   - count: How many rows at most.
    ///   - type: What to read each row as.
    /// - Throws: ``PostgresError``, as ``fetch(_:)-(Int)``, and when a row cannot be decoded.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func fetch<each Value: PostgresDecodable>(
        _ count: Int, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try fetch(count).decode(type)
    }

    /// Fetches the next rows as tuples; the calling task waits.
    ///
    /// - Parameters:
    ///   - count: How many rows at most.
    ///   - type: What to read each row as.
    /// - Throws: as the form above.
    public func fetch<each Value: PostgresDecodable>(
        _ count: Int, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await fetch(count).decode(type)
    }

    /// Fetches the next rows of a single column; the calling thread waits.
    ///
    /// - Parameters:
    ///   - count: How many rows at most.
    ///   - type: What to read the column as.
    /// - Throws: ``PostgresError``, as ``fetch(_:)-(Int)``, and when a row cannot be decoded.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func fetch<Value: PostgresDecodable>(_ count: Int, as type: Value.Type) throws(PostgresError) -> [Value] {
        try fetch(count).decode(type)
    }

    /// Fetches the next rows of a single column; the calling task waits.
    ///
    /// - Parameters:
    ///   - count: How many rows at most.
    ///   - type: What to read the column as.
    /// - Throws: as the form above.
    public func fetch<Value: PostgresDecodable>(
        _ count: Int, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        try await fetch(count).decode(type)
    }
}
