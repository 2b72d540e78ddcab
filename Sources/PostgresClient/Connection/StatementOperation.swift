/// Runs one statement by the extended protocol.
///
/// A statement that the connection knows goes out as Bind, Execute and Sync in one flight. One that it does not know is
/// first parsed and described, so that each column is asked for in a format that its type has.
struct StatementOperation<Sink: ReplySink>: Operation {
    private enum Phase {
        case start
        case preparing
        /// The server refused the statement; Sync is sent.
        case recovering
        case executing
        case finished
    }

    /// What is executed.
    enum Source {
        /// A statement's text with its values, prepared when it is not yet.
        case sql(RenderedSQL)
        /// Messages that are written already, for a statement with these columns.
        case written(StatementDescription)
        /// Nothing: an execution that somebody else began is read to its end.
        case begun
    }

    let core: ConnectionCore
    private let source: Source
    var sink: Sink
    private let returnsBatches: Bool
    private var phase = Phase.start
    /// The types that are declared for the parameters, if the statement is to be kept.
    private var declaredTypes: [PostgresOID] = []
    /// The statement that is executed, if it is one of the cache.
    private var kept: StatementDescription?
    private var wasCached = false
    private var hasRetried = false
    private var hasDelivered = false
    private var wasInTransaction = false
    private var sendFailure: PostgresError?
    private var cancellation: Cancellation?
    private var deadline: Deadline?

    /// - Parameters:
    ///   - returnsBatches: Whether to end a run whenever rows have come, to be run again for the next.
    init(
        _ core: ConnectionCore, _ source: Source, _ sink: Sink, returnsBatches: Bool = false
    ) {
        self.core = core
        self.source = source
        self.sink = sink
        self.returnsBatches = returnsBatches
    }

    var text: String {
        switch source {
        case .sql(let sql): sql.text
        case .written(let statement): statement.text
        case .begun: ""
        }
    }

    /// Whether the statement has come to its end; false if there may be more rows.
    typealias Output = Bool

    mutating func step() throws(PostgresError) -> Step<Bool> {
        if phase == .finished { return .done(true) }
        do throws(PostgresError) {
            if phase == .start, let wait = try start() { return .wait(wait) }
            return try advance()
        } catch {
            phase = .finished
            throw error
        }
    }

    // MARK: - Sending

    private mutating func start() throws(PostgresError) -> Wait? {
        wasInTransaction = core.session.transactionStatus != .idle
        core.serverError = nil
        switch source {
        case .begun:
            phase = .executing
            // A cancel inside a transaction would abort it.
            if !wasInTransaction { deadline = Deadline(after: .milliseconds(100)) }
            return nil
        case .written(let statement):
            phase = .executing
            sink.begin(statement.columns ?? .none)
        case .sql(let sql):
            let types = core.declaredTypes(of: sql.parameters)
            declaredTypes = types
            if let statement = core.statements.statement(for: sql.key(types)) {
                wasCached = true
                kept = statement
                try core.writeExecution(of: statement, sql.parameters)
                phase = .executing
                sink.begin(statement.columns ?? .none)
            } else {
                wasCached = false
                try core.writeDescription(of: sql, types)
                phase = .preparing
            }
        }
        do throws(PostgresError) {
            let isFlushed = try core.link.flush()
            // The server has yet to run: there is nothing to receive unless something was left behind.
            if core.link.start == core.link.end, !core.link.mayHaveMore {
                return wait(isFlushed ? .readable : [.readable, .writable])
            }
        } catch {
            sendFailure = error
        }
        return nil
    }

    private func wait(_ interest: Interest) -> Wait {
        Wait(core.link.socket.descriptor, interest, until: cancellation?.deadline ?? deadline)
    }

    // MARK: - Receiving

    private mutating func advance() throws(PostgresError) -> Step<Bool> {
        if let wait = cancellation?.step() { return .wait(wait) }
        if returnsBatches, sink.count > 0 { return deliver() }
        var receives = 0
        while true {
            let progress: ConnectionCore.Progress
            do throws(PostgresError) {
                progress = try core.process(&sink)
            } catch {
                throw core.fail(error.with(statement: text))
            }
            if progress == .idle, let output = try answered() { return .done(output) }
            if returnsBatches, sink.count > 0 { return deliver() }
            if sink.hasEnough, let wait = try cutShort() { return .wait(wait) }
            var isFlushed = true
            if sendFailure == nil {
                do throws(PostgresError) {
                    isFlushed = try core.link.flush()
                } catch {
                    // What the server said before it went is worth more than that it went.
                    sendFailure = error
                }
            }
            do throws(PostgresError) {
                switch try core.receive(&sink) {
                case .bytes:
                    receives += 1
                    if receives == Wait.receivesBetweenPauses { return .wait(wait(.readable).pause) }
                case .wouldBlock:
                    if let sendFailure { throw sendFailure }
                    if let wait = cancellation?.step() { return .wait(wait) }
                    return .wait(wait(isFlushed ? .readable : [.readable, .writable]))
                case .end:
                    throw sendFailure ?? PostgresError(.connectionLost, "the server closed the connection")
                }
            } catch {
                throw lost(error)
            }
        }
    }

