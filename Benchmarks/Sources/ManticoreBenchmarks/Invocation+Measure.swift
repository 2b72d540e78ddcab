import Manticore

extension Invocation {
    func measureBlocking() throws -> Measurement {
        let database = try Database(url: url)
        defer { database.close() }
        return try database.withConnection { connection in
            var ignored = Checksum()
            try workload.runBlocking(on: connection, units: warmUpUnits, checksum: &ignored)
            var measurement = Measurement()
            try workload.runBlocking(on: connection, units: units, checksum: &measurement.checksum)
            measurement.finish()
            return measurement
        }
    }

    /// Runs on the cooperative pool, as a server's tasks do, not on the main thread.
    @concurrent
    func measureAsync() async throws -> Measurement {
        let database = try Database(url: url)
        defer { database.close() }
        return try await database.withConnection { connection in
            var ignored = Checksum()
            try await workload.runAsync(on: connection, units: warmUpUnits, checksum: &ignored)
            var measurement = Measurement()
            try await workload.runAsync(on: connection, units: units, checksum: &measurement.checksum)
            measurement.finish()
            return measurement
        }
    }
}
