private final class ReportedError {
    let error: ServerError
    init(_ error: ServerError) { self.error = error }
}

/// Reads the replies of a server: hands rows and results to whoever asked, and keeps what concerns the session.
///
/// A value beside the streams, so that one exchange borrows each of them once and not for every message.
struct ReplyReader {
    /// How far the reader came.
    enum Progress {
        /// More bytes are needed.
        case incomplete
        /// Everything asked has been answered.
        case idle
    }

    /// The columns of the result that is being received.
    var columns = RowColumns.none
    /// Whether what arrives answers the description of a statement, not its execution.
    var isDescribing = false
    /// Whether a portal is described before it is executed, by which the rows begin.
    var isDescribingPortal = false
    /// The types of the parameters of the statement that was described last.
    var parameterTypes: [PostgresOID] = []
    /// The first error since the last ReadyForQuery, in memory of its own: most statements have none to carry around.
    private var reported: ReportedError?

    /// Whether the sink takes what a COPY to the client brings.
    private var takesCopyData = false
    /// Whether a COPY from the client was refused since the last ReadyForQuery.
    private var hasRefusedCopy = false

    /// The first error since the last ReadyForQuery.
    var serverError: ServerError? { reported?.error }

    /// Whether there was an error since the last ReadyForQuery.
    var hasServerError: Bool { reported != nil }

    mutating func forgetServerError() { reported = nil }

    private mutating func report(_ error: ServerError) {
        if reported == nil { reported = ReportedError(error) }
    }

    /// The next description is that of a statement, which says nothing of an execution.
    mutating func expectDescription() {
        columns = .none
        parameterTypes = []
        isDescribing = true
    }

