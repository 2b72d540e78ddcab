import Manticore

/// w5: 200,000 rows of eight types, the whole result, every value decoded.
enum DecodedRows: Workload {
    static let names = ["w5"]
    static let round = 200_000

    private typealias Columns = (
        Int64, Int32, Double, Bool, String, PostgresTimestampWithTimeZone, PostgresUUID, PostgresNumeric
    )

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for _ in 0..<units / round {
            let rows = bench.connection.stream("SELECT * FROM w5", as: Columns.self)
            while let row = try rows.next() {
                checksum.add(row: try word(row))
            }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units / round {
            let rows = bench.connection.stream("SELECT * FROM w5", as: Columns.self)
            while let batch = try await rows.nextBatch() {
                for row in batch { checksum.add(row: try word(row)) }
            }
        }
        return units
    }

    /// The weighted sum of a row's words.
    ///
    /// The timestamp is in microseconds since 2000-01-01 00:00 UTC, the numeric in hundredths.
    private static func word(_ row: Columns) throws -> UInt64 {
        var sum = Checksum.word(row.0)
        sum &+= 3 &* Checksum.word(row.1)
        sum &+= 5 &* Checksum.word(row.2)
        sum &+= 7 &* Checksum.word(row.3)
        sum &+= 9 &* Checksum.word(row.4)
        sum &+= 11 &* Checksum.word(row.5.microsecondsSince2000)
        sum &+= 13 &* Checksum.word(row.6.high, row.6.low)
        guard let hundredths = Int64(exactly: row.7, scale: 2) else {
            throw WorkloadFailure("a numeric is no whole number of hundredths")
        }
        sum &+= 15 &* Checksum.word(hundredths)
        return sum
    }
}
