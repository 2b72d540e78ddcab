/// Runs one statement by the extended protocol.
///
/// A statement that the connection knows goes out in one flight, as Bind, Execute and Sync. One that it does not know
/// is first parsed and described, so that each column is asked for in a format that its type has. What is kept for the
/// next time depends on the ``StatementMode``.
///
/// A statement that the server finds to be of no more use is forgotten, and run once more if that is safe: outside a
/// transaction, with nothing delivered, and not where a pooler would lose the next one, too.
struct StatementOperation<Sink: ReplySink>: Operation {
    private enum Phase {
        case start
        case preparing
        /// The types of its columns are to be looked up first; the server is idle until it is run again.
        case pausing
        /// The server refused the statement; Sync is sent.
        case recovering
        /// The server does not know the statement; it is found out whether a pooler is why.
        case probing
        case executing
        case finished
    }

    /// What is executed.
    enum Source {
        /// A statement's text with its values, prepared when it is not yet.
        ///
        /// One of this library's own may have values in every mode.
        case sql(RenderedSQL, isOwn: Bool = false)
        /// Messages that are written already, for a statement with these columns.
        case written(StatementDescription)
    }

    let core: ConnectionCore
    private let source: Source
    var sink: Sink
    private var phase = Phase.start
    /// The types that are declared for the parameters, if the statement is to be kept.
    private var declaredTypes: [PostgresOID] = []
    /// The statement that is executed, if it is one of the cache.
    private var kept: StatementDescription?
    private var wasKnown = false
    private let mode: StatementMode
    private var probe: StatementProbe?
    /// What the server said that the probe is about.
    private var refusal: PostgresError?
    private var hasRetried = false
    private var hasDelivered = false
    /// What has to be known of its columns' types before it is executed; nil where nothing has.
    private let inquiry: TypeInquiry?
    private var wasInTransaction = false
    private var exchange: Exchange

    /// - Parameters:
    ///   - returnsBatches: Whether to end a run whenever rows have come, to be run again for the next.
    ///   - inquiry: What has to be known of the columns' types before the statement is executed; the run ends then without
    ///     rows, and ``takeWantedTypes()`` says which they are.
    init(
        _ core: ConnectionCore, _ source: Source, _ sink: Sink, returnsBatches: Bool = false,
        inquiry: TypeInquiry? = nil
    ) {
        self.core = core
        self.source = source
        self.sink = sink
        self.inquiry = inquiry
        exchange = Exchange(stopsAtRows: returnsBatches)
        mode = if case .sql(let sql, let isOwn) = source { core.mode(of: sql.text, isOwn: isOwn) } else { .cached }
    }

    var text: String {
        switch source {
        case .sql(let sql, _): sql.text
        case .written(let statement): statement.text
        }
    }

    /// Whether the statement has come to its end; false if there may be more rows.
    typealias Output = Bool

    mutating func step() throws(PostgresError) -> Step<Bool> {
        if phase == .finished { return .done(true) }
        do throws(PostgresError) {
            if phase == .start {
                let wait = try start()
                if phase == .pausing {
                    // Nothing was sent, so there is nothing to be waited for.
                    phase = .start
                    return .done(false)
                }
                if let wait { return .wait(wait) }
            }
            if phase == .probing, let wait = try goOnProbing() { return .wait(wait) }
            return try advance()
        } catch {
            phase = .finished
            throw error
        }
    }

    // MARK: - Sending

    private mutating func start() throws(PostgresError) -> Wait? {
        wasInTransaction = core.session.transactionStatus != .idle
        core.replies.forgetServerError()
        switch source {
        case .written(let statement):
            phase = .executing
            kept = statement
            sink.begin(statement.columns ?? .none)
        case .sql(let sql, _):
            try write(sql)
            if phase == .pausing { return nil }
        }
        return exchange.send(core)
    }

    private mutating func write(_ sql: RenderedSQL) throws(PostgresError) {
        guard mode != .simple else {
            try SimpleStatement.check(sql)
            try core.writeQuery(sql.text)
            phase = .executing
            return
        }
        declaredTypes = core.declaredTypes(of: sql.parameters)
        kept = inquiry?.takeDescribed() ?? core.known(sql.key(declaredTypes), mode)
        wasKnown = kept != nil
        guard let kept else {
            try core.writeDescription(of: sql, declaredTypes, isNamed: mode == .cached)
            phase = .preparing
            return
        }
        guard !pauses(for: kept) else { return }
        phase = .executing
        if kept.name.isEmpty {
            try core.writeWhole(sql, declaredTypes, as: kept)
        } else {
            try core.writeExecution(of: kept, sql)
            sink.begin(kept.columns ?? .none)
        }
    }

    // MARK: - Receiving

    private mutating func advance() throws(PostgresError) -> Step<Bool> {
        while true {
            let event: Exchange.Event
            do throws(PostgresError) {
                event = try exchange.advance(core, &sink)
            } catch {
                throw core.fail(error.with(statement: text))
            }
            switch event {
            case .wait(let wait):
                return .wait(wait)
            case .delivered:
                hasDelivered = true
                return .done(false)
            case .idle:
                if let output = try answered() { return .done(output) }
                if phase == .probing, let wait = try goOnProbing() { return .wait(wait) }
            case .enough:
                // Only who cannot use a result has enough of it.
                let failure = sink.failure ?? PostgresError(.connectionClosed, "the rest of a result is not wanted")
                throw core.fail(failure.with(statement: text))
            case .sent:
                continue
            case .lost(let error):
                throw lost(error)
            }
        }
    }

