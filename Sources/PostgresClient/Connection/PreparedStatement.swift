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
    let description: StatementDescription
    let bind: BindTemplate

    init(_ connection: Connection, _ description: StatementDescription) {
        self.connection = connection
        self.description = description
        bind = BindTemplate(description)
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
        let core = try connection.useBlocking()
        try write(core, repeat each parameters)
        return try core.rowsBlocking(.written(description))
    }

    /// Runs the statement and returns its rows; the async form of the method above.
    public func query<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) async throws(PostgresError) -> Rows {
        let core = try await connection.useAsync()
        try write(core, repeat each parameters)
        return try await core.rowsAsync(.written(description))
    }

    /// Runs the statement and reads its rows as tuples.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func query<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        let reader = try batchesBlocking(repeat each parameters)
        return try reader.tuplesBlocking(type)
    }

    /// Runs the statement and reads its rows as tuples; the async form of the method above.
    @inlinable
    public func query<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        let reader = try await batchesAsync(repeat each parameters)
        return try await reader.tuplesAsync(type)
    }

    /// Runs the statement and reads its only column.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func query<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        let reader = try batchesBlocking(repeat each parameters)
        return try reader.tuplesBlocking(type)
    }

    /// Runs the statement and reads its only column; the async form of the method above.
    @inlinable
    public func query<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        let reader = try await batchesAsync(repeat each parameters)
        return try await reader.tuplesAsync(type)
    }

    @usableFromInline
    func batchesBlocking<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) throws(PostgresError) -> RowBatchReader {
        let core = try connection.useBlocking()
        try write(core, repeat each parameters)
        return RowBatchReader(core, .written(description))
    }

    @usableFromInline
    func batchesAsync<each Parameter: PostgresEncodable>(
        _ parameters: repeat each Parameter
    ) async throws(PostgresError) -> RowBatchReader {
        let core = try await connection.useAsync()
        try write(core, repeat each parameters)
        return RowBatchReader(core, .written(description))
    }

    deinit {
        connection.discard(description)
    }
}
