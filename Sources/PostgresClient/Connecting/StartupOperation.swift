import PostgresWire

/// Opens the session on a connection that is made: the startup message, authentication, and the server's settings up to
/// its first ReadyForQuery.
struct StartupOperation: Operation {
    private enum Phase {
        case start
        case authenticating
        case deriving(CompletionReader<Result<SCRAMKeys, PostgresError>>)
        case asking(CredentialInquiry)
    }

    private let configuration: ConnectionConfiguration
    private let attempt: ConnectionAttempt
    private let deadline: Deadline?
    private var phase = Phase.start
    private var link: Link?
    private var session: Session
    private var exchange: AuthenticationExchange?
    private var receives = 0

    /// How often may be received before AuthenticationOk, and before the session is ready. An honest server may send its
    /// every byte alone and comes to a fraction of that; one that sends crumbs of long messages burns our time with them.
    private static let mostReceivesBeforeAuthentication = 16 * 1024
    private static let mostReceives = 64 * 1024

    /// How far it has come, which tells what a failure means.
    private(set) var stage = ConnectionAttempt.Stage.starting

    init(
        _ link: Link, _ attempt: ConnectionAttempt, _ configuration: ConnectionConfiguration, deadline: Deadline?
    ) {
        self.link = link
        self.attempt = attempt
        self.configuration = configuration
        self.deadline = deadline
        session = Session(protocolVersion: attempt.protocolVersion.number)
    }

    /// Gives the connection up.
    mutating func close() {
        link?.close()
        link = nil
    }

    mutating func step() throws(PostgresError) -> Step<ConnectionCore> {
        while true {
            switch phase {
            case .start:
                try start()
            case .authenticating:
                if let step = try authenticate() { return step }
            case .deriving(let thread):
                guard let result = thread.take() else { return .wait(thread.wait(until: deadline)) }
                phase = .authenticating
                if let action = try exchange?.resume(keys: try result.get()) { try perform(action) }
            case .asking(let inquiry):
                guard let result = inquiry.take() else { return .wait(inquiry.wait(until: deadline)) }
                let credential: Secret
                do throws(PostgresError) {
                    credential = try result.get()
                } catch {
                    stage = .credentials
                    throw error
                }
                phase = .authenticating
                let action =
                    switch inquiry.kind {
                    case .password: try exchange?.resume(password: credential)
                    case .token: try exchange?.resume(token: credential)
                    }
                if let action { try perform(action) }
            }
        }
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        var waitedFor = "the server did not finish the connection's start"
        if case .asking(let inquiry) = phase {
            inquiry.cancel()
            waitedFor = "the \(inquiry.kind.rawValue) provider did not answer"
        }
        switch reason {
        case .taskCancelled:
            throw PostgresError(.cancelled, "the task was cancelled while connecting").with(isSafeToRetry: true)
        case .deadlinePassed:
            throw PostgresError(.timedOut, "\(waitedFor) within connect_timeout")
                .with(isSafeToRetry: true)
        }
    }

    private mutating func start() throws(PostgresError) {
        guard var link else { throw PostgresError(.connectionLost, "there is no connection") }
        let host = attempt.host
        try configuration.tls.certificateMode.check(
            isRequested: link.isClientCertificateRequested, isSent: link.isClientCertificateSent)
        Frontend.StartupMessage(
            protocolVersion: attempt.protocolVersion.number, parameters: configuration.startupParameters
        ).encode(into: &link.outbound)
        if let failure = link.outbound.failure {
            throw PostgresError(.encodingFailed, "the startup message cannot be sent: \(failure)")
        }
        var policy = configuration.authenticationPolicy
        let isUnixSocket = attempt.address.isUnix
        policy.isUnixSocket = isUnixSocket
        policy.isClientCertificateSent = link.isClientCertificateSent
        policy.channelBindingData = link.channelBinding
        policy.isChannelTrusted = isUnixSocket || host.isLoopback || link.isServerVerified
        var nonce: [UInt8] = []
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<18 { nonce.append(UInt8.random(in: .min ... .max, using: &generator)) }
        exchange = AuthenticationExchange(
            user: configuration.user, credentials: try configuration.credentials(for: host), nonce: nonce,
            policy: policy)
        self.link = link
        phase = .authenticating
    }

    /// Reads messages until the server is ready; nil when the phase has changed.
    private mutating func authenticate() throws(PostgresError) -> Step<ConnectionCore>? {
        guard var link else { throw PostgresError(.connectionLost, "there is no connection") }
        // The link lives in this operation; taking it out keeps its buffers from being copied.
        self.link = nil
        defer { self.link = link }
        var receivesInARow = 0
        while true {
            let isFlushed = try link.flush()
            while let (type, body) = try nextMessage(&link) {
                try session.accept(type)
                let action = try handle(type, body)
                if session.phase == .established {
                    let authentication = exchange.map { $0.method.rawValue } ?? "none"
                    let core = ConnectionCore(link, session, configuration, attempt, authentication: authentication)
                    core.usesChannelBinding = exchange?.usesChannelBinding ?? false
                    return .done(core)
                }
                guard let action else { continue }
                self.link = link
                try perform(action)
                if let changed = self.link { link = changed }
                self.link = nil
                guard case .authenticating = phase else { return nil }
            }
            try countReceive()
            _ = link.makeRoom(for: max(MessageLimits.short, pendingLength(link)), keepingBytes: false)
            switch try link.receive() {
            case .bytes:
                receivesInARow += 1
                if receivesInARow == Wait.receivesBetweenPauses {
                    return .wait(Wait(link.socket.descriptor, .readable, until: deadline).pause)
                }
            case .wouldBlock:
                let isSent = try link.flush()
                return .wait(
                    Wait(
                        link.socket.descriptor, isFlushed && isSent ? .readable : [.readable, .writable],
                        until: deadline))
            case .end:
                if let refusal = exchange?.tokenRefusal { throw refusal }
                throw PostgresError(.connectionLost, "the server closed the connection while it was being made")
            }
        }
    }

