/// Reads what the server still says to a stream that was dropped, so that the next statement can be sent.
///
/// What is left is read for a moment; what is longer than that is cancelled. In a transaction a cancel would abort what
/// its owner wants to go on with: there the rest is read however long it takes, and if the call has no time for that,
/// what is left is left to the next one.
struct SettleOperation: Operation {
    /// How long what is left is read before it is cancelled.
    private static let patience = Duration.milliseconds(100)

    private let core: ConnectionCore
    private let mayCancel: Bool
    private var sink = DiscardSink()
    private var exchange: Exchange
    private var isUnfinished = false
    /// Whether whoever began the call wants it to end.
    private(set) var isCancelled = false

    /// - Parameter endsTransaction: Whether the transaction is given up in any case.
    init(_ core: ConnectionCore, endsTransaction: Bool) {
        self.core = core
        mayCancel = endsTransaction || core.session.transactionStatus == .idle
        exchange = Exchange(until: mayCancel ? Deadline(after: SettleOperation.patience) : nil)
    }

    /// Whether everything was read; false if something is left to the next call.
    mutating func step() throws(PostgresError) -> Step<Bool> {
        while true {
            if isUnfinished { return .done(false) }
            let event: Exchange.Event
            do throws(PostgresError) {
                event = try exchange.advance(core, &sink)
            } catch {
                throw core.fail(error)
            }
            switch event {
            case .wait(let wait): return .wait(wait)
            case .lost(let error): throw core.fail(core.takeError(statement: nil) ?? error)
            case .enough: try cutShort()
            case .idle:
                exchange.end(core)
                // What became of the stream nobody wants to know any more, unless it is the session's end.
                _ = core.takeError(statement: nil)
                if core.isUsable { core.link.shrink() }
                return .done(true)
            case .delivered, .sent: continue
            }
        }
    }

    /// Has the server stop sending what nobody wants.
    private mutating func cutShort() throws(PostgresError) {
        guard exchange.cancellation == nil, mayCancel else {
            throw core.fail(PostgresError(.connectionClosed, "a stream over it was dropped long before its end"))
        }
        _ = exchange.interrupt(core, .deadlinePassed)
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        if reason == .taskCancelled { isCancelled = true }
        guard mayCancel else {
            isUnfinished = true
            return
        }
        guard !exchange.interrupt(core, reason) else { return }
        throw core.fail(
            PostgresError(
                .connectionLost, "the server did not react in time to the request to cancel a stream that was dropped"))
    }
}
