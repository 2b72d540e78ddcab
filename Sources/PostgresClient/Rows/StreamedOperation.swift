/// An operation that is run again and again, each time for the next rows; it says whether it has come to its end.
protocol StreamedOperation: Operation where Output == Bool {
    associatedtype Sink: StreamedSink

    var core: ConnectionCore { get }
    /// The statement, for errors.
    var text: String { get }
    var sink: Sink { get set }

    /// The types that must be looked up before it is run again, if the run has ended because of them.
    mutating func takeWantedTypes() -> [PostgresOID]?
}

/// Where rows of a result lie until they are read and the next are received.
protocol StreamedSink: ReplySink {
    var columns: RowColumns { get }
    var tag: CommandTag? { get }

    /// Lets go of the rows, for the next.
    mutating func startNextBatch()
}

extension RowCollector: StreamedSink {}
extension CopyOutSink: StreamedSink {}

extension StatementOperation: StreamedOperation where Sink: StreamedSink {}

extension CopyOutOperation: StreamedOperation {
    /// What rows of a COPY are of is looked up before it is begun.
    func takeWantedTypes() -> [PostgresOID]? { nil }
}
