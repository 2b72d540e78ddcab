/// Runs one prepared statement with many sets of values in one flight, or as many as the socket takes at a time.
///
/// Writes Bind and Execute for set after set while it reads the replies, and one Sync at the end: memory is bounded
/// however many there are, and outside a transaction block all of them are one transaction.
struct ManyOperation: Operation {
    /// The replies, with the statements that ended counted.
    struct Replies: ReplySink {
        var collector = RowCollector(holdsBytes: false)
        private(set) var completed = 0
        private(set) var rowCount = 0
        /// What the server says that cannot be.
        private(set) var lie: PostgresError?
        let keepsRows: Bool

        var keepsBytes: Bool { false }
        var failure: PostgresError? { collector.failure ?? lie }
        var count: Int { collector.count }
        var hasEnough: Bool { failure != nil }

        mutating func begin(_ columns: RowColumns) {
            collector.begin(columns)
        }

        mutating func row(_ reader: inout WireReader, at offset: Int) {
            if keepsRows { collector.row(&reader, at: offset) }
        }

        mutating func adopt(_ bytes: [UInt8]) {}

        mutating func complete(_ tag: CommandTag) {
            completed += 1
            let (sum, isTooMuch) = rowCount.addingReportingOverflow(tag.rowCount ?? 0)
            if isTooMuch {
                lie = PostgresError(.protocolViolation, "the server says that more rows were changed than there can be")
            } else {
                rowCount = sum
            }
        }

        mutating func suspend() {
            collector.suspend()
        }
    }

    /// Writes Bind and Execute for the next sets of values, until there are about so many bytes, and counts them; false when
    /// there are no more.
    typealias Feed = (inout WireWriter, _ limit: Int, _ count: inout Int) throws(PostgresError) -> Bool

    /// How much is written before it is sent, in bytes: a little less than the memory that a link keeps for it.
    private static let flight = 60 * 1024
    /// After so many flights without a wait somebody else may run, and a cancelled task notices.
    private static let flightsBetweenPauses = 16
    /// How many answers may be owed before no more is sent: a server that reads and never answers gets no further.
    private static let mostOwed = 1 << 20

    private enum Phase {
        case feeding
        case ending
        case finished
    }

    let core: ConnectionCore
    private let statement: StatementDescription
    private let feed: Feed
    var sink: Replies
    private var exchange: Exchange
    private var phase = Phase.feeding
    private var isStarted = false
    private var fed = 0
    private var flights = 0
    private var wasInTransaction = false
    /// Whether the columns are yet to be asked for, with the first set.
    private var describesPortal = false
    /// Why the source of the values gave up.
    private var feedFailure: PostgresError?

    init(_ core: ConnectionCore, _ statement: StatementDescription, keepsRows: Bool, _ feed: @escaping Feed) {
        self.core = core
        self.statement = statement
        self.feed = feed
        sink = Replies(keepsRows: keepsRows)
        sink.begin(statement.columns ?? RowColumns.none)
        exchange = Exchange(stopsAtRows: keepsRows)
        exchange.mayHaveMore = true
    }

    /// False if rows have come, which are to be read before it is run again.
    mutating func step() throws(PostgresError) -> Step<Bool> {
        if phase == .finished { return .done(true) }
        if !isStarted {
            wasInTransaction = core.session.transactionStatus != .idle
            core.replies.forgetServerError()
            core.writeCloses()
            core.expectCloses()
            if statement.name.isEmpty {
                // Behind a pooler another server may answer now than the one that described it.
                Frontend.Parse(sql: statement.text, parameterTypes: statement.parameterTypes)
                    .encode(into: &core.link.outbound)
                core.session.expect(.parse)
                // Since then its columns may have become others, whose values would be misread.
                describesPortal = sink.keepsRows
            }
            isStarted = true
        }
        while true {
            if phase == .feeding {
                exchange.mayHaveMore = core.session.owedReplies < ManyOperation.mostOwed
                if exchange.mayHaveMore || exchange.cancellation != nil { try write() }
            }
            let event: Exchange.Event
            do throws(PostgresError) {
                event = try exchange.advance(core, &sink)
            } catch {
                throw core.fail(error.with(statement: statement.text))
            }
            // Without a Sync nothing of it is committed.
            if case .enough = event, let failure = sink.failure {
                phase = .finished
                throw core.fail(failure.with(statement: statement.text))
            }
            switch event {
            case .wait(let wait):
                // Enough may have been answered meanwhile for more to be sent.
                if phase == .feeding, !exchange.mayHaveMore, core.session.owedReplies < ManyOperation.mostOwed {
                    continue
                }
                return .wait(wait)
            case .delivered: return .done(false)
            case .sent:
                flights += 1
                if flights % ManyOperation.flightsBetweenPauses == 0 {
                    return .wait(Wait(core.descriptor, .writable, until: exchange.deadline).pause)
                }
            case .lost(let error): throw lost(error)
            case .idle, .enough:
                // Between two flights everything may be answered.
                guard phase != .feeding else { continue }
                try finish()
                return .done(true)
            }
        }
    }

