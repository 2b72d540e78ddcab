/// The rows of a statement, received as they are asked for.
///
/// ```swift
/// let stream = db.stream("SELECT id, name FROM users")
/// while let row = try stream.next() { print(try row.decode((Int64, String).self)) }
/// ```
///
/// In async code it is an `AsyncSequence`. A stream that is dropped before its end gives its connection back, which
/// reads the rest away or is closed.
public final class RowStream: AsyncSequence {
    public typealias Element = Row
    public typealias Failure = PostgresError

    private let reader: StreamReader
    private var batch: Rows?
    private var position = 0

    init(_ sql: SQL, _ source: StreamSource) {
        reader = StreamReader(sql, source, holdsBytes: true) { $0.unaskedTypes }
    }

    /// The columns; none before the first ``next()`` has returned.
    public var columns: RowColumns { reader.columns }

    /// What the server says it did, as `SELECT 5`; nil before the end.
    public var commandTag: CommandTag? { reader.commandTag }

    private var buffered: Row? {
        guard let batch, position < batch.count else { return nil }
        defer { position += 1 }
        return batch[position]
    }

    private func takeBatch() {
        batch = reader.takeRows()
        position = 0
    }

    /// The next row; nil at the end. Blocks the calling thread.
    ///
    /// - Throws: ``PostgresError`` if the statement or the connection fails.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func next() throws(PostgresError) -> Row? {
        while true {
            if let row = buffered { return row }
            guard try reader.advanceBlocking() else { return nil }
            takeBatch()
        }
    }

    /// The next row; nil at the end. Suspends the task.
    public func next() async throws(PostgresError) -> Row? {
        while true {
            if let row = buffered { return row }
            guard try await reader.advanceAsync() else { return nil }
            takeBatch()
        }
    }

    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Goes through the rows in a `for try await` loop.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: RowStream

        public func next() async throws(PostgresError) -> Row? { try await stream.next() }

        public func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> Row? {
            if let row = stream.buffered { return row }
            return try await stream.next()
        }
    }
}