    /// Everything sent so far is answered: goes on, or ends.
    private mutating func answered() throws(PostgresError) -> Bool? {
        switch phase {
        case .preparing:
            if core.hasServerError {
                core.replies.isDescribing = false
                Frontend.Sync().encode(into: &core.link.outbound)
                core.session.expect(.sync)
                phase = .recovering
                return nil
            }
            try checkNotCancelled()
            guard case .sql(let sql, _) = source else { return true }
            let statement = core.describedStatement()
            core.keep(statement, declaredTypes, mode)
            kept = statement
            if pauses(for: statement) {
                // A name may go from the cache meanwhile.
                inquiry?.described = statement.name.isEmpty ? statement : nil
                Frontend.Sync().encode(into: &core.link.outbound)
                core.session.expect(.sync)
                return nil
            }
            try core.writeExecution(of: statement, sql)
            sink.begin(statement.columns ?? .none)
            phase = .executing
            return nil
        case .pausing:
            guard core.serverError == nil else { return try finish() }
            try checkNotCancelled()
            phase = .start
            return false
        case .recovering, .executing:
            return try finish()
        case .start, .probing, .finished:
            return true
        }
    }

    private func checkNotCancelled() throws(PostgresError) {
        guard let reason = exchange.cancellation?.reason else { return }
        // The request came too early to stop anything: what it was for must not be begun now.
        core.replies.isDescribing = false
        throw core.fail(
            PostgresError(reason.code, "the statement was cancelled before it was run")
                .with(statement: text).with(isSafeToRetry: true))
    }

    /// Whether it is to wait until types of its columns have been looked up.
    private mutating func pauses(for statement: StatementDescription) -> Bool {
        guard let inquiry, let columns = statement.columns, inquiry.asks(for: columns) else { return false }
        phase = .pausing
        return true
    }

    /// What it waits for, if the run has ended because of that.
    func takeWantedTypes() -> [PostgresOID]? { inquiry?.takeWanted() }

    private mutating func finish() throws(PostgresError) -> Bool? {
        exchange.end(core)
        if let error = core.serverError {
            let defect = StatementDefect(error, name: kept?.name ?? core.describing.name)
            if let defect {
                if let kept { core.forget(kept, isKnownToServer: defect != .lost) }
                if try heal(defect) { return nil }
            }
            let failure = exchange.explain(core.takeError(statement: text) ?? PostgresError(error))
            throw defect?.explain(failure) ?? failure
        }
        // What was altered since is described anew the next time.
        if let kept, kept.name.isEmpty, wasKnown, !kept.hasColumns(of: core.replies.columns) {
            core.forget(kept, isKnownToServer: false)
        }
        phase = .finished
        // A batch is read from the buffer after this; whoever reads it shrinks it.
        if !sink.keepsBytes, !exchange.stopsAtRows { core.link.shrink() }
        if let failure = sink.failure {
            if failure.code == .protocolViolation { throw core.fail(failure.with(statement: text)) }
            throw failure.with(host: core.host).with(statement: text)
        }
        return true
    }

    // MARK: - Once more

    /// Begins to run the statement once more, if that is safe; false if it is not.
    private mutating func heal(_ defect: StatementDefect) throws(PostgresError) -> Bool {
        guard !wasInTransaction, !hasRetried, !hasDelivered, sink.count == 0, exchange.cancellation == nil,
            case .sql = source, wasKnown || defect != .misformatted
        else { return false }
        hasRetried = true
        if defect == .lost, !core.session.isCockroachDB {
            // The next one would be lost as well, sooner or later: whoever asked shall know rather than wonder.
            refusal = core.takeError(statement: text)
            guard core.isUsable else { throw refusal ?? PostgresError(.connectionLost, "the session has ended") }
            probe = StatementProbe(core)
            phase = .probing
            return true
        }
        try runAgain()
        return true
    }

    private mutating func runAgain() throws(PostgresError) {
        core.replies.forgetServerError()
        phase = .start
        _ = try start()
    }

    private mutating func goOnProbing() throws(PostgresError) -> Wait? {
        guard let probe else { return nil }
        switch try probe.question.step() {
        case .wait(let wait):
            return wait
        case .done(let answer):
            self.probe = nil
            guard core.isOwnProcess(answer) else {
                throw StatementDefect.lost.explain(
                    refusal ?? PostgresError(.preparedStatementLost, "the server does not know the statement"))
            }
            try runAgain()
            return nil
        }
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.serverError {
            core.replies.forgetServerError()
            return core.fail(PostgresError(said).with(host: core.host).with(statement: text))
        }
        if let reason = exchange.cancellation?.reason, phase != .executing || wasInTransaction {
            return core.fail(error.with(code: reason.code).with(statement: text))
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
        if phase == .probing {
            do throws(PostgresError) {
                try probe?.question.interrupt(reason)
            } catch {
                phase = .finished
                throw error
            }
            return
        }
        guard !exchange.interrupt(core, reason) else { return }
        let failure = lost(PostgresError(reason.code, "the server did not react to the cancel request in time"))
        phase = .finished
        throw failure
    }
}
