import Manticore

extension Invocation {
    func measureBlocking() throws -> Measurement {
        let database = try Database(url: url, maxConnections: maxConnections)
        defer { database.close() }
        return try database.withConnection { connection in
            let bench = bench(connection, database)
            var ignored = Checksum()
            _ = try workload.runBlocking(bench, units: warmUpUnits, checksum: &ignored)
            var measurement = Measurement()
            let done = try workload.runBlocking(bench, units: units, checksum: &measurement.checksum)
            measurement.finish(units: done)
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
            var measurement = Measurement()
            let done = try await workload.runAsync(bench, units: units, checksum: &measurement.checksum)
            measurement.finish(units: done)
            return measurement
        }
    }

    private func bench(_ connection: Connection, _ database: Database) -> Bench {
        Bench(connection: connection, database: database, url: url, name: name, face: face)
    }

    /// One more than the workload with the most of them takes from the pool.
    private var maxConnections: Int { ManyConnections.round + 1 }
}