    private mutating func countReceive() throws(PostgresError) {
        receives += 1
        let most =
            session.phase == .authenticating ? Self.mostReceivesBeforeAuthentication : Self.mostReceives
        guard receives > most else { return }
        throw PostgresError(
            .protocolViolation, "the server sends so little at a time that \(most) receives did not bring its answer")
    }

    private func nextMessage(_ link: inout Link) throws(PostgresError) -> (UInt8, [UInt8])? {
        let bytes = link.bytes[link.start..<link.end]
        guard let type = bytes.first else { return nil }
        // The first byte tells a server from a stranger, who need not send four more.
        var rehearsal = session
        try rehearsal.accept(type)
        guard bytes.count >= 5 else { return nil }
        let length = bytes.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        try checkLength(length, of: type)
        guard bytes.count > length else { return nil }
        link.start += 1 + length
        return (type, Array(bytes.dropFirst(5).prefix(length - 4)))
    }

    /// How long the message is that begins at the first unread byte, as far as its header says.
    private func pendingLength(_ link: borrowing Link) -> Int {
        guard link.end - link.start >= 5 else { return 5 }
        return 1 + link.bytes[(link.start + 1)..<(link.start + 5)].reduce(0) { $0 << 8 | Int($1) }
    }

    private func checkLength(_ length: Int, of type: UInt8) throws(PostgresError) {
        let isEarly = session.phase == .authenticating
        // Each of them says something beyond its length.
        let least = isEarly && type != MessageType.noticeResponse ? 8 : MessageLimits.minimumLength
        // No message of a start is longer than the longest setting.
        let most = min(MessageLimits.maximumLength(of: type, duringStartup: isEarly), MessageLimits.parameterStatus)
        if length <= most { try configuration.checkLength(length, of: type) }
        guard length < least || length > most else { return }
        if isEarly, type == MessageType.errorResponse {
            // Text without a length, as servers sent it before protocol 3.0; who sent it is unknown, so nobody sees it.
            throw PostgresError(
                .protocolViolation,
                "the server refused the connection in a form older than protocol 3.0, whose text is not shown")
        }
        throw PostgresError(
            .protocolViolation,
            "the server sent a message that says it is \(length) bytes long while the connection was being made")
    }

    private mutating func handle(_ type: UInt8, _ body: [UInt8]) throws(PostgresError) -> AuthenticationAction? {
        let message: BackendMessage
        do {
            message = try WireReader.read(body) { (reader) throws(WireError) in
                try BackendMessage.decode(type: type, body: &reader)
            }
        } catch {
            throw PostgresError(.protocolViolation, "a message from the server is malformed: \(error)")
        }
        switch message {
        case .authentication(let request):
            if stage == .starting { stage = .authenticating }
            return try exchange?.receive(request)
        case .errorResponse(let response):
            guard let refusal = exchange?.tokenRefusal else { throw PostgresError(response.error) }
            throw PostgresError(response.error).with(code: refusal.code).with(message: refusal.message)
        case .parameterStatus(let status):
            try session.setParameter(status.name, status.value)
        case .backendKeyData(let key):
            try session.setBackendKey(key)
        case .negotiateProtocolVersion(let answer):
            if stage == .starting { stage = .authenticating }
            try negotiate(answer)
        case .readyForQuery(let ready):
            session.ready(ready.status)
        default:
            break
        }
        return nil
    }

    private mutating func negotiate(_ answer: Backend.NegotiateProtocolVersion) throws(PostgresError) {
        try session.negotiate(answer)
        guard session.protocolVersion < configuration.minimumProtocolVersion.number else { return }
        throw PostgresError(
            .unsupported,
            """
            the server speaks protocol \(ProtocolVersion.v3_0) at most, but min_protocol_version=\
            \(configuration.minimumProtocolVersion) demands more
            """)
    }

    private mutating func ask(
        _ kind: CredentialInquiry.Kind, _ provider: CredentialProvider?
    ) throws(PostgresError) {
        guard let provider else {
            throw PostgresError(.authenticationFailed, "no \(kind.rawValue) provider is configured")
        }
        let request = CredentialProvider.Request(
            user: configuration.user, database: configuration.database, host: attempt.host,
            oauth: configuration.oauth)
        phase = .asking(try CredentialInquiry(kind, provider, request))
    }

    private mutating func perform(_ action: AuthenticationAction) throws(PostgresError) {
        switch action {
        case .send(let message):
            guard var link else { return }
            message.encode(into: &link.outbound)
            self.link = link
        case .derive(let request):
            switch try configuration.scramKeys.keys(for: request) {
            case .found(let keys):
                if let action = try exchange?.resume(keys: keys) { try perform(action) }
            case .wait(let thread):
                phase = .deriving(thread)
            }
        case .password:
            try ask(.password, configuration.passwordProvider)
        case .token:
            try ask(.token, configuration.tokenProvider)
        case .wait:
            break
        case .done:
            session.authenticated()
            stage = .authenticated
        }
    }
}
