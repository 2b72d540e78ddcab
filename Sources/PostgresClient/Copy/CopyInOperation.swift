/// Sends the rows of a COPY that somebody else writes: run it to open the COPY, to send each frame, and to end it.
///
/// By the simple protocol, the only one in which CockroachDB takes rows; the types of the columns are asked for in the
/// same flight. While a frame goes out what the server says is read, so that its errors are known before the next.
struct CopyInOperation: Operation {
    /// What a run came to.
    enum Progress {
        /// The server waits for data.
        case ready
        /// The server has answered everything; whatever is still sent it would drop.
        case ended
    }

    private enum Phase {
        case start
        case opening
        /// Data goes out.
        case sending
        /// The end of the data, or its failure, goes out.
        case ending
        case finished
    }

    /// How long the server may take to end a COPY that was told to fail before it is asked to cancel it.
    private static let patience = Duration.seconds(1)

    let core: ConnectionCore
    let text: String
    /// A query for the columns whose types shall be known.
    private let description: String?
    private(set) var sink = CopyInSink()
    /// The types of the columns, once the server is ready.
    private(set) var columns = RowColumns.none
    private var phase = Phase.start
    private var wasInTransaction = false
    private var hasFailed = false
    private var isDone = false
    private var interruption: Interruption?
    private var exchange: Exchange

    init(_ core: ConnectionCore, _ text: String, describing description: String?, until deadline: Deadline? = nil) {
        self.core = core
        self.text = text
        self.description = description
        exchange = Exchange(stopsAtRows: true, until: deadline)
    }

    mutating func step() throws(PostgresError) -> Step<Progress> {
        do throws(PostgresError) {
            switch phase {
            case .finished: return .done(.ended)
            case .start:
                try start()
                if let wait = exchange.send(core) { return .wait(wait) }
            case .opening, .sending, .ending: break
            }
            return try advance()
        } catch {
            phase = .finished
            throw error
        }
    }

    // MARK: - Sending

    private mutating func start() throws(PostgresError) {
        wasInTransaction = core.session.transactionStatus != .idle
        core.replies.forgetServerError()
        try core.writeCopy(text, describing: description)
        phase = .opening
    }

    /// Whether data are expected.
    var isSending: Bool { phase == .sending }

    /// Whether what was handed over last is sent.
    private var isSent: Bool { !core.link.hasPendingOutput }

    /// Says that all data is there.
    mutating func end() {
        guard phase == .sending else { return }
        Frontend.CopyDone().encode(into: &core.link.outbound)
        isDone = true
        phase = .ending
    }

    /// Says that there is no more data, for this reason, and that what was sent shall not count.
    mutating func fail(_ reason: String, within grace: Duration = Cancellation.grace) {
        guard phase == .sending else { return }
        // A message is for people; a NUL would end it, and the server's log need not hold a novel.
        var shown = ""
        shown.unicodeScalars.append(contentsOf: reason.unicodeScalars.filter { $0.value != 0 }.prefix(1000))
        if shown.isEmpty { shown = "the source failed" }
        Frontend.CopyFail(reason: shown).encode(into: &core.link.outbound)
        hasFailed = true
        phase = .ending
        exchange.deadline = Deadline(after: grace)
    }

    // MARK: - Receiving

    private mutating func advance() throws(PostgresError) -> Step<Progress> {
        let event: Exchange.Event
        do throws(PostgresError) {
            event = try exchange.advance(core, &sink)
        } catch {
            throw core.fail(error.with(statement: text))
        }
        switch event {
        case .lost(let error): throw lost(error)
        case .idle, .enough, .sent:
            try finish()
            return .done(.ended)
        case .delivered:
            sink.takeNote()
            columns = RowColumns(sink.columns.descriptions, core.types)
            phase = .sending
            if core.hasServerError {
                fail("the columns could not be described")
            } else if interruption != nil {
                fail("it was cancelled")
            } else {
                return .done(.ready)
            }
            return try advance()
        case .wait(let wait):
            if phase == .sending, isSent, interruption == nil { return .done(.ready) }
            return .wait(wait)
        }
    }

    private mutating func finish() throws(PostgresError) {
        phase = .finished
        // After a CopyFail the error is no proof that a cancel request is not on its way any more.
        exchange.end(core, isOwnFailure: hasFailed)
        core.link.shrink()
        if let error = core.takeError(statement: text) {
            guard let interruption, error.sqlState == .queryCanceled else { throw error }
            throw error.with(code: interruption.code)
        }
        guard sink.isCopy else {
            throw PostgresError(.invalidArgument, "the statement is no COPY FROM STDIN, which would take rows")
                .with(statement: text)
        }
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.takeError(statement: text) { return core.fail(said) }
        if let interruption { return core.fail(error.with(code: interruption.code).with(statement: text)) }
        // Without its end the COPY leaves nothing behind.
        guard isDone, !wasInTransaction else { return core.fail(error.with(statement: text)) }
        return core.fail(
            error.with(code: .outcomeUnknown)
                .with(
                    message:
                        "\(error.message) while a COPY outside a transaction was ending; its rows may or may not be there"
                )
                .with(statement: text))
    }

    // MARK: - Ending early

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        if interruption == nil {
            interruption = hasFailed ? nil : reason
            if phase == .sending {
                let isReading = isSent
                fail("the client has cancelled it", within: CopyInOperation.patience)
                // A server that waits for data hears of no cancel request; one that does not read hears of nothing else.
                if isReading { return }
            }
        } else if reason == .taskCancelled {
            return
        }
        let first = exchange.cancellation == nil ? interruption ?? reason : reason
        guard !exchange.interrupt(core, first) else { return }
        let failure = lost(PostgresError(reason.code, "the server did not end the COPY in time"))
        phase = .finished
        throw failure
    }
}
