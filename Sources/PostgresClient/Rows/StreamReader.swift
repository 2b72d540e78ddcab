/// What the streams of a query's rows have in common.
@usableFromInline
final class StreamReader: TupleSource {
    private typealias Work = StatementOperation<RowCollector>

    private let execution: StreamExecution<Work>
    private var rowsBefore = 0

    /// - Parameters:
    ///   - holdsBytes: Whether rows are kept; if not, they are read before more is received.
    ///   - missingTypes: Which types of the columns must be looked up before there are rows.
    init(
        _ sql: SQL, _ source: StreamSource, holdsBytes: Bool,
        _ missingTypes: @escaping (RowColumns) -> [PostgresOID]?
    ) {
        func work(_ core: ConnectionCore, _ sql: RenderedSQL) -> Work {
            Work(
                core, .sql(sql), RowCollector(holdsBytes: holdsBytes), returnsBatches: true,
                inquiry: TypeInquiry(missingTypes))
        }
        execution = StreamExecution(
            source,
            openBlocking: { (connection) throws(PostgresError) in
                let rendered = try sql.render()
                return work(try connection.useBlocking(for: rendered), rendered)
            },
            openAsync: { (connection) async throws(PostgresError) in
                let rendered = try sql.render()
                return work(try await connection.useAsync(for: rendered), rendered)
            })
    }

    @usableFromInline var columns: RowColumns { execution.columns }
    @usableFromInline var commandTag: CommandTag? { execution.commandTag }
    @usableFromInline var firstRow: Int { rowsBefore }

    @usableFromInline var batch: RowBatch {
        execution.take { sink, core in RowBatch(bytes: core.link.bytes, places: sink.places) } ?? .empty
    }

    /// The rows of the batch as a result of their own.
    func takeRows() -> Rows? {
        var rows = execution.take { sink, core in sink.finish(&core.link) }
        rows?.firstNumber = rowsBefore
        return rows
    }

    @usableFromInline
    func fail(_ error: PostgresError) -> PostgresError { execution.fail(error) }

    private func noteBatch() { rowsBefore += execution.take { sink, _ in sink.count } ?? 0 }

    @usableFromInline
    func advanceBlocking() throws(PostgresError) -> Bool {
        noteBatch()
        return try execution.advanceBlocking()
    }

    @usableFromInline
    func advanceAsync() async throws(PostgresError) -> Bool {
        noteBatch()
        return try await execution.advanceAsync()
    }
}
