/// One session with a server, below both faces: its streams and its state.
///
/// Not `Sendable`: whoever holds it, a ``Connection`` or the pool, is the only one to use it. Nor can the
/// caller's code reach a part of it that is borrowed: values, decoders and handlers are `Sendable` and so cannot hold a
/// connection, and a source of values, which can, runs while nothing is borrowed. So what each message touches goes
/// without the check at run time for overlapping accesses, which was a fifth of a short query's instructions.
package final class ConnectionCore {
    @safe @exclusivity(unchecked) var link: Link
    @safe @exclusivity(unchecked) var session: Session
    /// What the server has said, as far as it concerns more than the sink of the operation that listens.
    @safe @exclusivity(unchecked) var replies = ReplyReader()
    /// The statements that the server keeps for this session.
    @safe @exclusivity(unchecked) var statements: StatementCache
    /// What is known of statements that the server does not keep.
    var descriptions: StatementCache
    /// How statements are run.
    @safe @exclusivity(unchecked) var statementMode: StatementMode
    let configuration: ConnectionConfiguration
    /// What is waited for.
    let descriptor: Descriptor
    /// How the session was reached; a cancel request takes the same way.
    let attempt: ConnectionAttempt
    package let authentication: String
    /// Whether the authentication was tied to the TLS channel.
    package var usesChannelBinding = false

    /// Memory for the places of a short result's rows, while no result needs it.
    @safe @exclusivity(unchecked) var sparePlaces: [Rows.Place] = []

    /// Why the connection cannot be used any more.
    @safe @exclusivity(unchecked) private(set) var ending: PostgresError?

    /// Whether an operation or an open stream owns the connection.
    @safe @exclusivity(unchecked) var isBusy = false {
        didSet {
            if !isBusy {
                if session.isIdle || isAbandoned || !isUsable { limits.stop(interrupter) }
            } else if !limits.isActive {
                // What is active already is a statement that is read in pieces, and goes on.
                limits.start(until: .earlier(deadline, .after(configuration.callTimeout)), interrupter)
            }
        }
    }

    /// What may end the call under way before its time.
    let limits = CallLimits()
    /// When every call gives up that is made while this is set.
    @safe @exclusivity(unchecked) var deadline: Deadline?
    /// Who may cancel calls from elsewhere.
    @safe @exclusivity(unchecked) private(set) var interrupter: Interrupter?

    /// Who may cancel the calls of whoever holds the connection now.
    func makeInterrupter() -> Interrupter {
        if let interrupter { return interrupter }
        let made = Interrupter()
        interrupter = made
        limits.join(made)
        return made
    }

    /// The connection changes hands: nothing of what its holder has set holds for the next.
    func forgetHolder() {
        limits.stop(interrupter)
        interrupter = nil
        deadline = nil
    }

    /// Whether a stream was dropped before its end: what the server still sends is nobody's.
    @safe @exclusivity(unchecked) var isAbandoned = false

    /// Whether a cancel request was delivered that ended no statement, so that it must be found out first whether it can
    /// still hit the next one.
    @safe @exclusivity(unchecked) var isCancelPending = false

    /// The name and the text of the statement that is being described.
    var describing = (name: "", text: "")
    /// The first error since it was last reset that asks for the whole transaction to be repeated. Kept here because what a
    /// transaction's body throws need not be what the server said.
    var retryableError: ServerError?
    /// A Close that rides along with the next flight.
    @safe @exclusivity(unchecked) var closing: [StatementDescription] = []
    /// The portals that are closed likewise; one that has ended by itself may be among them.
    @safe @exclusivity(unchecked) var closingPortals: [String] = []
    /// The statements by which COPY has learned of which types columns are, and those of them that are not built in.
    var learnedColumns: [StatementText: [PostgresOID]] = [:]

    var onNotice: (@Sendable (ServerError) -> Void)?
    var onNotification: ((PostgresNotification) -> Void)?
    /// The types that only this database has; shared by the connections of a pool.
    var types = TypeDirectory()
    /// What names of types without a schema mean in this session.
    @safe @exclusivity(unchecked) var typeNames = SessionTypeNames()

    /// The formats that were chosen for this session; nil for binary.
    @safe @exclusivity(unchecked) private(set) var chosenFormats: ResultFormats?

    var resultFormats: ResultFormats { chosenFormats ?? .binary }

    /// Chooses formats. What is cached was asked for in others, and has to go.
    func setResultFormats(_ formats: ResultFormats?) {
        guard formats != nil || chosenFormats != nil else { return }
        chosenFormats = formats
        closing += statements.removeAll()
        descriptions.removeAll()
    }

    private let namePrefix: String
    private var nameCount: UInt64 = 0

    init(
        _ link: Link, _ session: Session, _ configuration: ConnectionConfiguration, _ attempt: ConnectionAttempt,
        authentication: String
    ) {
        self.link = link
        descriptor = link.socket.descriptor
        descriptor.limits = limits
        self.session = session
        self.configuration = configuration
        statements = StatementCache(capacity: configuration.statementCacheCapacity)
        descriptions = StatementCache(capacity: configuration.statementCacheCapacity)
        statementMode = configuration.statementMode
        self.attempt = attempt
        self.authentication = authentication
        // A pooler may hand our session to others: nobody else must hit upon the same names.
        namePrefix = "m" + String(UInt64.random(in: .min ... .max), radix: 36) + "_"
    }

    deinit {
        if ending == nil { close() }
    }

    package var host: String { attempt.host.description }
    /// The version of the protocol that is spoken.
    package var protocolVersion: ProtocolVersion { ProtocolVersion(number: session.protocolVersion) ?? .v3_0 }
    package var isUsable: Bool { ending == nil }

    /// Whether nothing is under way.
    var isSettled: Bool { !isBusy && !isAbandoned && session.isIdle }

    func nextStatementName() -> String {
        nameCount += 1
        return namePrefix + String(nameCount, radix: 36)
    }

    // MARK: - Use and end

    /// Makes sure that nobody else uses the connection, and that it can be used.
    func checkAvailable() throws(PostgresError) {
        if let ending {
            throw PostgresError(.connectionClosed, "the connection is closed: \(ending.message)").with(host: host)
                .with(isSafeToRetry: true)
        }
        if isBusy {
            throw PostgresError(
                .connectionBusy,
                "the connection is already running a statement, or a stream over it is open; use another connection at the same time"
            ).with(host: host).with(isSafeToRetry: true)
        }
    }

    /// Closes the connection because of `error`, which it returns with the server's name.
    func fail(_ error: PostgresError) -> PostgresError {
        let error = error.with(host: host)
        if ending == nil {
            ending = error
            session.close()
            link.close()
        }
        return error
    }

    /// Says goodbye, so that the server does not log a lost connection, and closes.
    package func close() {
        guard ending == nil else { return }
        ending = PostgresError(.connectionClosed, "it was closed by this client")
        if !link.hasPendingOutput { Frontend.Terminate().encode(into: &link.outbound) }
        session.close()
        link.close()
    }

    /// Whether the server ended the session or spoke while nobody asked; a cheap look before reuse.
    package var hasUnexpectedInput: Bool { link.start != link.end || link.socket.hasUnreadInput }

    /// A statement ended otherwise than by the request to cancel it: does what the request that is left over needs.
    func outlived(_ cancellation: Cancellation) {
        switch cancellation.progress {
        case .unsent:
            break
        // CockroachDB closes the request's connection before it acts; and in a transaction the question would be one of
        // its statements.
        case .delivered where !session.isCockroachDB && session.transactionStatus == .idle:
            isCancelPending = true
        case .delivered, .underWay:
            _ = fail(PostgresError(.cancelled, "a cancel request may still be under way"))
        }
    }

    // MARK: - Errors

    /// The first error since the last ReadyForQuery.
    var serverError: ServerError? { replies.serverError }

    /// Whether there was an error since the last ReadyForQuery.
    var hasServerError: Bool { replies.hasServerError }

    /// What an error means for more than the statement that it ended.
    func note(_ error: ServerError) {
        noteTypeError(error)
        noteRetryable(error)
    }

    private func noteRetryable(_ error: ServerError) {
        guard retryableError == nil, let state = error.sqlState else { return }
        // CR000 is what CockroachDB said before it took to 40001.
        if state == .serializationFailure || state == .deadlockDetected || state.rawValue == "CR000" {
            retryableError = error
        }
    }

    /// The error of what just ended, if there was one; forgets it.
    func takeError(statement: String?) -> PostgresError? {
        guard let error = serverError else { return nil }
        replies.forgetServerError()
        let failure = PostgresError(error).with(host: host).with(statement: statement)
        return error.isFatal ? fail(failure) : failure
    }
}
