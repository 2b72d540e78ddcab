/// Hears what the server says while rows are copied into it.
struct CopyInSink: ReplySink {
    /// Whether the server has asked for data, which nobody has taken note of yet.
    private(set) var count = 0
    /// What the server says it did.
    private(set) var tag: CommandTag?
    /// The columns that rows go into.
    private(set) var columns = RowColumns.none
    private var hasBegun = false

    var keepsBytes: Bool { false }
    var failure: PostgresError? { nil }

    /// Whether there was a COPY that takes data.
    var isCopy: Bool { hasBegun }

    mutating func takeNote() { count = 0 }

    mutating func begin(_ columns: RowColumns) {
        if !hasBegun { self.columns = columns }
    }

    mutating func row(_ reader: inout WireReader, at offset: Int) {}
    mutating func adopt(_ bytes: [UInt8]) {}

    mutating func copyIn(_ response: Backend.CopyInResponse) -> Bool {
        // One statement, one source: a second has none.
        guard !hasBegun else { return false }
        hasBegun = true
        count = 1
        return true
    }

    mutating func complete(_ tag: CommandTag) {
        if self.tag == nil { self.tag = tag }
    }
}
