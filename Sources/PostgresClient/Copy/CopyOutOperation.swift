/// Receives what a COPY brings: run it for the next of it.
struct CopyOutOperation: Operation {
    private enum Phase {
        case start
        case running
        case finished
    }

    let core: ConnectionCore
    let text: String
    /// A query for the columns whose types shall be known.
    private let description: String?
    var sink: CopyOutSink
    private var phase = Phase.start
    private var exchange = Exchange(stopsAtRows: true)

    init(_ core: ConnectionCore, _ text: String, describing description: String?, _ sink: CopyOutSink) {
        self.core = core
        self.text = text
        self.description = description
        self.sink = sink
    }

    /// Whether the COPY has come to its end; false if there may be more.
    typealias Output = Bool

    mutating func step() throws(PostgresError) -> Step<Bool> {
        do throws(PostgresError) {
            switch phase {
            case .finished: return .done(true)
            case .running: break
            case .start:
                try start()
                if let wait = exchange.send(core) { return .wait(wait) }
            }
            return try advance()
        } catch {
            phase = .finished
            throw error
        }
    }

    private mutating func start() throws(PostgresError) {
        core.replies.forgetServerError()
        try core.writeCopy(text, describing: description)
        phase = .running
    }

    private mutating func advance() throws(PostgresError) -> Step<Bool> {
        let event: Exchange.Event
        do throws(PostgresError) {
            event = try exchange.advance(core, &sink)
        } catch {
            throw core.fail(error.with(statement: text))
        }
        switch event {
        case .wait(let wait): return .wait(wait)
        case .lost(let error): throw lost(error)
        case .delivered: return .done(false)
        case .enough:
            let failure = sink.failure ?? PostgresError(.protocolViolation, "the COPY cannot be read")
            throw core.fail(failure.with(statement: text))
        case .idle, .sent:
            try finish()
            return .done(true)
        }
    }

    private mutating func finish() throws(PostgresError) {
        phase = .finished
        exchange.end(core)
        if let error = core.takeError(statement: text) { throw exchange.explain(error) }
        if let failure = sink.failure { throw core.fail(failure.with(statement: text)) }
        guard sink.isCopy else {
            throw PostgresError(.invalidArgument, "the statement is no COPY TO STDOUT, which would give rows")
                .with(statement: text)
        }
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.takeError(statement: text) { return core.fail(said) }
        if let reason = exchange.cancellation?.reason {
            return core.fail(error.with(code: reason.code).with(statement: text))
        }
        return core.fail(error.with(statement: text))
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        guard !exchange.interrupt(core, reason) else { return }
        let failure = lost(PostgresError(reason.code, "the server did not react to the cancel request in time"))
        phase = .finished
        throw failure
    }
}
