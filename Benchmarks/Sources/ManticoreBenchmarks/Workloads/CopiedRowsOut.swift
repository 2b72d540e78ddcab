import Manticore

/// w7out: a million rows copied out, every value decoded.
enum CopiedRowsOut: Workload {
    static let names = ["w7out"]
    static let round = 1_000_000

    private typealias Columns = (Int64, Int32, Double, String)

    private static func stream(_ bench: Bench) -> TupleStream<Int64, Int32, Double, String> {
        bench.connection.copyOut(table: "w7out", columns: ["a", "b", "c", "d"], as: Columns.self)
    }

    private static func word(_ row: Columns) -> UInt64 {
        var sum = Checksum.word(row.0)
        sum &+= 3 &* Checksum.word(row.1)
        sum &+= 5 &* Checksum.word(row.2)
        sum &+= 7 &* Checksum.word(row.3)
        return sum
    }

    static func runBlocking(_ bench: Bench, units: Int, checksum: inout Checksum) throws -> Int {
        for _ in 0..<units / round {
            let rows = stream(bench)
            while let row = try rows.next() { checksum.add(row: word(row)) }
            guard rows.commandTag?.rowCount == round else { throw WorkloadFailure("not a million rows came") }
        }
        return units
    }

    static func runAsync(_ bench: Bench, units: Int, checksum: inout Checksum) async throws -> Int {
        for _ in 0..<units / round {
            let rows = stream(bench)
            while let batch = try await rows.nextBatch() {
                for row in batch { checksum.add(row: word(row)) }
            }
            guard rows.commandTag?.rowCount == round else { throw WorkloadFailure("not a million rows came") }
        }
        return units
    }
}
