import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the proxy's thread does: waits on all sockets at once and moves each connection on.
struct FaultProxyLoop: Sendable {
    let listener: LoopbackSocket
    /// The end of a pipe whose other end is closed when the proxy is to stop.
    let stop: Int32
    let server: Int
    let rules: SharedFaultRules

    func run() {
        var connections: [ProxiedConnection] = []
        while true {
            var waits = [
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            waits += connections.flatMap(\.interests)
            guard unsafe poll(&waits, nfds_t(waits.count), -1) >= 0 || errno == EINTR else { break }
            if waits[0].revents != 0 { break }
            for index in connections.indices { connections[index].advance(rules) }
            connections.removeAll(where: \.isClosed)
            while let client = listener.accepted() {
                let number = rules.state.withLock { rules in
                    rules.openings.append(FaultProxy.Opening())
                    return rules.openings.count - 1
                }
                if let server = LoopbackSocket.connected(to: server) {
                    connections.append(ProxiedConnection(number, client: client, server: server))
                } else {
                    client.reset()
                }
            }
        }
        for index in connections.indices { connections[index].close() }
        closeAll()
    }

    /// Closes the port and the pipe.
    func closeAll() {
        listener.close()
        _ = close(stop)
    }
}
