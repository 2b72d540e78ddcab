/// Where the replies to a statement go.
///
/// The core's loop hands rows over one by one, in place; a sink that refers to their bytes later says so by
/// ``keepsBytes`` and is then given the buffers they lie in.
package protocol ReplySink {
    /// Whether the bytes of rows must stay where they are.
    var keepsBytes: Bool { get }

    /// Why the result cannot be used although the server sent it whole.
    var failure: PostgresError? { get }

    /// How many rows it holds that nobody has read.
    var count: Int { get }

    /// Whether the rest of the result is not worth being received.
    var hasEnough: Bool { get }

    /// The columns of the rows to come; called before the first of them.
    mutating func begin(_ columns: RowColumns)

    /// A row, from its column count on; `offset` is where that lies in the current buffer.
    mutating func row(_ reader: inout WireReader, at offset: Int)

    /// The link went on with another buffer; this one is the sink's.
    mutating func adopt(_ bytes: [UInt8])

    /// The statement ended.
    mutating func complete(_ tag: CommandTag)
}

extension ReplySink {
    package var hasEnough: Bool { false }
    package var count: Int { 0 }
}
