import Manticore

/// w2: `pg_type` by MagicStack's query, twelve columns, the whole result, every value decoded.
enum CatalogRows: Workload {
    static let names = ["w2"]
    static let round = 1

    private typealias Columns = (
        String, UInt32, UInt32, Int16, Bool, UInt8, Bool, Bool, UInt8, UInt32, UInt32, UInt32
    )

    private static let sql: SQL = """
        select typname, typnamespace, typowner, typlen, typbyval, typcategory, typispreferred, typisdefined, typdelim, \
        typrelid, typelem, typarray from pg_type where typtypmod = $1 and typisdefined = $2
        """

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        let statement = try bench.connection.prepare(sql)
        var done = 0
        while done < units {
            let rows = try statement.query(Int32(-1), true, as: Columns.self)
            done += try add(rows, to: &checksum)
        }
        return done
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        let statement = try await bench.connection.prepare(sql)
        var done = 0
        while done < units {
            let rows = try await statement.query(Int32(-1), true, as: Columns.self)
            done += try add(rows, to: &checksum)
        }
        return done
    }

    private static func add(_ rows: [Columns], to checksum: inout Checksum) throws -> Int {
        guard !rows.isEmpty else { throw WorkloadFailure("no rows") }
        for row in rows { checksum.add(row: word(row)) }
        return rows.count
    }

    private static func word(_ row: Columns) -> UInt64 {
        var sum = Checksum.word(row.0)
        sum &+= 3 &* Checksum.word(row.1)
        sum &+= 5 &* Checksum.word(row.2)
        sum &+= 7 &* Checksum.word(row.3)
        sum &+= 9 &* Checksum.word(row.4)
        sum &+= 11 &* Checksum.word(row.5)
        sum &+= 13 &* Checksum.word(row.6)
        sum &+= 15 &* Checksum.word(row.7)
        sum &+= 17 &* Checksum.word(row.8)
        sum &+= 19 &* Checksum.word(row.9)
        sum &+= 21 &* Checksum.word(row.10)
        sum &+= 23 &* Checksum.word(row.11)
        return sum
    }
}
