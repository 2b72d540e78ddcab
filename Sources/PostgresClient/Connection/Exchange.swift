/// One exchange with the server: what is left to be sent goes out while the replies come in, until all is answered.
///
/// The part that every operation on an established session shares. Who uses it writes messages to the link, says to the
/// session what they are to be answered by, and advances the exchange, however often it has to wait.
struct Exchange {
    /// How far it came.
    enum Event {
        /// Everything that was sent is answered.
        case idle
        /// The sink holds rows that its owner asked to see before more are read.
        case delivered
        /// The sink wants no more of what is coming.
        case enough
        /// All that was written is sent, and the operation said that it has more.
        case sent
        /// There is something to be waited for.
        case wait(Wait)
        /// The connection is gone; the server's own words, should it have said any, are in the replies.
        case lost(PostgresError)
    }

    /// Whether to stop whenever rows have come.
    let stopsAtRows: Bool
    /// Whether the operation has more to send once this is sent.
    var mayHaveMore = false
    /// Until when to wait; passing it cancels what is running.
    var deadline: Deadline?
    /// The request to cancel what is running.
    private(set) var cancellation: Cancellation?
    /// Why no more can be sent; what the server said before it went is worth more than that it went.
    private var sendFailure: PostgresError?

    init(stopsAtRows: Bool = false, until deadline: Deadline? = nil) {
        self.stopsAtRows = stopsAtRows
        self.deadline = deadline
    }

    /// Sends what was written, as far as the kernel takes it.
    ///
    /// - Returns: What to wait for: the server has yet to run, and there is nothing to receive unless something was left
    ///   behind, in which case this is nil.
    mutating func send(_ core: ConnectionCore) -> Wait? {
        var isEmpty = false
        var isFlushed = true
        do throws(PostgresError) {
            let flushed = try Exchange.flush(&core.link)
            isFlushed = flushed.isFlushed
            isEmpty = flushed.isEmpty
        } catch {
            sendFailure = error
        }
        return isEmpty ? wait(core, isFlushed ? .readable : [.readable, .writable]) : nil
    }

    private static func flush(_ link: inout Link) throws(PostgresError) -> (isFlushed: Bool, isEmpty: Bool) {
        let isFlushed = try link.flush()
        return (isFlushed, link.start == link.end && !link.mayHaveMore)
    }

    private func wait(_ core: ConnectionCore, _ interest: Interest) -> Wait {
        Wait(core.descriptor, interest, until: cancellation?.nextLook ?? deadline)
    }

    /// Goes on until something has to be waited for, or done by the operation.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` if the server breaks the protocol; the connection must be closed then.
    mutating func advance<Sink: ReplySink>(
        _ core: ConnectionCore, _ sink: inout Sink
    ) throws(PostgresError) -> Event {
        cancellation?.renew(core)
        if let wait = cancellation?.step() { return .wait(wait) }
        if stopsAtRows, sink.count > 0 { return .delivered }
        return try advance(core, &core.link, &core.session, &core.replies, &sink)
    }

    private mutating func advance<Sink: ReplySink>(
        _ core: ConnectionCore, _ link: inout Link, _ session: inout Session, _ replies: inout ReplyReader,
        _ sink: inout Sink
    ) throws(PostgresError) -> Event {
        var receives = 0
        while true {
            if try replies.read(core, &link, &session, &sink) == .idle { return .idle }
            if stopsAtRows, sink.count > 0 { return .delivered }
            // While it is being cancelled what still comes is passed over, until there is no time left for that.
            if sink.hasEnough, cancellation?.deadline.hasPassed ?? true { return .enough }
            var isFlushed = true
            if sendFailure == nil {
                do throws(PostgresError) {
                    isFlushed = try link.flush()
                } catch {
                    sendFailure = error
                }
            }
            do throws(PostgresError) {
                switch try link.receive(&sink) {
                case .bytes:
                    receives += 1
                    if receives == Wait.receivesBetweenPauses { return .wait(wait(core, .readable).pause) }
                case .wouldBlock:
                    if let sendFailure { return .lost(sendFailure) }
                    if let wait = cancellation?.step() { return .wait(wait) }
                    if isFlushed, mayHaveMore { return .sent }
                    return .wait(wait(core, isFlushed ? .readable : [.readable, .writable]))
                case .end:
                    return .lost(
                        sendFailure ?? PostgresError(.connectionLost, "the server closed the connection"))
                }
            } catch {
                return .lost(error)
            }
        }
    }

    // MARK: - Ending early

    /// Begins to cancel what is running.
    ///
    /// - Returns: Whether there is time left; false when even the time for the cancellation has passed.
    mutating func interrupt(_ core: ConnectionCore, _ reason: Interruption) -> Bool {
        if cancellation == nil {
            cancellation = Cancellation(core, reason)
            return true
        }
        // A stream that is read on in a cancelled task is told so at each of its waits; and what passed may be the time
        // after which the request is repeated, or a limit of the call's.
        return reason == .taskCancelled || !(cancellation?.deadline.hasPassed ?? true)
    }

    /// What is running has come to an end: does what a request to cancel it that is left over needs.
    ///
    /// - Parameter isOwnFailure: Whether the server's error is one that was asked for, by CopyFail.
    func end(_ core: ConnectionCore, isOwnFailure: Bool = false) {
        // Only a statement that the cancel itself ended proves that no cancel is on its way any more.
        guard let cancellation else { return }
        // A time limit of the server's has the same code, and in its words (CockroachDB's are always English) a timeout.
        if !isOwnFailure, let error = core.serverError, error.sqlState == .queryCanceled,
            !error.message.contains("timeout"), cancellation.requests == 1
        {
            return
        }
        core.outlived(cancellation)
    }

    /// The error of what was running, as its caller knows the reason: cancelled, or too late.
    func explain(_ error: PostgresError) -> PostgresError {
        guard let reason = cancellation?.reason, error.sqlState == .queryCanceled else { return error }
        return error.with(code: reason.code)
    }
}

extension Interruption {
    /// The code of an error that this interruption leads to.
    var code: PostgresError.Code {
        switch self {
        case .taskCancelled: .cancelled
        case .deadlinePassed: .timedOut
        }
    }
}

extension Link {
    /// How long the message is that begins at the first unread byte, as far as its header says.
    private var pendingLength: Int {
        guard end - start >= 5 else { return 5 }
        let lengthBytes = bytes[(start + 1)..<(start + 5)]
        return 1 + lengthBytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// Receives more, in a place that keeps what the sink still needs.
    mutating func receive<Sink: ReplySink>(_ sink: inout Sink) throws(PostgresError) -> Received {
        if let filled = makeRoom(for: pendingLength, keepingBytes: sink.keepsBytes) { sink.adopt(filled) }
        return try receive()
    }
}
