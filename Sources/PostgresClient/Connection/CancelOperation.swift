/// Delivers a CancelRequest: to the address of the session, encrypted if the session is, and waits until the server has
/// closed the connection, which PostgreSQL does after it has passed the request on.
///
/// Source: PostgreSQL manual, "Canceling Requests in Progress".
struct CancelOperation: Operation {
    private enum Phase {
        case dialling(DialOperation)
        case sending(Link)
        case awaitingEnd(Link)
    }

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
                case .done(var link):
                    Frontend.CancelRequest(processID: key.processID, key: key.key).encode(into: &link.outbound)
                    phase = .sending(link)
                }
            case .sending(var link):
                let isFlushed = try link.flush()
                phase = isFlushed ? .awaitingEnd(link) : .sending(link)
                if !isFlushed { return .wait(Wait(link.socket.descriptor, .writable, until: deadline)) }
            case .awaitingEnd(var link):
                _ = link.makeRoom(for: 1, keepingBytes: false)
                switch try link.receive() {
                case .bytes, .end: return .done(())
                case .wouldBlock:
                    phase = .awaitingEnd(link)
                    return .wait(Wait(link.socket.descriptor, .readable, until: deadline))
                }
            }
        }
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        throw PostgresError(.timedOut, "the cancel request could not be delivered in time")
    }
}
