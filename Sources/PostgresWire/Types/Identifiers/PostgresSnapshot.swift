/// Which transactions were done at a moment, as PostgreSQL's `pg_snapshot` holds it.
///
/// Reads the older `txid_snapshot` too.
///
/// ```swift
/// let snapshot = PostgresSnapshot("10:20:10,14,15")
/// print(snapshot?.inProgress.count ?? 0)  // 3
/// ```
///
/// Source: PostgreSQL manual, "Transaction ID and Snapshot Information Functions"; `src/backend/utils/adt/xid8funcs.c`
/// (`pg_snapshot_send`).
public struct PostgresSnapshot: Hashable, Sendable {
    /// The lowest number of a transaction that was still in progress.
    public let minimum: UInt64
    /// One more than the highest number of a transaction that was done.
    public let maximum: UInt64
    /// The transactions in progress between the two, in ascending order.
    public let inProgress: [UInt64]

    /// Makes a snapshot; nil unless 0 < `minimum` <= `maximum`, 64 bits with sign hold both, and the transactions in
    /// progress are in ascending order within them, each of them once.
    public init?(minimum: UInt64, maximum: UInt64, inProgress: [UInt64]) {
        guard minimum > 0, minimum <= maximum, maximum <= UInt64(Int64.max) else { return nil }
        var previous: UInt64?
        for id in inProgress {
            guard (minimum...maximum).contains(id), previous.map({ $0 < id }) ?? true else { return nil }
            previous = id
        }
        self.minimum = minimum
        self.maximum = maximum
        self.inProgress = inProgress
    }
}

extension PostgresSnapshot: PostgresScalar {
    public static var postgresType: PostgresOID { .pgSnapshot }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        type == .pgSnapshot || type == .txidSnapshot
    }

    /// The two limits and the transactions in progress: `10:20:10,14,15`.
    public var description: String {
        "\(minimum):\(maximum):" + inProgress.map(\.description).joined(separator: ",")
    }

    /// Reads ``description``'s format; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let minimum = text.number(as: UInt64.self), text.accept(UInt8(ascii: ":")),
            let maximum = text.number(as: UInt64.self), text.accept(UInt8(ascii: ":"))
        else { return nil }
        var inProgress: [UInt64] = []
        while !text.isAtEnd {
            guard inProgress.isEmpty || text.accept(UInt8(ascii: ",")), let id = text.number(as: UInt64.self)
            else { return nil }
            inProgress.append(id)
        }
        self.init(minimum: minimum, maximum: maximum, inProgress: inProgress)
    }

    /// - Throws: ``WireError/invalidLength`` for a negative count, ``WireError/truncated`` for one of more transactions
    ///   than there are, ``WireError/invalidValue`` for numbers out of order.
    public init(binary reader: inout WireReader) throws(WireError) {
        let count = Int(try reader.readInt32())
        let (minimum, maximum) = (try reader.readUInt64(), try reader.readUInt64())
        guard count >= 0 else { throw .invalidLength }
        guard count <= reader.remaining / MemoryLayout<UInt64>.size else { throw .truncated }
        var inProgress: [UInt64] = []
        inProgress.reserveCapacity(count)
        for _ in 0..<count { inProgress.append(try reader.readUInt64()) }
        guard let snapshot = PostgresSnapshot(minimum: minimum, maximum: maximum, inProgress: inProgress)
        else { throw .invalidValue }
        self = snapshot
    }

    public func encode(into writer: inout WireWriter) {
        guard let count = Int32(exactly: inProgress.count) else { return writer.fail(.tooLarge) }
        writer.write(count)
        writer.write(minimum)
        writer.write(maximum)
        for id in inProgress { writer.write(id) }
    }
}
