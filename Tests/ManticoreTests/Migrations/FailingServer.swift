import Manticore
import PostgresWire

/// A ``ScriptedServer`` of which one request fails, and which watches what is left behind.
struct FailingServer {
    let failingRequest: Int
    let error: PostgresError
    private(set) var isInTransaction = false
    private(set) var isLocked = false
    private(set) var isAbandoned = false

    init(failingRequest: Int, error: PostgresError) {
        self.failingRequest = failingRequest
        self.error = error
    }

    /// Drives a procedure to its end; returns what it threw.
    mutating func run(_ procedure: inout some MigrationProcedure) -> PostgresError? {
        var server = ScriptedServer()
        var number = 0
        var answer = MigrationAnswer.nothing(at: .zero)
        do throws(PostgresError) {
            while true {
                let request = try procedure.next(answer)
                let text: String
                switch request {
                case .done: return nil
                case .abandon:
                    isAbandoned = true
                    answer = .nothing(at: .zero)
                    continue
                case .report, .sleep:
                    answer = .nothing(at: .zero)
                    continue
                case .query(let sql): text = sql.description
                case .run(let sql): text = sql
                }
                defer { number += 1 }
                if number == failingRequest {
                    // A COMMIT that the server refuses ends the transaction all the same.
                    if text == "COMMIT", error.server != nil { isInTransaction = false }
                    answer = MigrationAnswer(.failure(error), at: .zero)
                    continue
                }
                if text == "BEGIN" { isInTransaction = true }
                if text == "COMMIT" || text == "ROLLBACK" { isInTransaction = false }
                if text.contains("pg_try_advisory_lock") { isLocked = true }
                if text.contains("pg_advisory_unlock") { isLocked = false }
                var single = SingleRequest(request: request)
                try server.run(&single)
                answer = single.answer
            }
        } catch {
            return error
        }
    }

    /// One request as a procedure of its own.
    private struct SingleRequest: MigrationProcedure {
        let request: MigrationRequest
        var answer = MigrationAnswer.nothing(at: .zero)
        private var isAsked = false

        init(request: MigrationRequest) {
            self.request = request
        }

        mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
            if isAsked {
                self.answer = answer
                return .done
            }
            isAsked = true
            return request
        }
    }
}
