import Manticore

/// w9: `SELECT $1::int4` on 32 connections at once, each in a task of its own.
enum ManyConnections: Workload {
    static let names = ["w9"]
    static let faces: [Face] = [.async]
    /// The connections: each runs one query in a round.
    static let round = 32

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        throw WorkloadFailure("there is no blocking face")
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        let database = bench.database
        try await withThrowingTaskGroup(of: (Int, Checksum).self) { group in
            for place in 0..<round {
                group.addTask {
                    (place, try await database.withConnection { try await run($0, place, units: units) })
                }
            }
            for try await (place, sum) in group { checksum.add(sum, ofConnection: place) }
        }
        return units
    }

    private static func run(_ connection: Connection, _ place: Int, units: Int) async throws -> Checksum {
        var checksum = Checksum()
        let statement = try await connection.prepare("SELECT $1::int4")
        for number in stride(from: Int32(place + 1), through: Int32(units), by: round) {
            for value in try await statement.query(number, as: Int32.self) {
                checksum.add(row: Checksum.word(value))
            }
        }
        return checksum
    }
}