    /// Reads every whole message that has been received.
    ///
    /// - Parameters:
    ///   - core: The session; nothing in here may reach its link, its session or this reader through it, which are
    ///     borrowed while this runs.
    ///   - sink: Gets rows, results and errors.
    /// - Returns: ``Progress/idle`` once the server has answered everything.
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` if the server breaks the protocol; the connection must be closed then.
    mutating func read<Sink: ReplySink>(
        _ core: ConnectionCore, _ link: inout Link, _ session: inout Session, _ sink: inout Sink
    ) throws(PostgresError) -> Progress {
        if let ending = core.ending {
            throw PostgresError(
                .connectionClosed, "the connection was closed while this was running: \(ending.message)")
        }
        let bytes = link.bytes
        var position = link.start
        let end = link.end
        defer { link.start = position }
        var progress = Progress.incomplete
        let longest = min(MessageLimits.hard, core.configuration.maximumMessageLength)
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(PostgresError) in
            guard let base = unsafe UnsafeRawPointer(buffer.baseAddress) else { return }
            var now = session.outlook()
            var acceptsCopyData = takesCopyData && now.copyData
            while end - position >= 5 {
                let type = unsafe base.load(fromByteOffset: position, as: UInt8.self)
                let length = unsafe Int(
                    UInt32(bigEndian: base.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self)))
                // Rows are what there may be millions of: they come first and take the shortest way.
                if type == MessageType.dataRow, now.rows, length >= 6, length <= longest {
                    guard end - position > length else { return }
                    let bodyStart = position + 5
                    position += 1 + length
                    var body = unsafe WireReader(from: base + bodyStart, to: base + position)
                    sink.row(&body, at: bodyStart)
                    continue
                }
                // Of what a pipeline of many executions is answered by each comes as often as rows do.
                if type == MessageType.bindComplete, length == MessageLimits.minimumLength, session.acceptBound() {
                    position += 5
                    now = session.outlook()
                    continue
                }
                if type == MessageType.commandComplete, now.rows, length <= MessageLimits.short,
                    length > MessageLimits.minimumLength, end - position > length
                {
                    var body = unsafe WireReader(from: base + (position + 5), to: base + (position + 1 + length))
                    if let tag = CommandTag(counted: &body), session.acceptExecuted() {
                        position += 1 + length
                        takesCopyData = false
                        sink.complete(tag)
                        now = session.outlook()
                        guard !now.isIdle else {
                            progress = .idle
                            return
                        }
                        continue
                    }
                }
                if type == MessageType.copyData, acceptsCopyData, length >= 4, length <= longest {
                    guard end - position > length else { return }
                    let bodyStart = position + 5
                    position += 1 + length
                    var body = unsafe WireReader(from: base + bodyStart, to: base + position)
                    sink.copyData(&body, at: bodyStart)
                    continue
                }
                guard length >= MessageLimits.minimumLength,
                    length <= MessageLimits.maximumLength(of: type, duringStartup: false)
                else {
                    throw PostgresError(
                        .protocolViolation,
                        "the server sent a message of type \(type) that says it is \(length) bytes long")
                }
                try core.configuration.checkLength(length, of: type)
                guard end - position > length else { return }
                let next = position + 1 + length
                var body = unsafe WireReader(from: base + (position + 5), to: base + next)
                position = next
                try session.accept(type)
                try handle(type, &body, core, &link, &session, &sink)
                now = session.outlook()
                acceptsCopyData = takesCopyData && now.copyData
                if now.isIdle {
                    progress = .idle
                    return
                }
            }
        }
        return progress
    }

    private mutating func handle<Sink: ReplySink>(
        _ type: UInt8, _ body: inout WireReader, _ core: ConnectionCore, _ link: inout Link, _ session: inout Session,
        _ sink: inout Sink
    ) throws(PostgresError) {
        do throws(WireError) {
            switch type {
            case MessageType.commandComplete:
                let tag = try Backend.CommandComplete(body: &body).commandTag
                if tag.endsPreparedStatements { core.statements.removeAll() }
                core.typeNames.note(tag)
                takesCopyData = false
                sink.complete(tag)
            case MessageType.emptyQueryResponse:
                sink.complete(CommandTag(""))
            case MessageType.portalSuspended:
                sink.suspend()
            case MessageType.readyForQuery:
                session.ready(try Backend.ReadyForQuery(body: &body).status)
                hasRefusedCopy = false
                isDescribingPortal = false
                sink.ready()
            case MessageType.errorResponse:
                let error = try Backend.ErrorResponse(body: &body).error
                report(error)
                takesCopyData = false
                core.note(error)
                sink.fail(error)
            case MessageType.rowDescription:
                try describe(try Backend.RowDescription(body: &body).columns, core.types, &session, &sink)
            case MessageType.parameterDescription:
                parameterTypes = try Backend.ParameterDescription(body: &body).types
                if !isDescribing { sink.parameters(parameterTypes) }
            case MessageType.copyInResponse:
                let response = try Backend.CopyInResponse(body: &body)
                if !sink.copyIn(response) { try refuseCopy(&link, &session) }
            case MessageType.copyOutResponse:
                takesCopyData = sink.copyOut(try Backend.CopyOutResponse(body: &body))
                if !takesCopyData { report(ReplyReader.copyRefusal) }
            case MessageType.copyData:
                // Only what nobody takes comes this way.
                try body.skip(body.remaining)
            case MessageType.copyDone:
                if takesCopyData { sink.copyDone() }
            default:
                try handleOutOfBand(type, &body, core, &session)
            }
            try body.expectEnd()
        } catch {
            throw PostgresError(
                .protocolViolation,
                "a message of type \(Character(UnicodeScalar(type))) from the server is malformed: \(error)")
        }
    }

    private mutating func describe<Sink: ReplySink>(
        _ described: [ColumnDescription], _ types: TypeDirectory, _ session: inout Session, _ sink: inout Sink
    ) throws(WireError) {
        // What rows look like was settled before the execution; CockroachDB repeats an empty description there.
        if !isDescribing, !isDescribingPortal, session.expectedReply == .execute {
            guard described.isEmpty else { throw .invalidValue }
            return
        }
        columns = RowColumns(described, types)
        isDescribingPortal = false
        // A statement's description says nothing of formats; the rows begin once they are chosen.
        if !isDescribing { sink.begin(columns) }
    }

    /// What may come at any time: settings, notices, notifications; and what carries nothing.
    private mutating func handleOutOfBand(
        _ type: UInt8, _ body: inout WireReader, _ core: ConnectionCore, _ session: inout Session
    ) throws(WireError) {
        switch type {
        case MessageType.parameterStatus:
            let status = try Backend.ParameterStatus(body: &body)
            do throws(PostgresError) {
                try session.setParameter(status.name, status.value)
            } catch {
                // The statement may go on to its end; nothing after it may run, whatever else it ended with.
                let isEnding = serverError?.isFatal ?? false
                if !isEnding { reported = ReportedError(ServerError(severity: "FATAL", message: error.message)) }
            }
        case MessageType.noticeResponse:
            let notice = try Backend.NoticeResponse(body: &body).notice
            core.onNotice?(notice)
        case MessageType.notificationResponse:
            let notification = try Backend.NotificationResponse(body: &body)
            core.onNotification?(PostgresNotification(notification))
        default:
            return
        }
    }

    // MARK: - COPY that nobody asked for

    private static let copyRefusal = ServerError(
        severity: "ERROR", sqlState: .featureNotSupported,
        message: "the statement is a COPY, whose data cannot be sent or received by query and execute: "
            + "db.copy(into:) and db.copyOut do that")

    /// Nobody has data for it: the server is told so, and in the extended protocol to go on after the error, since it
    /// swallowed the Sync that was sent before.
    private mutating func refuseCopy(_ link: inout Link, _ session: inout Session) throws(WireError) {
        // A refused COPY ends all that was sent with it: a second is a server that only wants to be answered.
        guard !hasRefusedCopy else { throw .invalidValue }
        let isExtended = session.expectedReply == .execute
        hasRefusedCopy = true
        report(ReplyReader.copyRefusal)
        Frontend.CopyFail(reason: "this client sends no data here").encode(into: &link.outbound)
        if isExtended { Frontend.Sync().encode(into: &link.outbound) }
    }
}
