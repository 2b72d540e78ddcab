#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Connects a socket to one address and agrees on TLS.
struct DialOperation: Operation {
    private enum Phase {
        case start
        /// The queue of a Unix socket is full, which nothing but time tells the end of.
        case pausing(Signal)
        case connecting(Socket)
        case identifyingPeer(Socket, CompletionReader<String>)
        case requesting(Link)
        case awaitingReply(Link)
        case handshaking(Link, TLSEngine)
    }

    private let attempt: ConnectionAttempt
    private let configuration: ConnectionConfiguration
    private let context: TLSContext?
    private let deadline: Deadline?
    private let surroundings: Surroundings
    private var phase = Phase.start
    // When the pause under way ends, and how long the next one is.
    private var pauseEnd: Deadline?
    private var pause = Duration.milliseconds(1)
    private var feeds = 0

    /// How often the handshake may receive: an honest server's is shorter even if its every byte comes alone.
    private static let mostFeeds = 16 * 1024

    // Whether the server has sent anything of its own handshake.
    private var hasHandshakeBegun = false

    init(
        _ attempt: ConnectionAttempt, _ configuration: ConnectionConfiguration, context: TLSContext?,
        deadline: Deadline?, surroundings: Surroundings = Surroundings()
    ) {
        self.surroundings = surroundings
        self.attempt = attempt
        self.configuration = configuration
        self.context = context
        self.deadline = deadline
    }

    private var address: SocketAddress { attempt.address }

    mutating func step() throws(PostgresError) -> Step<Link> {
        var feedsInARow = 0
        while true {
            switch phase {
            case .start:
                if let wait = try begin() { return .wait(wait) }
            case .pausing(let signal):
                guard let pauseEnd, !pauseEnd.hasPassed else {
                    phase = .start
                    continue
                }
                return .wait(Wait(signal, until: .earlier(pauseEnd, deadline)))
            case .connecting(let socket):
                if let error = socket.connectError { throw refused(error) }
                if try identifyPeer(socket) { continue }
                if let link = try begin(socket) { return .done(link) }
            case .identifyingPeer(let socket, let thread):
                guard let user = thread.take() else { return .wait(thread.wait(until: deadline)) }
                try checkPeer(user)
                if let link = try begin(socket) { return .done(link) }
            case .requesting(var link):
                Frontend.SSLRequest().encode(into: &link.outbound)
                guard try link.flush() else { throw PostgresError(.connectionLost, "the socket takes no bytes") }
                phase = .awaitingReply(link)
                return .wait(Wait(link.socket.descriptor, .readable, until: deadline))
            case .awaitingReply(let link):
                guard let next = try reply(link) else {
                    return .wait(Wait(link.socket.descriptor, .readable, until: deadline))
                }
                switch next {
                case .done(let link): return .done(link)
                case .wait: break
                }
            case .handshaking(var link, let engine):
                let isFinished: Bool
                do throws(PostgresError) {
                    isFinished = try engine.handshake()
                } catch {
                    // The server shall read in its log why it was left.
                    _ = try? sendOutput(of: engine, through: &link)
                    throw error
                }
                let isFlushed = try sendOutput(of: engine, through: &link)
                phase = .handshaking(link, engine)
                if isFinished, isFlushed {
                    link.secure(by: engine)
                    return .done(link)
                }
                guard isFlushed else { return .wait(Wait(link.socket.descriptor, .writable, until: deadline)) }
                let wait = Wait(link.socket.descriptor, .readable, until: deadline)
                guard try feed(engine, from: link.socket) else { return .wait(wait) }
                // No handshake is long; a server that never pauses shall not outlast the deadline.
                feeds += 1
                guard feeds <= Self.mostFeeds else {
                    throw PostgresError(.tls, "the server sends the TLS handshake in crumbs without end")
                }
                feedsInARow += 1
                if feedsInARow == Wait.receivesBetweenPauses { return .wait(wait.pause) }
            }
        }
    }

    /// Sends what the engine has made, as it is: the link is not secured yet.
    private func sendOutput(of engine: TLSEngine, through link: inout Link) throws(PostgresError) -> Bool {
        var bytes: [UInt8] = []
        engine.drain(into: &bytes)
        link.outbound.write(bytes: bytes)
        do throws(PostgresError) {
            return try link.flush()
        } catch {
            throw error.with(code: .tls).with(message: "\(error.message) during the TLS handshake")
        }
    }

    /// Makes the socket and begins to connect it; the wait, if there is one.
    private mutating func begin() throws(PostgresError) -> Wait? {
        do {
            let (socket, isConnected) = try Socket.connecting(to: address, keepalive: configuration.keepalive)
            phase = .connecting(socket)
            return isConnected ? nil : Wait(socket.descriptor, .writable, until: deadline)
        } catch {
            guard address.isUnix, error.number == EAGAIN else { throw refused(error) }
        }
        pauseEnd = .after(pause)
        pause = min(pause * 2, .milliseconds(100))
        // Nobody raises it: only the time counts.
        phase = .pausing(Signal())
        return nil
    }

    /// Begins to speak over a socket that is connected.
    ///
    /// - Returns: The link, if there is nothing to agree on.
    private mutating func begin(_ socket: Socket) throws(PostgresError) -> Link? {
        let link = Link(socket)
        switch attempt.encryption {
        case .none: return link
        case .preferred, .required: phase = .requesting(link)
        case .direct: phase = .handshaking(link, try engine())
        }
        return nil
    }

