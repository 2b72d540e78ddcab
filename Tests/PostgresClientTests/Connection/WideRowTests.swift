import Foundation
import PostgresClient
import PostgresWire
import Testing

/// Rows with as many columns as a table can have.
@Suite(.ownThread) struct WideRowTests {
    private func rows(columns: Int) async throws -> Rows {
        let client = try await Client.connect(.socket)
        let list = (0..<columns).map { $0 % 7 == 3 ? "NULL::int4 AS c\($0)" : "\($0) AS c\($0)" }.joined(
            separator: ", ")
        return try await client.query(SQL(unsafeSQL: "SELECT " + list))
    }

    @Test func cellsAreTheValues() async throws {
        let row = try await rows(columns: 1600)[0]
        let cells = try row.cells()
        #expect(cells.count == 1600)
        for index in stride(from: 0, to: 1600, by: 13) {
            #expect(try cells[index] == row[index])
            #expect(try cells.isNull(index) == (index % 7 == 3) && row.isNull(index) == (index % 7 == 3))
            #expect(try cells.decode(index, as: Int?.self) == (index % 7 == 3 ? nil : index))
        }
        for index in [-1, 1600] {
            #expect(await failure { try cells[index] }?.code == .decodingFailed)
            #expect(await failure { try cells.isNull(index) }?.code == .decodingFailed)
        }
        let wrong = await failure { try cells.decode(4, as: Bool.self) }
        #expect(wrong?.message == "column 4 (\"c4\") of type int4 in row 0 cannot be read as Bool")
    }

    /// Eight times the columns take about eight times the time, not sixty-four times.
    @Test func readingAllValuesIsLinear() async throws {
        let (narrow, wide) = (try await rows(columns: 200)[0], try await rows(columns: 1600)[0])
        func fastest(_ body: () throws -> Void) throws -> Double {
            var fastest = Double.infinity
            for _ in 0..<7 {
                let start = Self.threadTime()
                try body()
                fastest = min(fastest, Self.threadTime() - start)
            }
            return fastest
        }
        for read in [
            { _ = try $0.dictionary() }, { _ = $0.description },
            { row in
                let cells = try row.cells()
                for index in 0..<cells.count { _ = try cells[index] }
            },
        ] as [(Row) throws -> Void] {
            let ratio = try fastest { try read(wide) } / fastest { try read(narrow) }
            #expect(ratio < 24)
        }
    }

    /// The processor time of this thread in seconds: other load does not count.
    private static func threadTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
