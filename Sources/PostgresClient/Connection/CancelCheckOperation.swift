/// Finds out whether a cancel request that was delivered, but ended no statement, can still hit the next one.
///
/// PostgreSQL signals the session before it closes the connection that carried the request, and a session that is idle
/// takes no notice. A pooler, which has process numbers of its own, may pass the request on at any time. So the session is
/// asked for its number: if it is the one to which the request was addressed, there is nobody in between. Should the
/// request come at this moment, it ends the question, and no other statement.
///
/// Source: PostgreSQL's `PostgresMain`, where it checks for interrupts while it reads a command.
struct CancelCheckOperation: Operation {
    private let core: ConnectionCore
    private var question: QuestionOperation

    init(_ core: ConnectionCore) {
        self.core = core
        question = QuestionOperation(
            core, "SELECT pg_catalog.pg_backend_pid()", until: .after(Cancellation.grace))
    }

    /// Ends the connection unless nothing can come any more.
    mutating func step() throws(PostgresError) -> Step<Void> {
        let answer: String?
        do throws(PostgresError) {
            switch try question.step() {
            case .wait(let wait): return .wait(wait)
            case .done(let value): answer = value
            }
        } catch {
            core.isCancelPending = false
            if error.sqlState == .queryCanceled { return .done(()) }
            throw core.fail(error)
        }
        core.isCancelPending = false
        guard let answer, let processID = core.session.backendKey?.processID, UInt32(answer) == processID else {
            throw core.fail(
                PostgresError(.connectionClosed, "a cancel request may still be under way through a pooler"))
        }
        return .done(())
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        throw core.fail(PostgresError(.connectionClosed, "a cancel request may still be under way"))
    }
}
