/// Delivers a CancelRequest: to the address of the session, encrypted if the session is, and waits until the server has
/// closed the connection, which PostgreSQL does after it has passed the request on.
///
/// Source: PostgreSQL manual, "Canceling Requests in Progress".
struct CancelOperation: Operation {
    /// How far the request has come, which tells whether it can still hit a later statement.
    enum Progress {
        /// Nothing of it was sent.
        case unsent
        /// It may have been sent, and what became of it is unknown.
        case underWay
        /// The server has closed the connection after it.
        case delivered
    }

    private enum Phase {
        case dialling(DialOperation)
        case connected(Link)
        case sending(Link)
        case awaitingEnd(Link)
    }

    private(set) var progress = Progress.unsent
    private var phase: Phase
    private let key: Backend.BackendKeyData
    private let deadline: Deadline

    /// nil if the server gave no key to cancel by.
    init?(_ core: ConnectionCore, deadline: Deadline) {
        guard let key = core.session.backendKey else { return nil }
        self.key = key
        self.deadline = deadline
        // The same address and the same TLS as the session's: a key shown to another server, or in clear, is lost.
        let context = core.link.tlsContext
        let encryption: ConnectionAttempt.Encryption =
            if context == nil { .none } else if core.attempt.encryption == .direct { .direct } else { .required }
        let attempt = ConnectionAttempt(
            host: core.attempt.host, address: core.attempt.address, encryption: encryption,
            protocolVersion: core.attempt.protocolVersion)
        phase = .dialling(DialOperation(attempt, core.configuration, context: context, deadline: deadline))
    }

    mutating func step() throws(PostgresError) -> Step<Void> {
        while true {
            switch phase {
            case .dialling(var dial):
                let step = try dial.step()
                switch step {
                case .wait(let wait):
                    phase = .dialling(dial)
                    return .wait(wait)
                case .done(let link):
                    phase = .connected(link)
                    // Whoever runs it may look once more whether there is still something to cancel.
                    return .wait(Wait(link.socket.descriptor, .writable, until: deadline).pause)
                }
            case .connected(var link):
                Frontend.CancelRequest(processID: key.processID, key: key.key).encode(into: &link.outbound)
                progress = .underWay
                phase = .sending(link)
            case .sending(var link):
                let isFlushed = try link.flush()
                phase = isFlushed ? .awaitingEnd(link) : .sending(link)
                if !isFlushed { return .wait(Wait(link.socket.descriptor, .writable, until: deadline)) }
            case .awaitingEnd(var link):
                _ = link.makeRoom(for: 1, keepingBytes: false)
                switch try link.receive() {
                case .bytes:
                    return .done(())
                case .end:
                    progress = .delivered
                    return .done(())
                case .wouldBlock:
                    phase = .awaitingEnd(link)
                    return .wait(Wait(link.socket.descriptor, .readable, until: deadline))
                }
            }
        }
    }

    /// Whether the next step begins to send.
    var isConnected: Bool {
        if case .connected = phase { true } else { false }
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        throw PostgresError(.timedOut, "the cancel request could not be delivered in time")
    }
}
