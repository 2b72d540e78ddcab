/// Makes a session: finds the server's addresses, connects, agrees on TLS, authenticates, and waits until the server is
/// ready.
struct ConnectOperation: Operation {
    private enum Phase {
        case start
        case resolving(CompletionReader<Result<[SocketAddress], PostgresError>>)
        case nextAttempt
        case dialling(DialOperation)
        case authenticating
        case deriving(CompletionReader<Result<Secret, PostgresError>>)
    }

    /// One try: an address, with or without TLS.
    private struct Attempt {
        let address: SocketAddress
        let encryption: DialOperation.Encryption
    }

    private let configuration: ConnectionConfiguration
    private var phase = Phase.start
    private var deadline: Deadline?
    private var attempts: [Attempt] = []
    private var attempt: Attempt?
    private var context: TLSContext?
    private var failures: [(SocketAddress, PostgresError)] = []

    // Of the current attempt.
    private var link: Link?
    private var session = Session()
    private var exchange: AuthenticationExchange?
    private var isAuthenticated = false

    init(_ configuration: ConnectionConfiguration) {
        self.configuration = configuration
    }

    mutating func step() throws(PostgresError) -> Step<ConnectionCore> {
        while true {
            switch phase {
            case .start:
                try configuration.validate()
                deadline = .after(configuration.connectTimeout)
                if let found = try begin() { return found }
            case .resolving(let thread):
                guard let result = thread.take() else { return .wait(thread.wait(until: deadline)) }
                try plan(try result.get())
            case .nextAttempt:
                try nextAttempt()
            case .dialling(var dial):
                do throws(PostgresError) {
                    switch try dial.step() {
                    case .wait(let wait):
                        phase = .dialling(dial)
                        return .wait(wait)
                    case .done(let link):
                        try startUp(link)
                    }
                } catch {
                    try attemptFailed(error)
                }
            case .authenticating:
                do throws(PostgresError) {
                    if let step = try authenticate() { return step }
                } catch {
                    try attemptFailed(error)
                }
            case .deriving(let thread):
                guard let result = thread.take() else { return .wait(thread.wait(until: deadline)) }
                do throws(PostgresError) {
                    let action = try exchange?.resume(saltedPassword: try result.get())
                    if let action { try perform(action) }
                    phase = .authenticating
                } catch {
                    try attemptFailed(error)
                }
            }
        }
    }

    // MARK: - Where to

    private mutating func begin() throws(PostgresError) -> Step<ConnectionCore>? {
        if let path = configuration.socketPath {
            try plan([try SocketAddress(unixSocket: path)])
            return nil
        }
        let port = configuration.port
        let numeric = configuration.hostAddress ?? configuration.host
        if ConnectionConfiguration.numericAddress(numeric) != nil {
            try plan(try SocketAddress.resolve(host: numeric, port: port, numericOnly: true).get())
            return nil
        }
        // The resolver may block for long and cannot be told to stop.
        let thread = try Completion.onThread { SocketAddress.resolve(host: numeric, port: port, numericOnly: false) }
        phase = .resolving(thread)
        return nil
    }

    private mutating func plan(_ addresses: [SocketAddress]) throws(PostgresError) {
        let encryptions: [DialOperation.Encryption] =
            switch configuration.sslMode {
            case .disable: [.none]
            // After a failed handshake libpq goes on in the clear, on a new socket.
            case .prefer: [.preferred, .none]
            case .require, .verifyFull: [.required]
            case .allow, .verifyCA:
                throw PostgresError(
                    .invalidConfiguration,
                    "sslmode=\(configuration.sslMode.rawValue) is not supported yet; use require or verify-full")
            }
        attempts = addresses.flatMap { address in
            (address.isUnix ? [.none] : encryptions).map { Attempt(address: address, encryption: $0) }
        }
        attempts.reverse()
        if encryptions != [.none], !attempts.allSatisfy({ $0.address.isUnix }) {
            context = try TLSContext(configuration)
        }
        phase = .nextAttempt
    }

    private mutating func nextAttempt() throws(PostgresError) {
        guard let next = attempts.popLast() else { throw summary() }
        attempt = next
        link = nil
        session = Session()
        exchange = nil
        isAuthenticated = false
        deadline = .after(configuration.connectTimeout)
        phase = .dialling(
            DialOperation(next.address, configuration, next.encryption, context: context, deadline: deadline))
    }

    /// Goes on to the next address or, in `prefer`, to the same in the clear; throws if nothing more is to be tried.
    private mutating func attemptFailed(_ error: PostgresError) throws(PostgresError) {
        link?.close()
        link = nil
        guard let attempt else { throw error.with(host: configuration.displayHost) }
        failures.append((attempt.address, error))
        switch error.code {
        case .cancelled, .invalidConfiguration, .unsupported, .authenticationFailed, .encodingFailed:
            // Ours, or the same everywhere.
            throw error.with(host: configuration.displayHost)
        case .server where isAuthenticated || error.sqlState == .cannotConnectNow || attempt.encryption != .preferred:
            throw error.with(host: configuration.displayHost)
        // Only a failed TLS handshake and a refusal before authentication lead on from TLS to the clear; a server that
        // answers nonsense, or is not there, does not get a second try.
        case .server, .tls:
            break
        default:
            attempts.removeAll { $0.address == attempt.address }
        }
        phase = .nextAttempt
    }

