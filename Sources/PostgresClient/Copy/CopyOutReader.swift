/// What the streams of a COPY have in common.
final class CopyOutReader {
    /// What is copied, and how; made into text when the stream is opened.
    struct Order {
        let statement: () throws(PostgresError) -> String
        /// A query for the columns whose types shall be known, for rows that are read.
        let description: () throws(PostgresError) -> String?
        let shape: () throws(PostgresError) -> CopyOutSink.Shape

        fileprivate func parts() throws(PostgresError) -> (text: String, description: RenderedSQL?, sink: CopyOutSink) {
            let description = try description().map { (text) throws(PostgresError) in
                try SQL(unsafeSQL: text).render()
            }
            return (try statement(), description, CopyOutSink(try shape()))
        }
    }

    private let execution: StreamExecution<CopyOutOperation>
    private var rowsBefore = 0
    private var rowsInBatch = 0
    /// Whether the batch is the rows that were copied out of their messages; those that lie in the buffer come after them.
    private var isCopied = false
    private var hasMore = false

    init(_ order: Order, _ source: StreamSource) {
        execution = StreamExecution(
            source,
            openBlocking: { (connection) throws(PostgresError) in
                let core = try connection.useBlocking()
                let (text, description, sink) = try order.parts()
                if let description { try core.learnColumnsBlocking(description) }
                return CopyOutOperation(core, text, describing: description?.text, sink)
            },
            openAsync: { (connection) async throws(PostgresError) in
                let core = try await connection.useAsync()
                let (text, description, sink) = try order.parts()
                if let description { try await core.learnColumnsAsync(description) }
                return CopyOutOperation(core, text, describing: description?.text, sink)
            })
    }

    /// Goes on to rows that have come already; false if more must be received.
    private func goOn() -> Bool {
        rowsBefore += rowsInBatch
        rowsInBatch = 0
        guard hasMore, let sink = execution.sink else { return false }
        hasMore = false
        isCopied = false
        rowsInBatch = sink.places.count
        return true
    }

    private func noteBatch() {
        guard let sink = execution.sink else { return }
        isCopied = !sink.copiedPlaces.isEmpty
        hasMore = isCopied && !sink.places.isEmpty
        rowsInBatch = isCopied ? sink.copiedPlaces.count : sink.places.count
    }

    func takeBytes() -> [UInt8] { execution.take { sink, _ in sink.takeBytes() } ?? [] }
}

extension CopyOutReader: TupleSource {
    var columns: RowColumns { execution.columns }
    var commandTag: CommandTag? { execution.commandTag }
    var firstRow: Int { rowsBefore }

    var batch: RowBatch {
        let isCopied = isCopied
        return execution.take { sink, core in
            isCopied
                ? RowBatch(bytes: sink.copied, places: sink.copiedPlaces)
                : RowBatch(bytes: core.link.bytes, places: sink.places)
        } ?? .empty
    }

    func fail(_ error: PostgresError) -> PostgresError { execution.fail(error) }

    func advanceBlocking() throws(PostgresError) -> Bool {
        if goOn() { return true }
        guard try execution.advanceBlocking() else { return false }
        noteBatch()
        return true
    }

    func advanceAsync() async throws(PostgresError) -> Bool {
        if goOn() { return true }
        guard try await execution.advanceAsync() else { return false }
        noteBatch()
        return true
    }
}
