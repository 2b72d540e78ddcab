/// Sends the statements of a pipeline in one flight and reads all replies.
struct PipelineOperation: Operation {
    /// How it ended.
    struct Outcome {
        let replies: PipelineReplies
        /// What ended the whole of it, in the atomic mode.
        let error: PostgresError?
        /// The statement that this is the error of; nil if it came after the last.
        let failedIndex: Int?

        /// The types of the rows that nobody has looked up yet; nil if there are none, or nothing came of the rows.
        var unaskedTypes: [PostgresOID]? {
            error == nil ? replies.replies.map { replies.rows(of: $0) }.unaskedTypes : nil
        }
    }

    private let core: ConnectionCore
    private let entries: [Pipeline.Entry]
    private let mode: PipelineMode
    private var sink: PipelineReplies
    /// What each statement is run as; nil for one that is prepared on the way.
    private var statements: [StatementDescription?] = []
    /// How each statement is sent.
    private var ways: [Way] = []
    private var exchange = Exchange()
    private var isStarted = false
    private var hasRetried = false
    private var wasInTransaction = false

    init(_ core: ConnectionCore, _ entries: [Pipeline.Entry], _ mode: PipelineMode) {
        self.core = core
        self.entries = entries
        self.mode = mode
        sink = PipelineReplies([], mode)
    }

    mutating func step() throws(PostgresError) -> Step<Outcome> {
        if !isStarted {
            try write()
            isStarted = true
            if let wait = exchange.send(core) { return .wait(wait) }
        }
        while true {
            let event: Exchange.Event
            do throws(PostgresError) {
                event = try exchange.advance(core, &sink)
            } catch {
                throw core.fail(error)
            }
            if case .enough = event, let failure = sink.failure { throw core.fail(failure) }
            switch event {
            case .wait(let wait): return .wait(wait)
            case .lost(let error): throw lost(error)
            case .idle, .delivered, .enough, .sent: if let outcome = try finish() { return .done(outcome) }
            }
        }
    }

    // MARK: - Sending

    /// How a statement is sent.
    private enum Way {
        /// The server knows it by its name.
        case bound
        /// The server is asked to describe it.
        case described(name: String, types: [PostgresOID])
    }

    /// A text that is prepared on the way.
    private struct Preparation {
        let name: String
        let types: [PostgresOID]
        let index: Int
    }

    private mutating func write() throws(PostgresError) {
        wasInTransaction = core.session.transactionStatus != .idle
        core.replies.forgetServerError()
        statements = []
        ways = []
        let start = core.link.outbound.count
        core.writeCloses()
        var expected: [PipelineReplies.Expected] = []
        // A text that occurs more than once is prepared once.
        var preparations: [StatementText: [Preparation]] = [:]
        do throws(PostgresError) {
            for (index, entry) in entries.enumerated() {
                expected.append(try write(entry, at: index, &preparations))
                if mode == .independent || index == entries.count - 1 {
                    Frontend.Sync().encode(into: &core.link.outbound)
                }
            }
            if let failure = core.link.outbound.failure {
                throw PostgresError(.encodingFailed, "the pipeline cannot be sent: \(failure)")
                    .with(isSafeToRetry: true)
            }
        } catch {
            core.link.outbound.rollBack(to: start)
            throw error
        }
        core.expectCloses()
        for index in entries.indices {
            switch ways[index] {
            case .bound: break
            case .described:
                core.session.expect(.parse)
                core.session.expect(.describeStatement)
            }
            core.session.expect(.bind)
            core.session.expect(.execute)
            if mode == .independent || index == entries.count - 1 { core.session.expect(.sync) }
        }
        sink = PipelineReplies(expected, mode)
    }

    private mutating func write(
        _ entry: Pipeline.Entry, at index: Int, _ preparations: inout [StatementText: [Preparation]]
    ) throws(PostgresError) -> PipelineReplies.Expected {
        let sql: RenderedSQL
        switch entry.statement {
        case .prepared(let prepared, let bind):
            let statement = prepared.description
            try PipelineOperation.refuseCopy(statement.isCopy, statement.text)
            statements.append(statement)
            ways.append(.bound)
            try bind(&core.link.outbound)
            core.link.outbound.write(bytes: ConnectionCore.execute)
            return .init(columns: statement.columns ?? RowColumns.none, describedBy: nil, keepsRows: entry.keepsRows)
        case .sql(let rendered):
            sql = rendered
        }
        let types = core.declaredTypes(of: sql.parameters)
        let statementMode = core.mode(of: sql.text, isOwn: true)
        // Only of what the server keeps does it notice that the columns are others by now.
        if statementMode == .cached, let statement = core.known(sql.key(types), statementMode) {
            try PipelineOperation.refuseCopy(statement.isCopy, statement.text)
            statements.append(statement)
            ways.append(.bound)
            try core.writeBind(statement.name, sql) { ConnectionCore.writeResultFormats(of: statement, into: &$0) }
            core.link.outbound.write(bytes: ConnectionCore.execute)
            return .init(columns: statement.columns ?? RowColumns.none, describedBy: nil, keepsRows: entry.keepsRows)
        }
        statements.append(nil)
        let text = StatementText(text: sql.text)
        var describedBy: Int?
        let name: String
        let isNamed = statementMode == .cached
        // Where one that fails leaves the others alone, each prepares for itself.
        if isNamed, mode == .atomic, let earlier = preparations[text]?.first(where: { $0.types == types }) {
            name = earlier.name
            describedBy = earlier.index
            ways.append(.bound)
        } else {
            try PipelineOperation.refuseCopy(StatementDescription.isCopy(sql.text), sql.text)
            name = isNamed ? core.nextStatementName() : ""
            Frontend.Parse(name: name, sql: sql.text, parameterTypes: types).encode(into: &core.link.outbound)
            Frontend.Describe(.statement(name)).encode(into: &core.link.outbound)
            preparations[text, default: []].append(Preparation(name: name, types: types, index: index))
            ways.append(.described(name: name, types: types))
        }
        // Which formats its columns have is not known yet, and every type has a text.
        try core.writeBind(name, sql) { $0.write(count: 0) }
        core.link.outbound.write(bytes: ConnectionCore.execute)
        return .init(columns: nil, describedBy: describedBy, keepsRows: entry.keepsRows)
    }

