import Manticore

/// w3a: a thousand rows of int4, the whole result.
enum WholeSeries: Workload {
    static let names = ["w3a"]
    static let round = 1000

    private static let sql: SQL = "SELECT i FROM generate_series(1, $1) AS i"

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        let statement = try bench.connection.prepare(sql)
        for _ in 0..<units / round {
            try add(try statement.query(Int32(round), as: Int32.self), to: &checksum)
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        let statement = try await bench.connection.prepare(sql)
        for _ in 0..<units / round {
            try add(try await statement.query(Int32(round), as: Int32.self), to: &checksum)
        }
        return units
    }

    private static func add(_ values: [Int32], to checksum: inout Checksum) throws {
        guard values.count == round else { throw WorkloadFailure("\(values.count) rows instead of \(round)") }
        for value in values { checksum.add(row: Checksum.word(value)) }
    }
}
