import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One client's connection through the proxy: both sockets, and what is on its way between them.
struct ProxiedConnection {
    /// One direction.
    private struct Flow {
        let direction: FaultProxy.Condition.Direction
        /// Received and not yet sent on.
        var pending: [UInt8] = []
        /// How many bytes were received.
        var count = 0
        /// The last of them.
        var last: [UInt8] = []
        /// Whether the sender has said that nothing more will come.
        var hasEnded = false
        /// Whether the receiver was told so.
        var isFinished = false

        var isFull: Bool { pending.count > 1 << 20 }
    }

    private let number: Int
    private let client: LoopbackSocket
    private let server: LoopbackSocket
    private var toServer = Flow(direction: .toServer)
    private var toClient = Flow(direction: .toClient)
    private var fault: FaultProxy.Fault?
    private(set) var isClosed = false

    /// - Parameter number: how many connections the proxy had before this one.
    init(_ number: Int, client: LoopbackSocket, server: LoopbackSocket) {
        self.number = number
        self.client = client
        self.server = server
    }

    /// What to wait for: on the client's socket, then on the server's.
    var interests: [pollfd] {
        [interest(client, toServer, toClient), interest(server, toClient, toServer)]
    }

    private func interest(_ socket: LoopbackSocket, _ incoming: Flow, _ outgoing: Flow) -> pollfd {
        var events: Int16 = 0
        if !incoming.hasEnded, !incoming.isFull { events |= Int16(POLLIN) }
        if !outgoing.pending.isEmpty { events |= Int16(POLLOUT) }
        // A negative descriptor is passed over: with nothing to wait for, poll would report the hang-up for ever.
        return pollfd(fd: events == 0 ? -1 : socket.descriptor, events: events, revents: 0)
    }

    /// Passes on what can be, and lets the faults happen that come due.
    mutating func advance(_ rules: SharedFaultRules) {
        guard !isClosed else { return }
        Self.receive(client, &toServer, &fault, rules, number)
        Self.receive(server, &toClient, &fault, rules, number)
        // What is to be delivered goes out before the fault is felt, except that a stalled line delivers nothing more.
        let isServerThere = Self.send(server, &toServer)
        let isClientThere = Self.send(client, &toClient)
        guard isServerThere, isClientThere else { return close() }
        switch fault {
        case nil:
            if toServer.isFinished, toClient.isFinished { close() }
        case .stall:
            if toServer.hasEnded || toClient.hasEnded { close() }
        case .close:
            if toServer.pending.isEmpty, toClient.pending.isEmpty { close() }
        case .reset:
            guard toServer.pending.isEmpty, toClient.pending.isEmpty else { return }
            isClosed = true
            client.reset()
            server.close()
        }
    }

    private static func receive(
        _ socket: LoopbackSocket, _ flow: inout Flow, _ fault: inout FaultProxy.Fault?, _ rules: SharedFaultRules,
        _ number: Int
    ) {
        while !flow.hasEnded, !flow.isFull {
            switch socket.receive() {
            case .wouldBlock: return
            case .end: flow.hasEnded = true
            case .bytes(let piece):
                // After a fault everything is swallowed.
                guard fault == nil else { continue }
                let (hit, lookBack) = rules.state.withLock { rules in
                    let room = FaultProxy.Opening.limit - flow.count
                    if room > 0 { rules.openings[number].note(piece.prefix(room), going: flow.direction) }
                    let hit = rules.hit(piece, after: flow.last, count: flow.count, going: flow.direction)
                    return (hit, rules.lookBack)
                }
                flow.count += piece.count
                flow.last = Array((flow.last + piece).suffix(lookBack))
                flow.pending += hit.map { piece.prefix($0.passing) } ?? piece[...]
                fault = hit?.fault
            }
        }
    }

    private static func send(_ socket: LoopbackSocket, _ flow: inout Flow) -> Bool {
        guard socket.send(&flow.pending) else { return false }
        if flow.hasEnded, flow.pending.isEmpty, !flow.isFinished {
            flow.isFinished = true
            socket.finishSending()
        }
        return true
    }

    /// Closes both sides.
    mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        client.close()
        server.close()
    }
}
