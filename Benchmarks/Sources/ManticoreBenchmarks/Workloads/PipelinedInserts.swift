import Manticore

/// w4e: MagicStack's 6-batch, a thousand INSERTs of seven columns in one pipeline.
enum PipelinedInserts: Workload {
    static let names = ["w4e"]
    static let round = 1000
    static let written: SQL? = "w4e"

    private static let insert: SQL = "INSERT INTO w4e (a, b, c, d, e, f, g) VALUES ($1, $2, $3, $4, $5, $6, $7)"

    private typealias Inserted = (Int32, Int32, Int32, String, Double, Int32, String)

    private static let rows = repeatElement(
        (10, 11, 10, "TESTTESTTEST", 10.333, 12_341_234, "123412341234") as Inserted, count: round)

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for _ in 0..<units / round {
            guard try bench.connection.executeMany(insert, rows) == round else {
                throw WorkloadFailure("rows are missing")
            }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units / round {
            guard try await bench.connection.executeMany(insert, rows) == round else {
                throw WorkloadFailure("rows are missing")
            }
        }
        return units
    }
}
