/// Keeps the rows of a result where they were received.
struct RowCollector: ReplySink {
    private(set) var columns = RowColumns.none
    private(set) var tag: CommandTag?
    private var chunks: [[UInt8]] = []
    private(set) var places: [Rows.Place]
    private let holdsBytes: Bool
    /// Whether the execution has a limit of rows.
    private let mayBeSuspended: Bool
    private var firstInChunk = 0
    private(set) var failure: PostgresError?

    /// - Parameters:
    ///   - holdsBytes: Whether rows are kept; if not, they are read before more is received.
    ///   - places: Memory for them, of which nothing is kept.
    init(holdsBytes: Bool = true, mayBeSuspended: Bool = false, places: [Rows.Place] = []) {
        self.holdsBytes = holdsBytes
        self.mayBeSuspended = mayBeSuspended
        self.places = places
        self.places.removeAll(keepingCapacity: true)
    }

    /// Gives the memory back in which the rows' places were kept, unless that is much.
    mutating func takePlaces() -> [Rows.Place] {
        var taken: [Rows.Place] = []
        swap(&taken, &places)
        return taken.capacity <= 1024 ? taken : []
    }

    /// How many rows it holds.
    var count: Int { places.count }
    var hasEnough: Bool { failure != nil }

    /// Starts anew with the same columns, after ``finish(_:)``.
    mutating func startNextBatch() {
        chunks = []
        places.removeAll(keepingCapacity: true)
        firstInChunk = 0
    }

    var keepsBytes: Bool { holdsBytes && places.count > firstInChunk }

    mutating func begin(_ columns: RowColumns) {
        self.columns = columns
    }

    mutating func row(_ reader: inout WireReader, at offset: Int) {
        guard failure == nil else { return }
        if let mismatch = columns.mismatch(&reader) {
            failure = mismatch
            return
        }
        // A buffer holds at most a gigabyte, and a result of four billion of them fits no memory.
        places.append(
            Rows.Place(chunk: UInt32(truncatingIfNeeded: chunks.count), offset: UInt32(truncatingIfNeeded: offset)))
    }

    mutating func adopt(_ bytes: [UInt8]) {
        guard keepsBytes else { return }
        chunks.append(bytes)
        firstInChunk = places.count
    }

    mutating func complete(_ tag: CommandTag) {
        self.tag = tag
    }

    mutating func suspend() {
        guard !mayBeSuspended, failure == nil else { return }
        // What came would pass for the whole.
        failure = PostgresError(.protocolViolation, "the server stopped in the middle of the rows without a limit")
    }

    /// The result, with the rows of the last buffer copied out of it, or with the buffer itself where they fill it.
    mutating func finish(_ link: inout Link) -> Rows {
        if keepsBytes {
            // From the first row's header on: a row's end is found by the length before it.
            let first = Int(places[firstInChunk].offset) - Rows.headerLength
            let used = link.start - first
            if used * 2 < link.bytes.count {
                chunks.append(Array(link.bytes[first..<link.start]))
                for index in firstInChunk..<places.count { places[index].offset -= UInt32(truncatingIfNeeded: first) }
            } else {
                chunks.append(link.takeBytes())
            }
        }
        link.shrink()
        return Rows(columns: columns, commandTag: tag, chunks: chunks, places: places[...])
    }
}
