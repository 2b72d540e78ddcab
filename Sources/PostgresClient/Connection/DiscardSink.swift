/// Reads a result to its end without keeping anything.
struct DiscardSink: ReplySink {
    /// How much of a result is worth reading only to throw it away.
    static let limit = 16 * 1024 * 1024

    private var received = 0

    var keepsBytes: Bool { false }
    var failure: PostgresError? { nil }
    var hasEnough: Bool { received > DiscardSink.limit }
    mutating func begin(_ columns: RowColumns) {}

    mutating func row(_ reader: inout WireReader, at offset: Int) {
        // Rows without columns take bytes too.
        received += reader.remaining + 5
    }

    mutating func copyData(_ reader: inout WireReader, at offset: Int) {
        received += reader.remaining + 5
    }

    mutating func adopt(_ bytes: [UInt8]) {}
    mutating func complete(_ tag: CommandTag) {}
}
