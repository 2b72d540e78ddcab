/// Has the server parse and describe a statement, and ends with Sync so that nothing is left open.
struct PrepareOperation: Operation {
    private let core: ConnectionCore
    private let sql: RenderedSQL
    private var sink = DiscardSink()
    private var isStarted = false
    private var cancellation: Cancellation?

    init(_ core: ConnectionCore, _ sql: RenderedSQL) {
        self.core = core
        self.sql = sql
    }

    mutating func step() throws(PostgresError) -> Step<StatementDescription> {
        if !isStarted {
            core.serverError = nil
            try core.writeDescription(of: sql, [])
            Frontend.Sync().encode(into: &core.link.outbound)
            core.session.expect(.sync)
            isStarted = true
        }
        if let wait = cancellation?.step() { return .wait(wait) }
        var receives = 0
        do throws(PostgresError) {
            while true {
                let isFlushed = try core.link.flush()
                if try core.process(&sink) == .idle { break }
                switch try core.receive(&sink) {
                case .bytes:
                    receives += 1
                    if receives == Wait.receivesBetweenPauses { return .wait(wait(.readable).pause) }
                case .wouldBlock:
                    if let wait = cancellation?.step() { return .wait(wait) }
                    return .wait(wait(isFlushed ? .readable : [.readable, .writable]))
                case .end: throw PostgresError(.connectionLost, "the server closed the connection")
                }
            }
        } catch {
            // What the server said before it went is worth more than that it went; the connection is gone either way.
            let said = core.serverError.map { PostgresError($0).with(host: core.host) }
            throw core.fail((said ?? error).with(statement: sql.text))
        }
        let statement = core.describedStatement()
        let reason = cancellation?.reason
        let error = core.takeError(statement: sql.text)
        if let cancellation, error?.sqlState != .queryCanceled { core.outlived(cancellation) }
        if let reason, let error, error.sqlState == .queryCanceled {
            throw error.with(code: reason == .taskCancelled ? .cancelled : .timedOut)
        }
        if let error { throw error }
        return .done(statement)
    }

    private func wait(_ interest: Interest) -> Wait {
        Wait(core.link.socket.descriptor, interest, until: cancellation?.deadline)
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        guard cancellation != nil else {
            cancellation = Cancellation(core, reason)
            return
        }
        if reason == .taskCancelled { return }
        throw core.fail(
            PostgresError(reason == .taskCancelled ? .cancelled : .timedOut, "the server did not answer in time"))
    }
}
