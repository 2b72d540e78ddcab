import Manticore

/// w4d: 10,000 rows of seven columns copied in at a time.
enum CopiedTable: Workload {
    static let names = ["w4d"]
    static let round = 10_000
    static let written: SQL? = "w4d"

    private static let columns = ["a", "b", "c", "d", "e", "f", "g"]
    private static let rows: [(Int, Int, Int, String, Double, Int, String)] = Array(
        repeating: (10, 11, 10, "TESTTESTTEST", 10.333, 12_341_234, "123412341234"), count: round)

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for _ in 0..<units / round {
            let count = try bench.connection.copy(into: "w4d", columns: columns, rows)
            guard count == round else { throw WorkloadFailure("\(count) rows were copied") }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units / round {
            let count = try await bench.connection.copy(into: "w4d", columns: columns, rows)
            guard count == round else { throw WorkloadFailure("\(count) rows were copied") }
        }
        return units
    }
}
