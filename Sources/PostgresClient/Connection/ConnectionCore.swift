/// One session with a server, below both faces: its streams, its state, and the loop that reads replies.
///
/// Not `Sendable`: whoever holds it, a ``Connection`` or the pool, is the only one to use it.
package final class ConnectionCore {
    /// How far the loop came.
    enum Progress {
        /// More bytes are needed.
        case incomplete
        /// Everything asked has been answered.
        case idle
    }

    var link: Link
    var session: Session
    var statements = StatementCache(capacity: 256)
    let configuration: ConnectionConfiguration
    /// How the session was reached; a cancel request takes the same way.
    let attempt: ConnectionAttempt
    package let authentication: String
    /// Whether the authentication was tied to the TLS channel.
    package var usesChannelBinding = false

    /// Why the connection cannot be used any more.
    private(set) var ending: PostgresError?

    /// Whether an operation or an open stream owns the connection.
    var isBusy = false

    /// Whether a stream was dropped before its end: what the server still sends is nobody's.
    var isAbandoned = false

    /// Whether a cancel request was delivered that ended no statement, so that it must be found out first whether it can
    /// still hit the next one.
    var isCancelPending = false

    /// The columns of the result that is being received.
    var columns = RowColumns.none
    /// Whether what arrives answers the description of a statement, not its execution.
    var isDescribing = false
    /// The name and the text of the statement that is being described.
    var describing = (name: "", text: "")
    /// The types of the parameters of the statement that was described last.
    var parameterTypes: [PostgresOID] = []
    /// The first error since the last ReadyForQuery.
    var serverError: ServerError?
    /// The first error since it was last reset that asks for the whole transaction to be repeated. Kept here because what a
    /// transaction's body throws need not be what the server said.
    var retryableError: ServerError?
    /// A Close that rides along with the next flight.
    var closing: [StatementDescription] = []

    /// Whether a COPY from the client was refused since the last ReadyForQuery.
    private var hasRefusedCopy = false

    var onNotice: (@Sendable (ServerError) -> Void)?
    /// The types that only this database has; shared by the connections of a pool.
    var types = TypeDirectory()
    /// What names of types without a schema mean in this session.
    var typeNames = SessionTypeNames()

    /// The formats that were chosen for this session; nil for binary.
    private(set) var chosenFormats: ResultFormats?

    var resultFormats: ResultFormats { chosenFormats ?? .binary }

    /// Chooses formats. What is cached was asked for in others, and has to go.
    func setResultFormats(_ formats: ResultFormats?) {
        guard formats != nil || chosenFormats != nil else { return }
        chosenFormats = formats
        closing += statements.removeAll()
    }

    private let namePrefix: String
    private var nameCount: UInt64 = 0

    init(
        _ link: Link, _ session: Session, _ configuration: ConnectionConfiguration, _ attempt: ConnectionAttempt,
        authentication: String
    ) {
        self.link = link
        self.session = session
        self.configuration = configuration
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

    // MARK: - The loop

    /// Reads every whole message that has been received.
    ///
    /// - Returns: ``Progress/idle`` once the server has answered everything.
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` if the server breaks the protocol; the connection must be closed then.
    func process<Sink: ReplySink>(_ sink: inout Sink) throws(PostgresError) -> Progress {
        if let ending {
            throw PostgresError(
                .connectionClosed, "the connection was closed while this was running: \(ending.message)")
        }
        let bytes = link.bytes
        var position = link.start
        let end = link.end
        defer { link.start = position }
        var progress = Progress.incomplete
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(PostgresError) in
            guard let base = unsafe UnsafeRawPointer(buffer.baseAddress) else { return }
            var acceptsRows = session.acceptsRows
            let longest = min(MessageLimits.hard, configuration.maximumMessageLength)
            while end - position >= 5 {
                let type = unsafe base.load(fromByteOffset: position, as: UInt8.self)
                let length = unsafe Int(
                    UInt32(bigEndian: base.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self)))
                // Rows are what there may be millions of: they come first and take the shortest way.
                if type == MessageType.dataRow, acceptsRows, length >= 6, length <= longest {
                    guard end - position > length else { return }
                    let bodyStart = position + 5
                    position += 1 + length
                    var body = unsafe WireReader(from: base + bodyStart, to: base + position)
                    sink.row(&body, at: bodyStart)
                    continue
                }
                guard length >= MessageLimits.minimumLength,
                    length <= MessageLimits.maximumLength(of: type, duringStartup: false)
                else {
                    throw PostgresError(
                        .protocolViolation,
                        "the server sent a message of type \(type) that says it is \(length) bytes long")
                }
                try configuration.checkLength(length, of: type)
                guard end - position > length else { return }
                let next = position + 1 + length
                var body = unsafe WireReader(from: base + (position + 5), to: base + next)
                position = next
                try session.accept(type)
                try handle(type, &body, &sink)
                acceptsRows = session.acceptsRows
                if session.isIdle {
                    progress = .idle
                    return
                }
            }
        }
        return progress
    }

    /// How long the message is that begins at the first unread byte, as far as its header says.
    private var pendingLength: Int {
        guard link.end - link.start >= 5 else { return 5 }
        let lengthBytes = link.bytes[(link.start + 1)..<(link.start + 5)]
        return 1 + lengthBytes.reduce(0) { $0 << 8 | Int($1) }
    }

    /// Receives more, in a place that keeps what the sink still needs.
    func receive<Sink: ReplySink>(_ sink: inout Sink) throws(PostgresError) -> Link.Received {
        if let filled = link.makeRoom(for: pendingLength, keepingBytes: sink.keepsBytes) { sink.adopt(filled) }
        return try link.receive()
    }

    private func handle<Sink: ReplySink>(
        _ type: UInt8, _ body: inout WireReader, _ sink: inout Sink
    ) throws(PostgresError) {
        do throws(WireError) {
            switch type {
            case MessageType.commandComplete:
                let tag = try Backend.CommandComplete(body: &body).commandTag
                if tag.endsPreparedStatements { statements.removeAll() }
                typeNames.note(tag)
                sink.complete(tag)
            case MessageType.emptyQueryResponse:
                sink.complete(CommandTag(""))
            case MessageType.readyForQuery:
                session.ready(try Backend.ReadyForQuery(body: &body).status)
                hasRefusedCopy = false
            case MessageType.errorResponse:
                let error = try Backend.ErrorResponse(body: &body).error
                if serverError == nil { serverError = error }
                noteTypeError(error)
                noteRetryable(error)
            case MessageType.rowDescription:
                let described = try Backend.RowDescription(body: &body).columns
                // What rows look like was settled before the execution; CockroachDB repeats an empty description there.
                if !isDescribing, session.expectedReply == .execute {
                    guard described.isEmpty else { throw .invalidValue }
                } else {
                    columns = RowColumns(described)
                    // A statement's description says nothing of formats; the rows begin once they are chosen.
                    if !isDescribing { sink.begin(columns) }
                }
            case MessageType.parameterDescription:
                parameterTypes = try Backend.ParameterDescription(body: &body).types
            case MessageType.copyInResponse:
                _ = try Backend.CopyInResponse(body: &body)
                // A refused COPY ends all that was sent with it: a second is a server that only wants to be answered.
                guard !hasRefusedCopy else { throw .invalidValue }
                refuseCopy()
            case MessageType.copyOutResponse, MessageType.copyData:
                try body.skip(body.remaining)
                if serverError == nil { serverError = ConnectionCore.copyRefusal }
            default:
                try handleOutOfBand(type, &body)
            }
            try body.expectEnd()
        } catch {
            throw PostgresError(
                .protocolViolation,
                "a message of type \(Character(UnicodeScalar(type))) from the server is malformed: \(error)")
        }
    }

    /// What may come at any time: settings, notices, notifications; and what carries nothing.
    private func handleOutOfBand(_ type: UInt8, _ body: inout WireReader) throws(WireError) {
        switch type {
        case MessageType.parameterStatus:
            let status = try Backend.ParameterStatus(body: &body)
            do throws(PostgresError) {
                try session.setParameter(status.name, status.value)
            } catch {
                // The statement may go on to its end; nothing after it may run.
                if serverError == nil { serverError = ServerError(severity: "FATAL", message: error.message) }
            }
        case MessageType.noticeResponse:
            let notice = try Backend.NoticeResponse(body: &body).notice
            onNotice?(notice)
        case MessageType.notificationResponse:
            _ = try Backend.NotificationResponse(body: &body)
        default:
            return
        }
    }

    private func noteRetryable(_ error: ServerError) {
        guard retryableError == nil, let state = error.sqlState else { return }
        // CR000 is what CockroachDB said before it took to 40001.
        if state == .serializationFailure || state == .deadlockDetected || state.rawValue == "CR000" {
            retryableError = error
        }
    }

    private static let copyRefusal = ServerError(
        severity: "ERROR", sqlState: .featureNotSupported,
        message: "the statement is a COPY, whose data cannot be sent or received by query and execute")

    /// Nobody has data for it: the server is told so, and in the extended protocol to go on after the error, since it
    /// swallowed the Sync that was sent before.
    private func refuseCopy() {
        let isExtended = session.expectedReply == .execute
        hasRefusedCopy = true
        if serverError == nil { serverError = ConnectionCore.copyRefusal }
        Frontend.CopyFail(reason: "this client sends no data here").encode(into: &link.outbound)
        if isExtended { Frontend.Sync().encode(into: &link.outbound) }
    }

    /// The error of what just ended, if there was one; forgets it.
    func takeError(statement: String?) -> PostgresError? {
        guard let error = serverError else { return nil }
        serverError = nil
        let failure = PostgresError(error).with(host: host).with(statement: statement)
        return error.isFatal ? fail(failure) : failure
    }
}
