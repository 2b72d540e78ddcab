import Manticore

/// w6_ins: a thousand INSERTs of one number in one pipeline.
enum PipelinedNumbers: Workload {
    static let names = ["w6_ins"]
    static let round = 1000
    static let written: SQL? = "w6_ins"

    private static let insert: SQL = "INSERT INTO w6_ins (a) VALUES ($1)"

    /// The numbers go on from round to round.
    private static func numbers(_ start: Int) -> ClosedRange<Int32> { Int32(start + 1)...Int32(start + round) }

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for start in stride(from: 0, to: units, by: round) {
            guard try bench.connection.executeMany(insert, numbers(start)) == round else {
                throw WorkloadFailure("rows are missing")
            }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for start in stride(from: 0, to: units, by: round) {
            guard try await bench.connection.executeMany(insert, numbers(start)) == round else {
                throw WorkloadFailure("rows are missing")
            }
        }
        return units
    }
}
