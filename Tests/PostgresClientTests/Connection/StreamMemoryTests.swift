import Foundation
import ManticoreTesting
import PostgresClient
import Testing

/// Streams of many rows whose reader pauses now and then: memory does not grow with them.
///
/// `Fixtures/stream-memory` does it with ten million rows.
struct StreamMemoryTests {
    /// The most that memory may grow by after the first tenth, in KiB.
    private static let limit = 4096

    /// In a process of its own, in which nothing else happens: its memory is looked at.
    @Test(.ownThread, arguments: [false, true])
    func memoryDoesNotGrow(_ suspends: Bool) async throws {
        let asked = ProcessInfo.processInfo.environment["MANTICORE_STREAM_ROWS"].flatMap { Int($0) }
        let count = asked ?? 200_000
        let url = try TestServer.server.url
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            [url = url as String, suspends = suspends as Bool, count = count as Int] in
            let (rows, peaks) = try await Self.read(url, suspends, count)
            #expect(rows == count)
            #expect(peaks.atTheEnd - peaks.early <= Self.limit, "\(peaks)")
            print(
                """
                \(suspends ? "suspending" : "blocking"): the most memory was \(peaks.early) KiB after \(count / 10) rows, \
                \(peaks.atTheEnd) KiB after \(count) rows
                """)
        }
        let said = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(said.contains("the most memory was"))
        if asked != nil { print(said, terminator: "") }
    }

    /// How many pauses the reader makes, and how long each is.
    private static let pauses = 200
    private static let pause = Duration.milliseconds(5)

    private static func read(
        _ url: String, _ suspends: Bool, _ count: Int
    ) async throws -> (rows: Int, peaks: (early: Int, atTheEnd: Int)) {
        let configuration = try ConnectionConfiguration.resolve(
            connectionString: url, sslmode: .disable, environment: [:])
        let client = try await Client.connect(configuration, suspends ? .suspending : .blocking)
        defer { client.connection.close() }
        let stream = client.connection.stream("SELECT generate_series(1, \(Int32(count))) AS i")
        var (rows, sum, early) = (0, 0, 0)
        while let row = try await client.next(stream) {
            rows += 1
            sum += Int(try row.decode(0, as: Int32.self))
            if rows % max(1, count / pauses) == 0 {
                if suspends { try await Task.sleep(for: pause) } else { usleep(5000) }
            }
            if rows == count / 10 { early = peak }
        }
        guard sum == count * (count + 1) / 2 else { throw PostgresError(.decodingFailed, "other rows") }
        return (rows, (early, peak))
    }

    /// The most memory that the process has had, in KiB.
    private static var peak: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
