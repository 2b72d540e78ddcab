import Manticore

/// w8: connects with SCRAM-SHA-256 and closes, one after another; the transport is the connection string's.
///
/// The face `cached` connects with copies of one configuration, as a pool does: the keys are derived once for all of them.
enum Connecting: Workload {
    static let names = ["w8", "w8_tls"]
    static let faces: [Face] = [.blocking, .async, .cached]
    static let round = 1

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        let shared = try ConnectionConfiguration(connectionString: bench.url)
        for _ in 0..<units {
            let configuration =
                bench.face == .cached ? shared : try ConnectionConfiguration(connectionString: bench.url)
            let connection = try Connection.connect(to: configuration)
            checksum.add(row: try version(connection))
            connection.close()
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units {
            let connection = try await Connection.connect(to: ConnectionConfiguration(connectionString: bench.url))
            checksum.add(row: try version(connection))
            connection.close()
        }
        return units
    }

    /// The server's version as a number: 150018 for 15.18.
    private static func version(_ connection: Connection) throws -> UInt64 {
        guard connection.authentication.utf8.starts(with: "scram-sha-256".utf8) else {
            throw WorkloadFailure("authenticated by \(connection.authentication)")
        }
        let numbers = (connection.parameters["server_version"] ?? "").prefix { $0.isNumber || $0 == "." }
            .split(separator: ".").map { UInt64($0) ?? 0 }
        guard numbers.count == 2 else { throw WorkloadFailure("no version of the server") }
        return numbers[0] * 10_000 + numbers[1]
    }
}
