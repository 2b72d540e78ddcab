import Foundation
import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// A statement is cancelled while it ends and while another one begins on the same session: the other one is never hit.
///
/// `Fixtures/cancel-races` does it a hundred thousand times, in a process in which nothing else happens.
@Suite(.ownThread) struct CancelRaceTests {
    /// How the first statement of each race ended.
    private struct Tally: Sendable {
        var finished = 0
        var cancelled = 0
        /// Ended before anything of it was sent.
        var unsent = 0
        /// The connection was given up with it.
        var closed = 0
        /// How often the second statement failed.
        var hits = 0
        /// How often a statement had the answer of another.
        var mixed = 0

        var races: Int { finished + cancelled + unsent + closed }

        static func + (left: Tally, right: Tally) -> Tally {
            Tally(
                finished: left.finished + right.finished, cancelled: left.cancelled + right.cancelled,
                unsent: left.unsent + right.unsent, closed: left.closed + right.closed, hits: left.hits + right.hits,
                mixed: left.mixed + right.mixed)
        }

        mutating func note(_ result: Result<Int32?, PostgresError>, _ number: Int32) {
            switch result {
            case .success(let answer):
                finished += 1
                if answer != number { mixed += 1 }
            case .failure(let error) where error.sqlState == .queryCanceled: cancelled += 1
            case .failure(let error) where error.isSafeToRetry: unsent += 1
            case .failure: closed += 1
            }
        }
    }

    /// Who ends the first statement.
    private enum Ender: CaseIterable {
        case canceller
        case deadline
        case task
    }

    private static let work: @Sendable (Int32, Int32) -> SQL = { number, rows in
        "SELECT \(number), count(*) FROM generate_series(1, \(rows))"
    }

    private static func delay() -> Duration { .microseconds(Int.random(in: 0...300)) }

    /// How long the first statements are, in rows: so long that about half of them end before the request to cancel them
    /// comes, however fast the machine is.
    private struct Length {
        private var middle = 20_000.0

        mutating func next() -> Int32 { Int32(middle * Double.random(in: 0.3...1.7)) }

        mutating func note(_ result: Result<Int32?, PostgresError>) {
            switch result {
            case .success: middle = min(middle * 1.05, 1e7)
            case .failure(let error): if error.sqlState == .queryCanceled { middle = max(middle / 1.05, 100) }
            }
        }
    }

    private static func answer(_ rows: Rows) -> Int32? { try? rows.first?.decode(0, as: Int32.self) }

    /// One race after the other on the only connection of a pool.
    private static func blockingRaces(
        _ pool: ConnectionPool, _ partner: Partner, _ count: Int, _ ender: Ender
    ) -> Tally {
        var (tally, length) = (Tally(), Length())
        for number in 0..<Int32(count) {
            let statement = work(number, length.next())
            let first: Result<Int32?, PostgresError>
            if ender == .deadline {
                first = Result { () throws(PostgresError) in answer(try pool.within(delay()).query(statement)) }
            } else {
                first = Result { () throws(PostgresError) in
                    try pool.withBlockingConnection { (connection) throws(PostgresError) in
                        let canceller = connection.canceller
                        partner.act(after: delay()) { canceller.cancel() }
                        return answer(try connection.query(statement))
                    }
                }
            }
            tally.note(first, number)
            length.note(first)
            second(Result { () throws(PostgresError) in try pool.query(work(-number, 10)) }, number, &tally)
        }
        return tally
    }

    private static func second(_ result: Result<Rows, PostgresError>, _ number: Int32, _ tally: inout Tally) {
        switch result {
        case .success(let rows): if answer(rows) != -number { tally.mixed += 1 }
        case .failure: tally.hits += 1
        }
    }

