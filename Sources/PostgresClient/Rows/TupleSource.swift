/// Where a stream of tuples takes its rows from, a bufferful at a time.
@usableFromInline
protocol TupleSource: AnyObject {
    /// The columns; none before the first rows have come.
    var columns: RowColumns { get }
    /// What the server says it did; nil before the end.
    var commandTag: CommandTag? { get }
    /// The rows that the last advance brought.
    var batch: RowBatch { get }
    /// The number of the first row of the batch.
    var firstRow: Int { get }

    /// Receives the next rows; false at the end.
    func advanceBlocking() throws(PostgresError) -> Bool
    /// Receives the next rows; false at the end.
    func advanceAsync() async throws(PostgresError) -> Bool

    /// Gives the connection back early, after a row that could not be read.
    func fail(_ error: PostgresError) -> PostgresError
}
