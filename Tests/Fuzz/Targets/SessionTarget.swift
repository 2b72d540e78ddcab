import PostgresWire

/// The state of a session: what a client asks and what any server answers, in any order.
///
/// The input is the protocol's version (a byte) and a series of steps. A byte below 16 asks for something; anything else is the type of a message, whose
/// body is the byte after it (how long) and that many more.
enum SessionTarget: FuzzTarget {
    static let name = "session"
    static let maximumLength = 192

    static func run(_ input: [UInt8]) throws {
        var input = InputReader(input)
        let version = input.byte() & 1 == 0 ? Frontend.StartupMessage.version30 : Frontend.StartupMessage.version32
        var session = Session(protocolVersion: version)
        // What a server may say so often only as it was asked.
        var owed: [UInt8: Int] = [:]
        while input.remaining > 0 {
            let step = input.byte()
            if step < 16 {
                guard session.phase == .established else { continue }
                let reply = ExpectedReply.allCases[Int(step) % ExpectedReply.allCases.count]
                session.expect(reply)
                if let answer = answer(to: reply) { owed[answer, default: 0] += 1 }
                try require(!session.isIdle, "idle although \(reply) was asked")
                continue
            }
            let before = session
            let body = input.counted()
            do {
                try session.accept(step)
            } catch {
                try require(error.code == .protocolViolation, "refused with \(error.code)")
                _ = error.description
                session.close()
                try require(session.isIdle, "something is awaited after the end")
                try require((try? session.accept(step)) == nil, "a message is accepted after the end")
                return
            }
            try checkStep(from: before, to: session, step, &owed)
            try take(step, body, &session)
        }
    }

    /// The message that a request makes legal once.
    private static func answer(to reply: ExpectedReply) -> UInt8? {
        switch reply {
        case .parse: MessageType.parseComplete
        case .bind: MessageType.bindComplete
        case .close: MessageType.closeComplete
        case .describeStatement: MessageType.parameterDescription
        case .sync, .simpleQuery: MessageType.readyForQuery
        case .describeRows, .execute: nil
        }
    }

    private static func checkStep(
        from before: Session, to after: Session, _ type: UInt8, _ owed: inout [UInt8: Int]
    ) throws {
        if before.acceptsRows, type == MessageType.dataRow {
            try require(after.expectedReply == before.expectedReply, "a row ends what is awaited")
        }
        if type == MessageType.dataRow { try require(before.acceptsRows, "a row where none may come") }
        guard before.phase == .established else {
            try require(after.isIdle, "something is awaited before the session is ready")
            return
        }
        let answers: [UInt8] = [
            MessageType.parseComplete, MessageType.bindComplete, MessageType.closeComplete,
            MessageType.parameterDescription, MessageType.readyForQuery,
        ]
        guard answers.contains(type) else { return }
        let left = owed[type, default: 0] - 1
        try require(left >= 0, "\(UnicodeScalar(type)) came more often than it was asked for")
        owed[type] = left
    }

    /// What the connection does with a message that may come.
    private static func take(_ type: UInt8, _ body: [UInt8], _ session: inout Session) throws {
        guard let message = try? Frames.decode(Frame(type: type, body: body)) else { return }
        switch message {
        case .authentication(.ok) where session.phase == .authenticating: session.authenticated()
        case .backendKeyData(let key): if (try? session.setBackendKey(key)) == nil { session.close() }
        case .negotiateProtocolVersion(let answer): if (try? session.negotiate(answer)) == nil { session.close() }
        case .readyForQuery(let ready): session.ready(ready.status)
        case .parameterStatus(let parameter):
            do {
                try session.setParameter(parameter.name, parameter.value)
            } catch {
                session.close()
            }
            try require(session.parameters.count <= 256, "\(session.parameters.count) parameters are kept")
        default: break
        }
    }

    private static func step(_ message: BackendMessage) -> [UInt8] {
        let bytes = Frames.bytes(message)
        return [bytes[0]] + [UInt8](bytes.dropFirst(5)).counted
    }

    private static func ask(_ replies: ExpectedReply...) -> [UInt8] {
        replies.map { UInt8(ExpectedReply.allCases.firstIndex(of: $0) ?? 0) }
    }

    static var seeds: [[UInt8]] {
        let start: [UInt8] =
            step(.authentication(.ok)) + step(.parameterStatus(.init(name: "client_encoding", value: "UTF8")))
            + step(.backendKeyData(.init(processID: 7, key: [1, 2, 3, 4]))) + step(.readyForQuery(.init(.idle)))
        let row = step(.dataRow(.init(values: [[1]])))
        let done = step(.commandComplete(.init(tag: "SELECT 1")))
        let ready = step(.readyForQuery(.init(.idle)))
        let columns = step(.rowDescription(.init(columns: [])))
        let error = step(.errorResponse(.init(ServerError(severity: "ERROR", message: "m"))))
        let prepare = step(.parseComplete) + step(.parameterDescription(.init(types: [])))
        let copyIn = step(.copyInResponse(.init(.init(overall: .text, columns: []))))
        let copyOut = step(.copyOutResponse(.init(.init(overall: .text, columns: []))))
        let data = step(.copyData(.init(data: [1]))) + step(.copyDone)
        let cockroach = step(.authentication(.ok)) + step(.parameterStatus(.init(name: "crdb_version", value: "v25")))
        var sessions: [[UInt8]] = []
        sessions.append(start)
        sessions.append(cockroach + ready + ask(.execute, .sync) + columns + row + done + ready)
        sessions.append(start + ask(.simpleQuery) + columns + row + row + done + ready)
        sessions.append(start + ask(.simpleQuery) + step(.emptyQueryResponse) + ready)
        sessions.append(start + ask(.parse, .describeStatement, .sync) + prepare + columns + ready)
        sessions.append(start + ask(.parse, .describeStatement, .sync) + prepare + step(.noData) + ready)
        sessions.append(start + ask(.bind, .execute, .sync) + step(.bindComplete) + row + done + ready)
        sessions.append(
            start + ask(.bind, .describeRows, .execute) + step(.bindComplete) + columns + step(.portalSuspended))
        sessions.append(
            start + ask(.bind, .execute, .sync, .bind, .execute, .sync) + error + ready + step(.bindComplete) + done)
        sessions.append(start + ask(.close, .sync) + step(.closeComplete) + ready)
        sessions.append(start + ask(.execute, .sync) + copyIn + done + ready)
        sessions.append(start + ask(.execute, .sync) + copyOut + data + done + ready)
        sessions.append(start + ask(.simpleQuery) + copyIn + error + ready)
        sessions.append(start + ask(.simpleQuery) + copyOut + data + done + ready)
        sessions.append(start + step(.notificationResponse(.init(processID: 1, channel: "a", payload: "b"))) + error)
        let negotiation = step(.negotiateProtocolVersion(.init(newestVersion: 0x30000, unrecognizedOptions: [])))
        return sessions.map { [0] + $0 } + [[1] + negotiation + start, [1] + start]
    }

    static let dictionary: [[UInt8]] =
        "KSNEATtDCI123nsGHWdcVv".utf8.map { [$0, 0] } + [
            step(.readyForQuery(.init(.idle))), step(.authentication(.ok)),
        ]
}
