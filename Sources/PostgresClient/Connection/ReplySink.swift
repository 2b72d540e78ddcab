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

    /// The types of the parameters of a statement that was described.
    mutating func parameters(_ types: [PostgresOID])

    /// The columns of the rows to come; called before the first of them.
    mutating func begin(_ columns: RowColumns)

    /// A row, from its column count on; `offset` is where that lies in the current buffer.
    mutating func row(_ reader: inout WireReader, at offset: Int)

    /// The link went on with another buffer; this one is the sink's.
    mutating func adopt(_ bytes: [UInt8])

    /// The statement ended.
    mutating func complete(_ tag: CommandTag)

    /// The portal's row limit was reached; there may be more rows.
    mutating func suspend()

    /// The server refused a statement; what was sent after it is skipped up to the next Sync.
    mutating func fail(_ error: ServerError)

    /// The server has answered everything up to a Sync.
    mutating func ready()

    /// The statement is a COPY that waits for data.
    ///
    /// - Returns: Whether somebody sends it; if not, the server is told that nobody does.
    mutating func copyIn(_ response: Backend.CopyInResponse) -> Bool

    /// The statement is a COPY whose data follow.
    ///
    /// - Returns: Whether the sink takes them; if not, they are passed over and the statement counts as failed.
    mutating func copyOut(_ response: Backend.CopyOutResponse) -> Bool

    /// What one message of a COPY holds; `offset` is where that lies in the current buffer.
    mutating func copyData(_ reader: inout WireReader, at offset: Int)

    /// The server has sent all of a COPY.
    mutating func copyDone()
}

extension ReplySink {
    package var hasEnough: Bool { false }
    package var count: Int { 0 }
    package mutating func parameters(_ types: [PostgresOID]) {}
    package mutating func suspend() {}
    package mutating func fail(_ error: ServerError) {}
    package mutating func ready() {}
    package mutating func copyIn(_ response: Backend.CopyInResponse) -> Bool { false }
    package mutating func copyOut(_ response: Backend.CopyOutResponse) -> Bool { false }
    package mutating func copyData(_ reader: inout WireReader, at offset: Int) {}
    package mutating func copyDone() {}
}
