import Manticore

/// w7in: a million rows copied in, from a thousand tuples in memory over and over.
enum CopiedRowsIn: Workload {
    static let names = ["w7in"]
    static let faces: [Face] = [.blocking, .async, .prebuilt]
    static let round = 1_000_000
    static let written: SQL? = "w7in"

    private typealias Columns = (Int64, Int32, Double, String)

    private static let distinct = 1000
    private static let columns = ["a", "b", "c", "d"]

    private static let rows: [Columns] = (0..<distinct).map { index in
        let digits = "\(index)"
        let zeros = String(repeating: "0", count: 7 - digits.utf8.count)
        return (Int64(index) * 1_234_567_891, Int32(index - 500), Double(index) / 8, "row \(zeros)\(digits)")
    }

    /// The rows as they go over the wire, without what comes before the first and after the last.
    private static let frames: [UInt8] = {
        var writer = CopyBinaryWriter()
        for row in rows {
            func bytes(_ value: some PostgresEncodable) -> [UInt8] {
                var writer = WireWriter()
                value.encode(into: &writer)
                return writer.bytes
            }
            writer.write(row: [bytes(row.0), bytes(row.1), bytes(row.2), bytes(row.3)])
        }
        return Array(writer.bytes.dropFirst(CopyBinary.header.count))
    }()

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for _ in 0..<units / round {
            let count = try bench.connection.copy(into: "w7in", columns: columns) { writer in
                if bench.face == .prebuilt {
                    try writer.write(bytes: CopyBinary.header)
                    for _ in 0..<round / distinct { try writer.write(bytes: frames) }
                    try writer.write(bytes: CopyBinary.trailer)
                } else {
                    for _ in 0..<round / distinct { try writer.write(contentsOf: rows) }
                }
            }
            guard count == round else { throw WorkloadFailure("\(count) rows were copied") }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units / round {
            let count = try await bench.connection.copy(into: "w7in", columns: columns) { writer in
                for _ in 0..<round / distinct { try await writer.write(contentsOf: rows) }
            }
            guard count == round else { throw WorkloadFailure("\(count) rows were copied") }
        }
        return units
    }
}
