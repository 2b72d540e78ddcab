package import PostgresClient
import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Carries out what a ``MigrationProcedure`` asks for, on one connection.
package struct MigrationDriver {
    /// Told of every event.
    let progress: (@Sendable (MigrationEvent) -> Void)?
    private let start = ContinuousClock.now

    package init(progress: (@Sendable (MigrationEvent) -> Void)? = nil) {
        self.progress = progress
    }

    /// Blocks the calling thread until the procedure is done.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    package func run<Procedure: MigrationProcedure>(
        _ procedure: inout Procedure, on connection: Connection
    ) throws(PostgresError) {
        var answer = answer(.success(MigrationAnswer.Reply()))
        while true {
            let request = try procedure.next(answer)
            do throws(PostgresError) {
                var reply = MigrationAnswer.Reply()
                switch request {
                case .done: return
                case .query(let sql): reply = try self.reply(try connection.query(sql))
                case .run(let text): reply = self.reply(try connection.simpleQuery(SQL(unsafeSQL: text)))
                case .sleep(let duration): Self.sleep(duration)
                case .report(let event): progress?(event)
                case .abandon: connection.close()
                }
                reply.status = connection.transactionStatus
                answer = self.answer(.success(reply))
            } catch {
                answer = self.answer(.failure(error))
            }
        }
    }

    /// Suspends the task until the procedure is done.
    package func run<Procedure: MigrationProcedure>(
        _ procedure: inout Procedure, on connection: Connection
    ) async throws(PostgresError) {
        var answer = answer(.success(MigrationAnswer.Reply()))
        while true {
            let request = try procedure.next(answer)
            do throws(PostgresError) {
                var reply = MigrationAnswer.Reply()
                switch request {
                case .done: return
                case .query(let sql): reply = try self.reply(try await connection.query(sql))
                case .run(let text): reply = self.reply(try await connection.simpleQuery(SQL(unsafeSQL: text)))
                case .sleep(let duration): try await Self.sleep(duration)
                case .report(let event): progress?(event)
                case .abandon: connection.close()
                }
                reply.status = connection.transactionStatus
                answer = self.answer(.success(reply))
            } catch {
                answer = self.answer(.failure(error))
            }
        }
    }

    private func answer(_ result: Result<MigrationAnswer.Reply, PostgresError>) -> MigrationAnswer {
        MigrationAnswer(result, at: ContinuousClock.now - start)
    }

    private func reply(_ rows: Rows) throws(PostgresError) -> MigrationAnswer.Reply {
        var reply = MigrationAnswer.Reply(tag: rows.commandTag ?? CommandTag(""))
        for row in rows {
            var cells: [PostgresValue] = []
            for index in 0..<row.count { cells.append(try row[index]) }
            reply.rows.append(cells)
        }
        return reply
    }

    /// What a migration's own statements return is nobody's.
    private func reply(_ results: [Rows]) -> MigrationAnswer.Reply {
        MigrationAnswer.Reply(tag: results.last?.commandTag ?? CommandTag(""))
    }

    @available(*, noasync)
    private static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = max(duration, .zero).components
        var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var left = timespec()
        while unsafe nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
    }

    private static func sleep(_ duration: Duration) async throws(PostgresError) {
        do {
            try await Task.sleep(for: max(duration, .zero))
        } catch {
            throw PostgresError(.cancelled, "the task was cancelled while it waited for the lock of the migrations")
        }
    }
}