    /// A COPY would take what follows it for its data.
    private static func refuseCopy(_ isCopy: Bool, _ text: String) throws(PostgresError) {
        guard isCopy else { return }
        throw PostgresError(.invalidArgument, "a pipeline takes no COPY, which would read what follows as its data")
            .with(statement: text).with(isSafeToRetry: true)
    }

    // MARK: - Ending

    /// What the replies come to; nil if the statements were sent again.
    private mutating func finish() throws(PostgresError) -> Outcome? {
        exchange.end(core)
        var isStale = false
        for (index, reply) in sink.replies.enumerated() {
            if let error = reply.error, let statement = statements[index] {
                if core.forgets(statement, error) { isStale = true }
                if case .prepared(let prepared, _) = entries[index].statement { prepared.note(error) }
            }
            keep(index, reply)
        }
        let hasSessionFailed = core.serverError?.isFatal ?? false
        if isStale, !hasSessionFailed, mode == .atomic, !wasInTransaction, !hasRetried, exchange.cancellation == nil {
            // All was undone, and nothing was delivered.
            hasRetried = true
            // It is done once: what else is known may have aged with it.
            for case let statement? in statements { core.forget(statement, isKnownToServer: true) }
            try write()
            return nil
        }
        // What concerns the session and not a statement: it speaks another encoding now, say.
        if hasSessionFailed, let error = core.serverError {
            throw core.takeError(statement: nil) ?? PostgresError(error)
        }
        core.replies.forgetServerError()
        if let failure = sink.failure { throw core.fail(failure) }
        sink.finish(&core.link)
        return Outcome(
            replies: sink, error: atomicError, failedIndex: sink.replies.firstIndex { $0.error != nil })
    }

    /// Keeps a statement that was prepared on the way, whatever became of its execution.
    private func keep(_ index: Int, _ reply: PipelineReplies.Reply) {
        guard case .described(let name, let declared) = ways[index], let types = reply.parameterTypes else { return }
        let statement = core.described(
            name: name, text: entries[index].statement.text, parameterTypes: types, columns: reply.columns)
        let mode = core.mode(of: statement.text, isOwn: true)
        // Where each prepares for itself, the same text may have come several times.
        if core.known(StatementCache.Key(text: statement.text, parameterTypes: declared), mode) != nil {
            if !name.isEmpty { core.closing.append(statement) }
        } else {
            core.keep(statement, declared, mode)
        }
    }

    /// Why nothing of an atomic pipeline took effect.
    private var atomicError: PostgresError? {
        guard mode == .atomic else { return nil }
        let count = entries.count
        if let index = sink.replies.firstIndex(where: { $0.error != nil }), let error = sink.replies[index].error {
            return failure(error, at: index)
        }
        guard let error = sink.errorAtEnd else { return nil }
        return exchange.explain(PostgresError(error)).with(host: core.host).with(
            message: "\(error.message) (after the last of \(count) statements in a pipeline, as all were committed)")
    }

    /// The error of one statement.
    func failure(_ error: ServerError, at index: Int) -> PostgresError {
        var failure = exchange.explain(PostgresError(error)).with(host: core.host)
            .with(statement: entries[index].statement.text)
        if let name = statements[index]?.name, let defect = StatementDefect(error, name: name) {
            failure = defect.explain(failure)
        }
        if entries.count > 1 {
            var place = "in statement \(index) of a pipeline, counted from 0"
            if mode == .atomic, index + 1 < entries.count {
                place +=
                    "; "
                    + (index + 2 == entries.count
                        ? "statement \(index + 1) was" : "statements \(index + 1) to \(entries.count - 1) were")
                    + " not run"
            }
            failure = failure.with(message: "\(failure.message) (\(place))")
        }
        return error.isFatal ? core.fail(failure) : failure
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.takeError(statement: nil) { return core.fail(said) }
        if let reason = exchange.cancellation?.reason { return core.fail(error.with(code: reason.code)) }
        guard !wasInTransaction else { return core.fail(error) }
        return core.fail(
            error.with(code: .outcomeUnknown)
                .with(
                    message: "\(error.message) while a pipeline outside a transaction was running; "
                        + "what it did may or may not have taken effect"))
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        guard !exchange.interrupt(core, reason) else { return }
        throw lost(PostgresError(reason.code, "the server did not react to the cancel request in time"))
    }
}
