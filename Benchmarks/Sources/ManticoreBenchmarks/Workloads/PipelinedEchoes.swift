import Manticore

/// w6_sel: a thousand times `SELECT $1::int4` in one pipeline.
enum PipelinedEchoes: Workload {
    static let names = ["w6_sel"]
    static let round = 1000

    private static let echo: SQL = "SELECT $1::int4"

    /// The numbers go on from round to round.
    private static func numbers(_ start: Int) -> ClosedRange<Int32> { Int32(start + 1)...Int32(start + round) }

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for start in stride(from: 0, to: units, by: round) {
            let values = try bench.connection.queryMany(echo, numbers(start), as: Int32.self)
            guard values.count == round else { throw WorkloadFailure("rows are missing") }
            for value in values { checksum.add(row: Checksum.word(value)) }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for start in stride(from: 0, to: units, by: round) {
            let values = try await bench.connection.queryMany(echo, numbers(start), as: Int32.self)
            guard values.count == round else { throw WorkloadFailure("rows are missing") }
            for value in values { checksum.add(row: Checksum.word(value)) }
        }
        return units
    }
}