    /// Writes as much as makes a flight, or the end.
    private mutating func write() throws(PostgresError) {
        // What the server refused it skips up to the Sync: more would only be skipped too.
        var isAtEnd = core.hasServerError
        if exchange.cancellation != nil {
            // The server may be waiting for more, and take no notice of the request.
            abort()
            isAtEnd = true
        }
        if !isAtEnd, writeSets() {
            isAtEnd = true
            if let feedFailure {
                guard fed > 0 || !core.session.isIdle else {
                    phase = .finished
                    throw feedFailure.with(isSafeToRetry: true)
                }
                abort()
            }
        }
        guard isAtEnd else { return }
        Frontend.Sync().encode(into: &core.link.outbound)
        core.session.expect(.sync)
        exchange.mayHaveMore = false
        phase = .ending
    }

    /// Writes sets; says whether there is none left, or none that can be sent.
    private mutating func writeSets() -> Bool {
        var isAtEnd: Bool
        var count = 0
        // The source of the values is the caller's code, which may look at its connection: what is written to is not there
        // meanwhile.
        var output = WireWriter()
        swap(&output, &core.link.outbound)
        defer { swap(&output, &core.link.outbound) }
        let start = output.count
        do throws(PostgresError) {
            isAtEnd = try !feed(&output, ManyOperation.flight, &count)
        } catch {
            feedFailure = error.with(statement: statement.text)
            isAtEnd = true
        }
        if describesPortal, count > 0 { output.insert(Frontend.Describe(.portal("")), afterMessageAt: start) }
        fed += count
        expect(count)
        return isAtEnd
    }

    private mutating func expect(_ count: Int) {
        guard describesPortal, count > 0 else { return core.session.expectExecutions(count) }
        describesPortal = false
        core.replies.columns = .none
        core.replies.isDescribingPortal = true
        for reply: ExpectedReply in [.bind, .describeRows, .execute] { core.session.expect(reply) }
        core.session.expectExecutions(count - 1)
    }

    /// Has the server refuse something, so that the Sync undoes what was run instead of committing it.
    private func abort() {
        Frontend.Execute(portal: core.nextStatementName(), maximumRows: 0).encode(into: &core.link.outbound)
        core.session.expect(.execute)
    }

    private mutating func finish() throws(PostgresError) {
        phase = .finished
        exchange.end(core)
        let error = core.takeError(statement: statement.text)
        if let feedFailure { throw feedFailure.with(host: core.host) }
        if let reason = exchange.cancellation?.reason, error != nil {
            throw PostgresError(
                reason.code, "it was cancelled while its values were being sent; nothing of it took effect"
            )
            .with(host: core.host).with(statement: statement.text)
        }
        if let error {
            let place =
                sink.completed < fed
                ? "at set \(sink.completed) of values, counted from 0"
                : "after the last set of values, as all were committed"
            let failure = exchange.explain(error.with(message: "\(error.message) (\(place))"))
            guard let server = error.server, let defect = StatementDefect(server, name: statement.name) else {
                throw failure
            }
            _ = core.forgets(statement, server)
            throw defect.explain(failure)
        }
        if let failure = sink.failure { throw core.fail(failure.with(statement: statement.text)) }
    }

    private mutating func lost(_ error: PostgresError) -> PostgresError {
        let hasEnded = phase == .ending
        phase = .finished
        if let said = core.takeError(statement: statement.text) { return core.fail(said) }
        let error = error.with(statement: statement.text)
        if let reason = exchange.cancellation?.reason { return core.fail(error.with(code: reason.code)) }
        // Without a Sync nothing can have been committed.
        guard !wasInTransaction, hasEnded else { return core.fail(error) }
        return core.fail(error.with(code: .outcomeUnknown))
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        guard !exchange.interrupt(core, reason) else { return }
        throw lost(PostgresError(reason.code, "the server did not react to the cancel request in time"))
    }
}
