import Manticore

/// w1: `SELECT $1::int4`, prepared, one after another; the transport is the connection string's.
enum EchoInteger: Workload {
    static let names = ["w1_tcp", "w1_unix", "w1_tls"]
    static let round = 1

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        let statement = try bench.connection.prepare("SELECT $1::int4")
        for number in 1...Int32(units) {
            for value in try statement.query(number, as: Int32.self) {
                checksum.add(row: Checksum.word(value))
            }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        let statement = try await bench.connection.prepare("SELECT $1::int4")
        for number in 1...Int32(units) {
            for value in try await statement.query(number, as: Int32.self) {
                checksum.add(row: Checksum.word(value))
            }
        }
        return units
    }
}
