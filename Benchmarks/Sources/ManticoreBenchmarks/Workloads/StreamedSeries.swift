import Manticore

/// w3b: a million rows of int4, streamed and summed.
enum StreamedSeries: Workload {
    static let names = ["w3b"]
    static let round = 1_000_000

    private static var series: SQL { "SELECT i FROM generate_series(1, \(Int32(round))) AS i" }

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for _ in 0..<units / round {
            let rows = bench.connection.stream(series, as: Int32.self)
            while let value = try rows.next() {
                checksum.add(row: Checksum.word(value))
            }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units / round {
            let rows = bench.connection.stream(series, as: Int32.self)
            while let batch = try await rows.nextBatch() {
                for value in batch { checksum.add(row: Checksum.word(value)) }
            }
        }
        return units
    }
}