    /// Begins to find out whom the server behind a Unix socket belongs to, if `requirepeer` names somebody: anybody may
    /// put a socket into a directory that all can write to.
    ///
    /// - Returns: Whether that has begun.
    private mutating func identifyPeer(_ socket: Socket) throws(PostgresError) -> Bool {
        guard address.isUnix, let required = configuration.requiredPeer, !required.isEmpty else { return false }
        let user: uid_t
        do throws(SystemError) {
            user = try socket.peerUserID()
        } catch {
            throw PostgresError(
                .authenticationFailed, "the owner of the server at \(address) cannot be found: \(error)")
        }
        // The user database may be a server far away.
        let userName = surroundings.userName
        phase = .identifyingPeer(socket, try surroundings.ask(until: deadline) { userName(user) ?? String(user) })
        return true
    }

    private func checkPeer(_ user: String) throws(PostgresError) {
        guard let required = configuration.requiredPeer else { return }
        guard user.utf8.elementsEqual(required.utf8) else {
            throw PostgresError(
                .authenticationFailed,
                "the server at \(address) belongs to the system user \(user), but requirepeer=\(required) was asked for"
            )
        }
    }

    private func engine() throws(PostgresError) -> TLSEngine {
        guard let context else { throw PostgresError(.tls, "no TLS context was made") }
        return try TLSEngine(context, attempt.host)
    }

    /// Reads the one byte that answers SSLRequest: exactly one, since whatever follows it in the clear was put there by
    /// somebody in between (CVE-2021-23222).
    private mutating func reply(_ link: Link) throws(PostgresError) -> Step<Link>? {
        var byte: UInt8 = 0
        switch unsafe withUnsafeMutableBytes(of: &byte, { unsafe link.socket.receive(into: $0) }) {
        case .wouldBlock: return nil
        case .end:
            throw PostgresError(
                .connectionFailed, "the server closed the connection instead of answering the request for TLS")
        case .failed(let error): throw PostgresError(.connectionFailed, "receiving failed: \(error)")
        case .bytes: break
        }
        switch byte {
        case UInt8(ascii: "S"):
            guard !link.socket.hasUnreadBytes else {
                throw PostgresError(
                    .protocolViolation,
                    "unencrypted data came after the server's consent to TLS; somebody may be in between")
            }
            phase = .handshaking(link, try engine())
            return .wait(Wait(link.socket.descriptor, .writable, until: deadline))
        case UInt8(ascii: "N"):
            if attempt.encryption == .preferred { return .done(link) }
            let mode = configuration.sslMode(for: attempt.host)
            throw PostgresError(
                .tls,
                mode == .allow
                    ? "the server does not support TLS"
                    : "the server does not support TLS, but sslmode=\(mode.rawValue) demands it")
        case UInt8(ascii: "E"):
            // The text that follows is unauthenticated, so nobody gets to see it (CVE-2024-10977).
            throw PostgresError(.protocolViolation, "the server sent an error response during the TLS exchange")
        default:
            throw PostgresError(
                .protocolViolation,
                "the peer does not speak PostgreSQL's protocol: it answered the request for TLS with byte \(byte)")
        }
    }

    /// Hands what the server sent to the engine; false if nothing is there.
    private mutating func feed(_ engine: TLSEngine, from socket: Socket) throws(PostgresError) -> Bool {
        var failure: PostgresError?
        let advice = hasHandshakeBegun ? "" : silenceAdvice
        let isFed = unsafe withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { buffer -> Bool in
            switch unsafe socket.receive(into: buffer) {
            case .bytes(let count):
                do throws(PostgresError) {
                    try unsafe engine.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                } catch {
                    failure = error
                }
                return true
            case .wouldBlock: return false
            case .end:
                failure = PostgresError(.tls, "the server closed the connection during the TLS handshake\(advice)")
                return false
            case .failed(let error):
                failure = PostgresError(.tls, "receiving failed during the TLS handshake: \(error)\(advice)")
                return false
            }
        }
        if let failure { throw failure }
        if isFed { hasHandshakeBegun = true }
        return isFed
    }

    /// What to change when a server hangs up on TLS at once, which servers that do not know it take for nonsense.
    private var silenceAdvice: String {
        guard attempt.encryption == .direct else { return "" }
        return """
            ; it may not understand TLS at once (sslnegotiation=direct), as no PostgreSQL before 17 and no server \
            without TLS does: use sslnegotiation=postgres
            """
    }

    private func refused(_ error: SystemError) -> PostgresError {
        PostgresError(.connectionFailed, "connecting to \(address) failed: \(error)").with(isSafeToRetry: true)
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        switch reason {
        case .deadlinePassed:
            // The end of a pause is no end of the try.
            if case .pausing = phase, !(deadline?.hasPassed ?? false) { return }
            let doing =
                switch phase {
                case .start, .pausing, .connecting: "connecting to \(address)"
                case .identifyingPeer: "looking up the owner of the server at \(address)"
                case .requesting, .awaitingReply: "waiting for \(address) to answer the request for TLS"
                case .handshaking: "the TLS handshake with \(address)"
                }
            throw PostgresError(.timedOut, "\(doing) took longer than connect_timeout").with(isSafeToRetry: true)
        case .taskCancelled:
            throw PostgresError(.cancelled, "the task was cancelled while connecting to \(address)").with(
                isSafeToRetry: true)
        }
    }
}
