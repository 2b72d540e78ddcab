/// The rows of a statement as tuples, received as they are asked for.
///
/// ```swift
/// for try await (id, name) in db.stream("SELECT id, name FROM users", as: (Int64, String).self) { print(id, name) }
/// ```
public final class TupleStream<each Value: PostgresDecodable>: AsyncSequence {
    public typealias Element = (repeat each Value)
    public typealias Failure = PostgresError

    @usableFromInline let cursor: TupleCursor

    init(_ sql: SQL, _ source: StreamSource) {
        cursor = TupleCursor(
            StreamReader(sql, source, holdsBytes: false) { $0.missingTypes(for: (repeat each Value).self) })
    }

    init(_ reader: any TupleSource) {
        cursor = TupleCursor(reader)
    }

    /// The columns; none before the first ``next()`` has returned.
    public var columns: RowColumns { cursor.reader.columns }

    /// What the server says it did, as `SELECT 5`; nil before the end.
    public var commandTag: CommandTag? { cursor.reader.commandTag }

    /// Starts on the batch that has just come.
    @usableFromInline
    func takeBatch() throws(PostgresError) {
        try cursor.takeBatch((repeat each Value).self)
    }

    /// The next tuple; nil at the end. Blocks the calling thread.
    ///
    /// - Throws: ``PostgresError`` if the statement or the connection fails, or a value does not fit.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func next() throws(PostgresError) -> (repeat each Value)? {
        while true {
            if let tuple: (repeat each Value) = cursor.next() { return tuple }
            if try cursor.readSome() { continue }
            cursor.dropBatch()
            guard try cursor.reader.advanceBlocking() else { return nil }
            try takeBatch()
        }
    }

    /// The next tuple; nil at the end. Suspends the task.
    @inlinable
    public func next() async throws(PostgresError) -> (repeat each Value)? {
        while true {
            if let tuple: (repeat each Value) = cursor.next() { return tuple }
            if try cursor.readSome() { continue }
            cursor.dropBatch()
            guard try await cursor.reader.advanceAsync() else { return nil }
            try takeBatch()
        }
    }

    // Not in the async function itself, which would allocate every row's temporaries in its task.
    @inlinable
    func restOfBatch() throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        try cursor.takeRest(&values)
        return values
    }

    /// All tuples that have arrived together, at least one; nil at the end. Blocks the calling thread.
    ///
    /// For loops over millions of narrow rows: one call, and in async code one possible suspension, for many tuples.
    ///
    /// ```swift
    /// while let batch = try numbers.nextBatch() { sum += batch.reduce(0) { $0 + Int($1) } }
    /// ```
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func nextBatch() throws(PostgresError) -> [(repeat each Value)]? {
        while true {
            let values = try restOfBatch()
            if !values.isEmpty { return values }
            cursor.dropBatch()
            guard try cursor.reader.advanceBlocking() else { return nil }
            try takeBatch()
        }
    }

    /// All tuples that have arrived together, at least one; nil at the end. Suspends the task.
    @inlinable
    public func nextBatch() async throws(PostgresError) -> [(repeat each Value)]? {
        while true {
            let values = try restOfBatch()
            if !values.isEmpty { return values }
            cursor.dropBatch()
            guard try await cursor.reader.advanceAsync() else { return nil }
            try takeBatch()
        }
    }

    @inlinable
    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Goes through the tuples in a `for try await` loop.
    @frozen
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let stream: TupleStream<repeat each Value>

        @inlinable
        init(stream: TupleStream<repeat each Value>) {
            self.stream = stream
        }

        @inlinable
        public func next() async throws(PostgresError) -> (repeat each Value)? {
            try await stream.next()
        }

        @inlinable
        public func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> (repeat each Value)? {
            try await stream.next()
        }
    }
}
