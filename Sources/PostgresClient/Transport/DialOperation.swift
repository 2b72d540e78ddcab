/// Connects a socket to one address and agrees on TLS.
struct DialOperation: Operation {
    /// What to do about TLS.
    enum Encryption: Hashable {
        case none
        /// TLS unless the server says that it has none.
        case preferred
        case required
    }

    private enum Phase {
        case start
        case connecting(Socket)
        case requesting(Link)
        case awaitingReply(Link)
        case handshaking(Link, TLSEngine)
    }

    private let address: SocketAddress
    private let configuration: ConnectionConfiguration
    private let encryption: Encryption
    private let context: TLSContext?
    private let deadline: Deadline?
    private var phase = Phase.start

    init(
        _ address: SocketAddress, _ configuration: ConnectionConfiguration, _ encryption: Encryption,
        context: TLSContext?, deadline: Deadline?
    ) {
        self.address = address
        self.configuration = configuration
        self.encryption = encryption
        self.context = context
        self.deadline = deadline
    }

    mutating func step() throws(PostgresError) -> Step<Link> {
        while true {
            switch phase {
            case .start:
                let socket: Socket
                do {
                    let isConnected: Bool
                    (socket, isConnected) = try Socket.connecting(to: address, keepalive: configuration.keepalive)
                    phase = .connecting(socket)
                    if !isConnected { return .wait(Wait(socket.descriptor, .writable, until: deadline)) }
                } catch {
                    throw refused(error)
                }
            case .connecting(let socket):
                if let error = socket.connectError { throw refused(error) }
                let link = Link(socket)
                guard encryption != .none else { return .done(link) }
                phase = .requesting(link)
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
                let isFinished = try engine.handshake()
                // The engine's bytes are sent through the link as they are: it is not secured yet.
                var bytes: [UInt8] = []
                engine.drain(into: &bytes)
                link.outbound.write(bytes: bytes)
                let isFlushed = try link.flush()
                phase = .handshaking(link, engine)
                if isFinished, isFlushed {
                    link.secure(by: engine)
                    return .done(link)
                }
                guard isFlushed else { return .wait(Wait(link.socket.descriptor, .writable, until: deadline)) }
                guard try feed(engine, from: link.socket) else {
                    return .wait(Wait(link.socket.descriptor, .readable, until: deadline))
                }
            }
        }
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
            guard !link.socket.hasUnreadInput else {
                throw PostgresError(
                    .protocolViolation,
                    "unencrypted data came after the server's consent to TLS; somebody may be in between")
            }
            guard let context else { throw PostgresError(.tls, "no TLS context was made") }
            phase = .handshaking(link, try TLSEngine(context, configuration))
            return .wait(Wait(link.socket.descriptor, .writable, until: deadline))
        case UInt8(ascii: "N"):
            guard encryption == .preferred else {
                throw PostgresError(
                    .tls, "the server does not support TLS, but sslmode=\(configuration.sslMode.rawValue) demands it")
            }
            return .done(link)
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
    private func feed(_ engine: TLSEngine, from socket: Socket) throws(PostgresError) -> Bool {
        var failure: PostgresError?
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
                failure = PostgresError(.tls, "the server closed the connection during the TLS handshake")
                return false
            case .failed(let error):
                failure = PostgresError(.tls, "receiving failed during the TLS handshake: \(error)")
                return false
            }
        }
        if let failure { throw failure }
        return isFed
    }

    private func refused(_ error: SystemError) -> PostgresError {
        PostgresError(.connectionFailed, "connecting to \(address) failed: \(error)").with(isSafeToRetry: true)
    }

    func interrupt(_ reason: Interruption) throws(PostgresError) {
        switch reason {
        case .deadlinePassed:
            let doing =
                switch phase {
                case .start, .connecting: "connecting to \(address)"
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