    private static func suspendingRaces(
        _ pool: ConnectionPool, _ partner: Partner, _ count: Int, _ ender: Ender
    ) async -> Tally {
        var (tally, length) = (Tally(), Length())
        for number in 0..<Int32(count) {
            let statement = work(number, length.next())
            let task = Task { () -> Result<Int32?, PostgresError> in
                do throws(PostgresError) {
                    if ender == .deadline { return .success(answer(try await pool.within(delay()).query(statement))) }
                    if ender == .task { return .success(answer(try await pool.query(statement))) }
                    return .success(
                        try await pool.withAsyncConnection { (connection) async throws(PostgresError) in
                            let canceller = connection.canceller
                            partner.act(after: delay()) { canceller.cancel() }
                            return answer(try await connection.query(statement))
                        })
                } catch {
                    return .failure(error)
                }
            }
            if ender == .task { partner.act(after: delay()) { task.cancel() } }
            let first = await task.value
            tally.note(first, number)
            length.note(first)
            do throws(PostgresError) {
                second(.success(try await pool.query(work(-number, 10))), number, &tally)
            } catch {
                second(.failure(error), number, &tally)
            }
        }
        return tally
    }

    private static func pool(_ route: Route, _ name: String) throws -> ConnectionPool {
        var configuration = try TestServer.configuration(route)
        configuration.applicationName = name
        var limits = PoolConfiguration()
        limits.maxConnections = 1
        return ConnectionPool(configuration, limits)
    }

    /// All races of one face, on several sessions at a time.
    private static func run(_ face: Face, _ count: Int, _ sessions: Int) async throws -> Tally {
        let enders: [Ender] = face == .blocking ? [.canceller, .deadline] : Ender.allCases
        let name = "races \(face) \(UInt32.random(in: .min ... .max))"
        let routes: [Route] = [.tcp, .socket]
        var tally = Tally()
        try await withThrowingTaskGroup(of: Tally.self) { group in
            for session in 0..<sessions {
                let ender = enders[session % enders.count]
                let pool = try pool(routes[session / enders.count % routes.count], name)
                let partner = try Partner()
                let share = count / sessions + (session < count % sessions ? 1 : 0)
                group.addTask {
                    defer {
                        pool.close()
                        partner.end()
                    }
                    switch face {
                    case .blocking:
                        let reader = try Completion.onThread { blockingRaces(pool, partner, share, ender) }
                        var wait = CompletionOperation(reader, until: nil)
                        return try await AsyncDriver.run(&wait)
                    case .suspending:
                        return await suspendingRaces(pool, partner, share, ender)
                    }
                }
            }
            for try await part in group { tally = tally + part }
        }
        // Every session is gone, and every request with it.
        let observer = try await Client.connect(.socket)
        defer { observer.connection.close() }
        var left = 1
        for _ in 0..<1000 where left > 0 {
            left = try await observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = \(name)"
            ).count
            if left > 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(left == 0)
        return tally
    }

    private static var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    @Test(arguments: Face.allCases)
    func theNextStatementIsNeverHit(_ face: Face) async throws {
        let asked = ProcessInfo.processInfo.environment["MANTICORE_CANCEL_RACES"].flatMap { Int($0) }
        let count = asked.map { $0 / 2 } ?? 2000
        let sessions = 6
        if asked != nil { _ = try await Self.run(face, 60, sessions) }
        let before = Self.descriptors
        let start = ContinuousClock.now
        let tally = try await Self.run(face, count, sessions)
        let duration = ContinuousClock.now - start
        #expect(tally.races == count, "every call has ended")
        #expect(tally.hits == 0, "a second statement was hit")
        #expect(tally.mixed == 0, "an answer was somebody else's")
        #expect(tally.cancelled > 0 && tally.finished > 0, "\(tally)")
        guard asked != nil else { return }
        // Sockets are closed by the last reference, which a thread may hold that is about to end.
        for _ in 0..<1000 where Self.descriptors > before { try await Task.sleep(for: .milliseconds(10)) }
        #expect(Self.descriptors <= before)
        print(
            """
            \(face): \(tally.races) races in \(duration): \(tally.cancelled) cancelled, \(tally.finished) finished, \
            \(tally.unsent) not begun, \(tally.closed) with the connection given up; descriptors \(before) before, \
            \(Self.descriptors) after
            """)
    }
}
