/// Has the server parse and describe a statement, and ends with Sync so that nothing is left open.
struct PrepareOperation: Operation {
    private let core: ConnectionCore
    private let sql: RenderedSQL
    private let types: [PostgresOID]
    private let isNamed: Bool
    private var sink = DiscardSink()
    private var isStarted = false
    private var exchange = Exchange()

    /// - Parameters:
    ///   - types: The types to declare for the first parameters; the server infers those that are unspecified.
    ///   - isNamed: Whether the server is to keep the statement.
    init(_ core: ConnectionCore, _ sql: RenderedSQL, _ types: [PostgresOID] = [], isNamed: Bool = true) {
        self.core = core
        self.sql = sql
        self.types = types
        self.isNamed = isNamed
    }

    mutating func step() throws(PostgresError) -> Step<StatementDescription> {
        if !isStarted {
            core.replies.forgetServerError()
            try core.writeDescription(of: sql, types, isNamed: isNamed)
            Frontend.Sync().encode(into: &core.link.outbound)
            core.session.expect(.sync)
            isStarted = true
            if let wait = exchange.send(core) { return .wait(wait) }
        }
        do throws(PostgresError) {
            switch try exchange.advance(core, &sink) {
            case .wait(let wait): return .wait(wait)
            case .lost(let error): throw error
            case .idle, .delivered, .enough, .sent: break
            }
        } catch {
            // What the server said before it went is worth more than that it went; the connection is gone either way.
            let said = core.serverError.map { PostgresError($0).with(host: core.host) }
            throw core.fail((said ?? error).with(statement: sql.text))
        }
        let statement = core.describedStatement()
        exchange.end(core)
        if let error = core.takeError(statement: sql.text) { throw exchange.explain(error) }
        return .done(statement)
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        guard !exchange.interrupt(core, reason) else { return }
        throw core.fail(PostgresError(reason.code, "the server did not answer in time"))
    }
}