    private mutating func deliver() -> Step<Bool> {
        hasDelivered = true
        return .done(false)
    }

    /// Has the server stop sending what nobody wants.
    private mutating func cutShort() throws(PostgresError) -> Wait? {
        if let cancellation, !cancellation.deadline.hasPassed { return nil }
        guard cancellation == nil, !wasInTransaction else {
            throw core.fail(PostgresError(.connectionClosed, "a stream over it was dropped long before its end"))
        }
        cancellation = Cancellation(core, .deadlinePassed)
        return cancellation?.step()
    }

    /// Everything sent so far is answered: goes on, or ends.
    private mutating func answered() throws(PostgresError) -> Bool? {
        switch phase {
        case .preparing:
            if core.serverError != nil {
                core.isDescribing = false
                Frontend.Sync().encode(into: &core.link.outbound)
                core.session.expect(.sync)
                phase = .recovering
                return nil
            }
            if let reason = cancellation?.reason {
                // The request came too early to stop anything: what it was for must not be begun now.
                core.isDescribing = false
                throw core.fail(
                    PostgresError(
                        reason == .taskCancelled ? .cancelled : .timedOut,
                        "the statement was cancelled before it was run"
                    ).with(statement: text).with(isSafeToRetry: true))
            }
            guard case .sql(let sql) = source else { return true }
            let statement = core.keepDescribed(declaredTypes)
            kept = statement
            try core.writeExecution(of: statement, sql.parameters)
            sink.begin(statement.columns ?? .none)
            phase = .executing
            return nil
        case .recovering, .executing:
            return try finish()
        case .start, .finished:
            return true
        }
    }

    private mutating func finish() throws(PostgresError) -> Bool? {
        let wasCancelled = cancellation?.reason
        // Only a statement that the cancel itself ended proves that no cancel is on its way any more.
        if let cancellation, core.serverError?.sqlState != .queryCanceled { core.outlived(cancellation) }
        if let error = core.serverError {
            if let kept, isStale(error), core.statements.remove(kept) {
                core.closing.append(kept)
                if wasCached, !wasInTransaction, !hasRetried, !hasDelivered, sink.count == 0, wasCancelled == nil {
                    hasRetried = true
                    core.serverError = nil
                    phase = .start
                    // Nothing was delivered, and the server ran nothing.
                    if let wait = try start() { deadline = wait.deadline }
                    return nil
                }
            }
            let failure = core.takeError(statement: text) ?? PostgresError(error)
            if let wasCancelled {
                guard error.sqlState == .queryCanceled else { throw failure }
                throw failure.with(code: wasCancelled == .taskCancelled ? .cancelled : .timedOut)
            }
            throw failure
        }
        phase = .finished
        // A batch is read from the buffer after this; whoever reads it shrinks it.
        if !sink.keepsBytes, !returnsBatches { core.link.shrink() }
        if let failure = sink.failure {
            if failure.code == .protocolViolation { throw core.fail(failure.with(statement: text)) }
            throw failure.with(host: core.host).with(statement: text)
        }
        return true
    }

    /// Whether the error says that the prepared statement is of no more use.
    private func isStale(_ error: ServerError) -> Bool {
        switch error.sqlState {
        case .some(.featureNotSupported), .some(.invalidSqlStatementName): true
        default: false
        }
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.serverError {
            core.serverError = nil
            return core.fail(PostgresError(said).with(host: core.host).with(statement: text))
        }
        if let reason = cancellation?.reason, phase != .executing || wasInTransaction {
            return core.fail(error.with(code: reason == .taskCancelled ? .cancelled : .timedOut).with(statement: text))
        }
        guard phase == .executing, !wasInTransaction else {
            return core.fail(error.with(statement: text).with(isSafeToRetry: phase != .executing))
        }
        return core.fail(
            error.with(code: .outcomeUnknown)
                .with(
                    message:
                        "\(error.message) while a statement outside a transaction was running; it may or may not have taken effect"
                )
                .with(statement: text))
    }

    // MARK: - Ending early

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        if cancellation == nil {
            cancellation = Cancellation(core, reason)
            return
        }
        // A stream that is read on in a cancelled task is told so at each of its waits; the deadline is set already.
        if reason == .taskCancelled { return }
        let failure = lost(
            PostgresError(
                reason == .taskCancelled ? .cancelled : .timedOut,
                "the server did not react to the cancel request in time"))
        phase = .finished
        throw failure
    }
}

extension RenderedSQL {
    /// What the statement is looked up by.
    fileprivate func key(_ declaredTypes: [PostgresOID]) -> StatementCache.Key {
        StatementCache.Key(
            text: text, parameterTypes: zip(parameters, declaredTypes).map { $0.isNull ? nil : $1 })
    }
}
