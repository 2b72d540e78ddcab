/// A statement that the server has parsed and planned, to be run with changing values.
///
/// `query` and `execute` prepare by themselves; this is for whoever wants to hold the statement, with the values' types
/// known to the compiler. It belongs to its connection and is as little `Sendable`.
///
/// ```swift
/// let statement = try connection.prepare("SELECT name FROM users WHERE id = $1")
/// let names = try statement.query(Int64(7), as: String.self)
/// ```
public final class PreparedStatement {
    let connection: Connection
    @safe @exclusivity(unchecked) private(set) var description: StatementDescription
    @safe @exclusivity(unchecked) private(set) var bind: BindTemplate
    /// Whether the server must parse it anew before it is run again.
    @safe @exclusivity(unchecked) private var isDefective = false

    init(_ connection: Connection, _ description: StatementDescription) {
        self.connection = connection
        self.description = description
        bind = BindTemplate(description)
    }

    private func adopt(_ description: StatementDescription) {
        self.description = description
        bind = BindTemplate(description)
        isDefective = false
    }

    /// The types of the parameters, as the server inferred them.
    public var parameterTypes: [PostgresOID] { description.parameterTypes }

    /// The columns of the result.
    public var columns: RowColumns { description.columns ?? .none }

    /// Writes Bind, Execute and Sync; nothing, if a value does not fit or cannot be sent.
    private func write<each Parameter: PostgresEncodable>(
        _ core: ConnectionCore, _ parameters: repeat each Parameter
    ) throws(PostgresError) {
        let start = core.link.outbound.count
        core.writeCloses()
        do throws(PostgresError) {
            try bind.write(into: &core.link.outbound, repeat each parameters)
        } catch {
            core.link.outbound.rollBack(to: start)
            throw error
        }
        try core.finishExecution(from: start, description)
    }

    /// Runs the statement and returns its rows.
    ///
    /// - Parameter parameters: A value for each of ``parameterTypes``.
    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if the values do not fit the parameters; otherwise as `query`.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func query<each Parameter: PostgresEncodable>(_ parameters: repeat each Parameter) throws(PostgresError)
        -> Rows
    {
        do throws(PostgresError) {
            return try rowsBlocking(repeat each parameters)
        } catch {
            try healBlocking(error)
            return try rowsBlocking(repeat each parameters)
        }
    }

    private func rowsBlocking<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) throws(PostgresError) -> Rows {
        let core = try useBlocking()
        try write(core, repeat each parameters)
        return try core.rowsBlocking(.written(description))
    }

    /// Runs the statement and returns its rows; the async form of the method above.
    public func query<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) async throws(PostgresError) -> Rows {
        do throws(PostgresError) {
            return try await rowsAsync(repeat each parameters)
        } catch {
            try await healAsync(error)
            return try await rowsAsync(repeat each parameters)
        }
    }

    private func rowsAsync<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) async throws(PostgresError) -> Rows {
        let core = try await useAsync()
        try write(core, repeat each parameters)
        return try await core.rowsAsync(.written(description))
    }

    /// Runs the statement and reads its rows as tuples.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func query<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        do throws(PostgresError) {
            return try batchesBlocking(repeat each parameters).tuplesBlocking(type)
        } catch {
            try healBlocking(error)
            return try batchesBlocking(repeat each parameters).tuplesBlocking(type)
        }
    }

    /// Runs the statement and reads its rows as tuples; the async form of the method above.
    @inlinable
    public func query<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        do throws(PostgresError) {
            return try await batchesAsync(repeat each parameters).tuplesAsync(type)
        } catch {
            try await healAsync(error)
            return try await batchesAsync(repeat each parameters).tuplesAsync(type)
        }
    }

    /// Runs the statement and reads its only column.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func query<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        do throws(PostgresError) {
            return try batchesBlocking(repeat each parameters).tuplesBlocking(type)
        } catch {
            try healBlocking(error)
            return try batchesBlocking(repeat each parameters).tuplesBlocking(type)
        }
    }

    /// Runs the statement and reads its only column; the async form of the method above.
    @inlinable
    public func query<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        do throws(PostgresError) {
            return try await batchesAsync(repeat each parameters).tuplesAsync(type)
        } catch {
            try await healAsync(error)
            return try await batchesAsync(repeat each parameters).tuplesAsync(type)
        }
    }

    @usableFromInline
    func batchesBlocking<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) throws(PostgresError) -> RowBatchReader {
        let core = try useBlocking()
        try write(core, repeat each parameters)
        return RowBatchReader(core, .written(description))
    }

    @usableFromInline
    func batchesAsync<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) async throws(PostgresError) -> RowBatchReader {
        let core = try await useAsync()
        try write(core, repeat each parameters)
        return RowBatchReader(core, .written(description))
    }

    // MARK: - Once more

    /// The session, which knows the statement.
    func useBlocking() throws(PostgresError) -> ConnectionCore {
        let core = try connection.useBlocking()
        if isDefective {
            var operation = PrepareOperation(core, try SQL(unsafeSQL: description.text).preparable())
            adopt(try core.runBlocking(&operation))
        }
        return core
    }

    /// The session, which knows the statement.
    func useAsync() async throws(PostgresError) -> ConnectionCore {
        let core = try await connection.useAsync()
        if isDefective {
            var operation = PrepareOperation(core, try SQL(unsafeSQL: description.text).preparable())
            adopt(try await core.runAsync(&operation))
        }
        return core
    }

    /// Returns if the statement can be run once more, which prepares it anew.
    ///
    /// - Throws: The error, where that would not be safe or of no use; the next use prepares the statement all the
    ///   same.
    @usableFromInline
    func healBlocking(_ error: PostgresError) throws(PostgresError) {
        guard let (defect, core) = defect(error) else { throw error }
        guard defect == .lost, !core.session.isCockroachDB else { return }
        var probe = SimpleQueryOperation(core, ConnectionCore.processQuestion)
        guard core.isOwnProcess(try core.runBlocking(&probe)) else { throw error }
    }

    /// Returns if the statement can be run once more, which prepares it anew.
    @usableFromInline
    func healAsync(_ error: PostgresError) async throws(PostgresError) {
        guard let (defect, core) = defect(error) else { throw error }
        guard defect == .lost, !core.session.isCockroachDB else { return }
        var probe = SimpleQueryOperation(core, ConnectionCore.processQuestion)
        guard core.isOwnProcess(try await core.runAsync(&probe)) else { throw error }
    }

    /// What is wrong with the statement, if it can be healed now: the server has run nothing, and no transaction has
    /// failed by it.
    private func defect(_ error: PostgresError) -> (StatementDefect, ConnectionCore)? {
        guard let said = error.server, let defect = StatementDefect(said, name: description.name) else { return nil }
        if !isDefective, defect != .lost { connection.discard(description) }
        isDefective = true
        guard let core = connection.settledCore else { return nil }
        return (defect, core)
    }

    /// Notes an error that it ended with in a pipeline: one that says that it is of no more use has it prepared anew the
    /// next time.
    func note(_ error: ServerError) {
        guard let defect = StatementDefect(error, name: description.name) else { return }
        if !isDefective, defect != .lost { connection.discard(description) }
        isDefective = true
    }

    deinit {
        if isDefective { return }
        connection.discard(description)
    }
}
