/// What a COPY gives, in pieces as they come.
///
/// ```swift
/// let pieces = db.copyOut(table: "users", format: .csv(header: true))
/// while let piece = try pieces.next() { print(piece.count) }
/// ```
///
/// In async code it is an `AsyncSequence`. Only a bufferful is in memory at a time. A stream that is dropped before its
/// end gives its connection back, which reads the rest away or is closed.
public final class CopyStream: AsyncSequence {
    public typealias Element = [UInt8]
    public typealias Failure = PostgresError

    private let reader: CopyOutReader

    init(_ reader: CopyOutReader) {
        self.reader = reader
    }

    /// How many rows there were; nil before the end.
    public var rowCount: Int? { reader.commandTag?.rowCount }

    /// What the server says it did, as `COPY 5`; nil before the end.
    public var commandTag: CommandTag? { reader.commandTag }

    /// The next piece, which ends where a row does and is not empty; nil at the end. Blocks the calling thread.
    ///
    /// - Throws: ``PostgresError`` if the statement or the connection fails.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func next() throws(PostgresError) -> [UInt8]? {
        try reader.advanceBlocking() ? reader.takeBytes() : nil
    }

    /// The next piece; nil at the end. Suspends the task.
    public func next() async throws(PostgresError) -> [UInt8]? {
        try await reader.advanceAsync() ? reader.takeBytes() : nil
    }

    public func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    /// Goes through the pieces in a `for try await` loop.
    public struct Iterator: AsyncIteratorProtocol {
        let stream: CopyStream

        public func next() async throws(PostgresError) -> [UInt8]? { try await stream.next() }

        public func next(isolation actor: isolated (any Actor)?) async throws(PostgresError) -> [UInt8]? {
            try await stream.next()
        }
    }
}
