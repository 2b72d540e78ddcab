import Manticore

/// w4a, w4b: a hundred `bytea` of 1,000 bytes or of 100 KiB, the whole result.
enum ByteStrings: Workload {
    static let names = ["w4a", "w4b"]
    static let round = 100

    private static func sql(_ table: String) -> SQL { "SELECT * FROM \(identifier: table)" }

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        let statement = try bench.connection.prepare(sql(bench.name))
        for _ in 0..<units / round {
            try add(try statement.query(as: [UInt8].self), to: &checksum)
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        let statement = try await bench.connection.prepare(sql(bench.name))
        for _ in 0..<units / round {
            try add(try await statement.query(as: [UInt8].self), to: &checksum)
        }
        return units
    }

    private static func add(_ values: [[UInt8]], to checksum: inout Checksum) throws {
        guard values.count == round else { throw WorkloadFailure("\(values.count) rows instead of \(round)") }
        for value in values { checksum.add(row: Checksum.word(value)) }
    }
}