    private func summary() -> PostgresError {
        guard let (_, last) = failures.last else {
            return PostgresError(.connectionFailed, "the host has no address").with(host: configuration.displayHost)
        }
        // A refusal says more than the second, equal one after it.
        guard failures.count > 1, last.code != .server else { return last.with(host: configuration.displayHost) }
        let reasons = failures.map { "\($0.0): \($0.1.message)" }.joined(separator: "; ")
        return last.with(message: "no connection could be made (\(reasons))").with(host: configuration.displayHost)
    }

    // MARK: - The session

    private mutating func startUp(_ link: Link) throws(PostgresError) {
        var link = link
        Frontend.StartupMessage(parameters: configuration.startupParameters).encode(into: &link.outbound)
        if let failure = link.outbound.failure {
            throw PostgresError(.encodingFailed, "the startup message cannot be sent: \(failure)")
        }
        var policy = AuthenticationPolicy()
        let isUnixSocket = attempt?.address.isUnix ?? false
        policy.isUnixSocket = isUnixSocket
        policy.channelBindingData = link.channelBinding
        policy.isChannelTrusted =
            isUnixSocket || configuration.isLoopback
            || (link.tlsSummary != nil && configuration.sslMode == .verifyFull)
        policy.channelBinding = configuration.channelBinding
        policy.requirement = configuration.requiredAuthentication
        var nonce: [UInt8] = []
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<18 { nonce.append(UInt8.random(in: .min ... .max, using: &generator)) }
        exchange = AuthenticationExchange(
            user: configuration.user, password: configuration.password, nonce: nonce, policy: policy)
        self.link = link
        phase = .authenticating
    }

    /// Reads messages until the server is ready; nil when the phase has changed.
    private mutating func authenticate() throws(PostgresError) -> Step<ConnectionCore>? {
        guard var link else { throw PostgresError(.connectionLost, "there is no connection") }
        // The link lives in this operation; taking it out keeps its buffers from being copied.
        self.link = nil
        defer { self.link = link }
        while true {
            let isFlushed = try link.flush()
            while let (type, body) = try nextMessage(&link) {
                try session.accept(type)
                let action = try handle(type, body)
                if session.phase == .established, let attempt {
                    let authentication = exchange.map { $0.method.rawValue } ?? "none"
                    return .done(
                        ConnectionCore(
                            link, session, configuration, address: attempt.address, authentication: authentication))
                }
                guard let action else { continue }
                self.link = link
                try perform(action)
                if let changed = self.link { link = changed }
                self.link = nil
                if case .deriving = phase { return nil }
            }
            _ = link.makeRoom(for: Int(MessageLimits.short), keepingBytes: false)
            switch try link.receive() {
            case .bytes: break
            case .wouldBlock:
                let isSent = try link.flush()
                return .wait(
                    Wait(
                        link.socket.descriptor, isFlushed && isSent ? .readable : [.readable, .writable],
                        until: deadline))
            case .end:
                throw PostgresError(.connectionLost, "the server closed the connection while it was being made")
            }
        }
    }

    private func nextMessage(_ link: inout Link) throws(PostgresError) -> (UInt8, [UInt8])? {
        guard link.end - link.start >= 5 else { return nil }
        let bytes = link.bytes[link.start..<link.end]
        let type = bytes[bytes.startIndex]
        let length = bytes.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        // A type that may not come now is the better complaint than a length that makes no sense.
        var rehearsal = session
        try rehearsal.accept(type)
        guard length >= MessageLimits.minimumLength,
            length <= MessageLimits.maximumLength(of: type, duringStartup: session.phase == .authenticating)
        else {
            throw PostgresError(
                .protocolViolation,
                "the server sent a message that says it is \(length) bytes long while the connection was being made")
        }
        guard bytes.count > length else { return nil }
        link.start += 1 + length
        return (type, Array(bytes.dropFirst(5).prefix(length - 4)))
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
            return try exchange?.receive(request)
        case .errorResponse(let response):
            throw PostgresError(response.error)
        case .parameterStatus(let status):
            try session.setParameter(status.name, status.value)
        case .backendKeyData(let key):
            guard key.key.count == 4 else {
                throw PostgresError(
                    .protocolViolation, "the server sent a cancel key of \(key.key.count) bytes; protocol 3.0 has 4")
            }
            session.backendKey = key
        case .readyForQuery(let ready):
            session.ready(ready.status)
        default:
            break
        }
        return nil
    }

    private mutating func perform(_ action: AuthenticationAction) throws(PostgresError) {
        switch action {
        case .send(let message):
            guard var link else { return }
            message.encode(into: &link.outbound)
            self.link = link
        case .derive(let request):
            // Thousands of hash rounds: not on a thread that others wait for, and not beyond the deadline.
            let thread = try Completion<Result<Secret, PostgresError>>.onThread {
                do throws(PostgresError) {
                    return .success(try request.saltedPassword())
                } catch {
                    return .failure(error)
                }
            }
            phase = .deriving(thread)
        case .wait:
            break
        case .done:
            session.authenticated()
            isAuthenticated = true
        }
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        if reason == .taskCancelled {
            link?.close()
            throw PostgresError(.cancelled, "the task was cancelled while connecting").with(
                host: configuration.displayHost
            )
            .with(isSafeToRetry: true)
        }
        switch phase {
        case .dialling(let dial):
            do throws(PostgresError) {
                try dial.interrupt(reason)
            } catch {
                try attemptFailed(error)
            }
        case .resolving:
            throw PostgresError(.timedOut, "resolving the host name took longer than connect_timeout")
                .with(host: configuration.displayHost).with(isSafeToRetry: true)
        default:
            try attemptFailed(
                PostgresError(.timedOut, "the server did not finish the connection's start within connect_timeout")
                    .with(isSafeToRetry: true))
        }
    }
}
