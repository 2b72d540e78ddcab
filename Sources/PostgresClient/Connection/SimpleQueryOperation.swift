/// Runs SQL text by the simple protocol, which knows no parameters and answers in text.
struct SimpleQueryOperation: Operation {
    /// Collects a result for each statement of the text.
    ///
    /// Text results are for people and scripts: each row is copied out, so that no result refers to buffers of another.
    private struct Sink: ReplySink {
        var results: [Rows] = []
        private(set) var failure: PostgresError?
        private var columns = RowColumns.none
        private var bytes: [UInt8] = []
        private var places: [Rows.Place] = []

        var keepsBytes: Bool { false }

        mutating func begin(_ columns: RowColumns) {
            self.columns = columns
        }

        mutating func row(_ reader: inout WireReader, at offset: Int) {
            guard failure == nil else { return }
            var header = WireWriter()
            header.write(MessageType.dataRow)
            header.write(Int32(clamping: reader.remaining + 4))
            let body = reader.readRemainingBytes()
            guard columns !== RowColumns.none else {
                failure = PostgresError(.protocolViolation, "the server sent a row before it described its columns")
                return
            }
            if let mismatch = WireReader.read(body, { columns.mismatch(&$0) }) {
                failure = mismatch
                return
            }
            bytes.append(contentsOf: header.bytes)
            guard let offset = UInt32(exactly: bytes.count) else {
                failure = PostgresError(.unsupported, "a result of the simple protocol is longer than 4 GiB")
                return
            }
            places.append(Rows.Place(chunk: 0, offset: offset))
            bytes.append(contentsOf: body)
        }

        mutating func adopt(_ bytes: [UInt8]) {}

        mutating func complete(_ tag: CommandTag) {
            results.append(Rows(columns: columns, commandTag: tag, chunks: [bytes], places: places[...]))
            columns = .none
            bytes = []
            places = []
        }
    }

    private enum Phase {
        case start
        case running
        case finished
    }

    private let core: ConnectionCore
    private let text: String
    private var sink = Sink()
    private var phase = Phase.start
    private var wasInTransaction = false
    private var exchange: Exchange

    /// - Parameter deadline: When to cancel the query.
    init(_ core: ConnectionCore, _ text: String, until deadline: Deadline? = nil) {
        self.core = core
        self.text = text
        exchange = Exchange(until: deadline)
    }

    mutating func step() throws(PostgresError) -> Step<[Rows]> {
        if phase == .start {
            wasInTransaction = core.session.transactionStatus != .idle
            core.replies.forgetServerError()
            let start = core.link.outbound.count
            Frontend.Query(sql: text).encode(into: &core.link.outbound)
            if let failure = core.link.outbound.failure {
                core.link.outbound.rollBack(to: start)
                throw PostgresError(.encodingFailed, "the SQL cannot be sent: \(failure)").with(isSafeToRetry: true)
            }
            core.session.expect(.simpleQuery)
            phase = .running
            if let wait = exchange.send(core) { return .wait(wait) }
        }
        let event: Exchange.Event
        do throws(PostgresError) {
            event = try exchange.advance(core, &sink)
        } catch {
            throw core.fail(error.with(statement: text))
        }
        switch event {
        case .wait(let wait): return .wait(wait)
        case .lost(let error): throw lost(error)
        case .idle, .delivered, .enough, .sent: return .done(try finish())
        }
    }

    private mutating func finish() throws(PostgresError) -> [Rows] {
        phase = .finished
        exchange.end(core)
        if let error = core.takeError(statement: text) { throw exchange.explain(error) }
        if let failure = sink.failure { throw core.fail(failure) }
        return sink.results
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.takeError(statement: text) { return core.fail(said) }
        let isUnknown = !wasInTransaction
        return core.fail((isUnknown ? error.with(code: .outcomeUnknown) : error).with(statement: text))
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        guard !exchange.interrupt(core, reason) else { return }
        throw lost(PostgresError(reason.code, "the server did not react to the cancel request in time"))
    }
}
