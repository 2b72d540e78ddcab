/// The replies to the statements of a pipeline, told apart.
struct PipelineReplies: ReplySink {
    /// What is known beforehand of a statement.
    struct Expected {
        /// Its columns, if it is prepared; otherwise the server describes them, before it or before an earlier one.
        let columns: RowColumns?
        /// The statement of the same text that was described before.
        let describedBy: Int?
        let keepsRows: Bool
    }

    /// What the server answered to a statement.
    struct Reply {
        var columns: RowColumns
        /// The types of its parameters, where the server described it.
        var parameterTypes: [PostgresOID]?
        var tag: CommandTag?
        /// Which of all rows are its own.
        var rows: Range<Int>
        var error: ServerError?
    }

    private let expected: [Expected]
    private let mode: PipelineMode
    private(set) var replies: [Reply] = []
    private var current: Reply
    /// What the server said after the last statement: a deferred constraint that failed, say.
    private(set) var errorAtEnd: ServerError?

    private var chunks: [[UInt8]] = []
    private var places: [Rows.Place] = []
    private var firstInChunk = 0
    /// Whether a statement has ended since the last Sync.
    private var hasEnded = false
    private(set) var failure: PostgresError?

    init(_ expected: [Expected], _ mode: PipelineMode) {
        self.expected = expected
        self.mode = mode
        replies.reserveCapacity(expected.count)
        current = PipelineReplies.first(of: expected, 0)
    }

    private static func first(of expected: [Expected], _ firstRow: Int) -> Reply {
        Reply(columns: expected.first?.columns ?? .none, rows: firstRow..<firstRow)
    }

    private var isComplete: Bool { replies.count == expected.count }

    private mutating func finish(_ tag: CommandTag?, _ error: ServerError? = nil) {
        guard !isComplete else { return }
        hasEnded = true
        current.tag = tag
        current.error = error
        current.rows = current.rows.lowerBound..<places.count
        replies.append(current)
        guard !isComplete else { return }
        let next = expected[replies.count]
        let columns = next.columns ?? next.describedBy.map { replies[$0].columns } ?? .none
        current = Reply(columns: columns, rows: places.count..<places.count)
    }

    // MARK: - ReplySink

    var hasEnough: Bool { failure != nil }
    var keepsBytes: Bool { places.count > firstInChunk }

    mutating func begin(_ columns: RowColumns) {
        current.columns = columns
    }

    mutating func parameters(_ types: [PostgresOID]) {
        current.parameterTypes = types
    }

    mutating func row(_ reader: inout WireReader, at offset: Int) {
        guard failure == nil, !isComplete, expected[replies.count].keepsRows else { return }
        if let mismatch = current.columns.mismatch(&reader) {
            failure = mismatch
            return
        }
        places.append(
            Rows.Place(chunk: UInt32(truncatingIfNeeded: chunks.count), offset: UInt32(truncatingIfNeeded: offset)))
    }

    mutating func adopt(_ bytes: [UInt8]) {
        guard keepsBytes else { return }
        chunks.append(bytes)
        firstInChunk = places.count
    }

    mutating func complete(_ tag: CommandTag) {
        finish(tag)
    }

    // To the session each of these answers an execution, or begins to. Were they passed over, the replies to the next
    // statement would be taken for this one's.

    mutating func suspend() {
        refuse("the server stopped in the middle of the rows of a statement in a pipeline")
    }

    mutating func copyIn(_ response: Backend.CopyInResponse) -> Bool {
        refuse("the server began a COPY in a pipeline, which has none")
        return false
    }

    mutating func copyOut(_ response: Backend.CopyOutResponse) -> Bool {
        refuse("the server began a COPY in a pipeline, which has none")
        return false
    }

    private mutating func refuse(_ message: String) {
        if failure == nil { failure = PostgresError(.protocolViolation, message) }
    }

    mutating func fail(_ error: ServerError) {
        if mode == .independent, hasEnded, let last = replies.indices.last {
            // Its own commit failed: a deferred constraint, say.
            replies[last].error = replies[last].error ?? error
        } else if isComplete {
            errorAtEnd = errorAtEnd ?? error
        } else {
            finish(nil, error)
        }
    }

    mutating func ready() {
        hasEnded = false
    }

    // MARK: - Results

    /// Takes the last rows' bytes out of the link, so that they stay.
    mutating func finish(_ link: inout Link) {
        if keepsBytes { chunks.append(link.takeBytes()) }
        link.shrink()
    }

    /// The rows of one statement.
    func rows(of reply: Reply) -> Rows {
        Rows(columns: reply.columns, commandTag: reply.tag, chunks: chunks, places: places[reply.rows])
    }
}
