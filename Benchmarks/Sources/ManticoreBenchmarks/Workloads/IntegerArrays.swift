import Manticore

/// w4c: a hundred rows of `int4[100]`, the whole result.
enum IntegerArrays: Workload {
    static let names = ["w4c"]
    static let round = 100

    private static let sql: SQL = "SELECT * FROM w4c"

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        let statement = try bench.connection.prepare(sql)
        for _ in 0..<units / round {
            try add(try statement.query(as: [Int32].self), to: &checksum)
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        let statement = try await bench.connection.prepare(sql)
        for _ in 0..<units / round {
            try add(try await statement.query(as: [Int32].self), to: &checksum)
        }
        return units
    }

    private static func add(_ values: [[Int32]], to checksum: inout Checksum) throws {
        guard values.count == round else { throw WorkloadFailure("\(values.count) rows instead of \(round)") }
        for value in values { checksum.add(row: Checksum.word(value)) }
    }
}
