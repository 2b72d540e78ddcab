import Manticore

extension Invocation {
    func measureBlocking() throws -> Measurement {
        let database = try Database(url: url, maxConnections: maxConnections)
        defer { database.close() }
        return try database.withConnection { connection in
            let bench = bench(connection, database)
            var ignored = Checksum()
            _ = try workload.runBlocking(bench, units: warmUpUnits, checksum: &ignored)
            if let table = workload.written { try connection.execute("TRUNCATE \(table)") }
            var measurement = Measurement()
            let done = try workload.runBlocking(bench, units: units, checksum: &measurement.checksum)
            measurement.finish(units: done)
            if let table = workload.written {
                measurement.checksum.add(try connection.query(Invocation.proof(table), as: (Int64, Int64).self))
            }
            return measurement
        }
    }

    /// Runs on the cooperative pool, as a server's tasks do, not on the main thread.
    @concurrent
    func measureAsync() async throws -> Measurement {
        let database = try Database(url: url, maxConnections: maxConnections)
        defer { database.close() }
        return try await database.withConnection { connection in
            let bench = bench(connection, database)
            var ignored = Checksum()
            _ = try await workload.runAsync(bench, units: warmUpUnits, checksum: &ignored)
            if let table = workload.written { try await connection.execute("TRUNCATE \(table)") }
            var measurement = Measurement()
            let done = try await workload.runAsync(bench, units: units, checksum: &measurement.checksum)
            measurement.finish(units: done)
            if let table = workload.written {
                measurement.checksum.add(
                    try await connection.query(Invocation.proof(table), as: (Int64, Int64).self))
            }
            return measurement
        }
    }

    /// What is in a table, whatever the order of its rows.
    private static func proof(_ table: SQL) -> SQL {
        "SELECT count(*), (sum(hash_record_extended(t, 0)) % 9223372036854775807)::int8 FROM \(table) AS t"
    }

    private func bench(_ connection: Connection, _ database: Database) -> Bench {
        Bench(connection: connection, database: database, url: url, name: name, face: face)
    }

    /// One more than the workload with the most of them takes from the pool.
    private var maxConnections: Int { ManyConnections.round + 1 }
}

extension Checksum {
    /// Takes in what proves that a table was written.
    fileprivate mutating func add(_ proof: [(Int64, Int64)]) {
        for (count, sum) in proof { add(row: Checksum.word(count) &+ 3 &* Checksum.word(sum)) }
    }
}
