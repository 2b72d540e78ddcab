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
    private let connection: Connection
    private let description: StatementDescription
    private let bindPrefix: [UInt8]
    private let resultFormats: [UInt8]

    init(_ connection: Connection, _ description: StatementDescription) {
        self.connection = connection
        self.description = description
        var prefix = WireWriter()
        prefix.writeCString("")
        prefix.writeCString(description.name)
        bindPrefix = prefix.bytes
        var formats = WireWriter()
        ConnectionCore.writeResultFormats(of: description, into: &formats)
        resultFormats = formats.bytes
    }

    /// The types of the parameters, as the server inferred them.
    public var parameterTypes: [PostgresOID] { description.parameterTypes }

    /// The columns of the result.
    public var columns: RowColumns { description.columns ?? .none }

    /// Writes Bind, Execute and Sync; nothing, if a value does not fit or cannot be sent.
    private func write<each Parameter: PostgresEncodable>(
        _ core: ConnectionCore, _ parameters: repeat each Parameter
    ) throws(PostgresError) {
        let types = description.parameterTypes
        var count = 0
        var failure: PostgresError?
        func check(_ parameter: some PostgresEncodable) {
            defer { count += 1 }
            guard failure == nil, count < types.count, parameter.postgresFormat == .binary, !parameter.isNull else {
                return
            }
            // Binary bytes of another type would be misread, at best refused.
            if parameter.postgresType != types[count], parameter.postgresType != .unspecified {
                failure = PostgresError(
                    .encodingFailed,
                    "parameter $\(count + 1) is of type \(types[count]), but \(type(of: parameter)) is sent as \(parameter.postgresType)"
                )
            }
        }
        repeat check(each parameters)
        if count != types.count {
            failure = PostgresError(
                .encodingFailed, "the statement has \(types.count) parameters, but \(count) were given")
        }
        if let failure { throw failure.with(statement: description.text).with(isSafeToRetry: true) }
        let start = core.link.outbound.count
        core.writeCloses()
        core.link.outbound.message(MessageType.bind) { writer in
            writer.write(bytes: bindPrefix)
            writer.write(count: count)
            repeat writer.write((each parameters).postgresFormat.rawValue)
            writer.write(count: count)
            repeat PreparedStatement.write(each parameters, into: &writer)
            writer.write(bytes: resultFormats)
        }
        try core.finishExecution(from: start, description)
    }

    private static func write(_ parameter: some PostgresEncodable, into writer: inout WireWriter) {
        if parameter.isNull { return writer.write(Int32(-1)) }
        writer.lengthPrefixed { parameter.encode(into: &$0) }
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
        return try reader.tuplesBlocking()
    }

    /// Runs the statement and reads its rows as tuples; the async form of the method above.
    @inlinable
    public func query<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ parameters: repeat each Parameter, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        let reader = try await batchesAsync(repeat each parameters)
        return try await reader.tuplesAsync()
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
