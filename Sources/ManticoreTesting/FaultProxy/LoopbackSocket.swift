import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A non-blocking TCP socket on 127.0.0.1; whoever has it last closes it.
struct LoopbackSocket {
    /// What a read or write came to.
    enum Outcome {
        case bytes([UInt8])
        case wouldBlock
        /// The peer will send nothing more, or is gone.
        case end
    }

    let descriptor: Int32

    private static func stream() throws(PostgresError) -> Int32 {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let descriptor = Files.keepPrivate(socket(AF_INET, kind, 0))
        guard descriptor >= 0 else {
            throw PostgresError(.testServer, "Cannot make a socket: \(Files.reason(errno)).")
        }
        return descriptor
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return address
    }

    /// Listens on a port that nobody uses.
    static func listening() throws(PostgresError) -> (LoopbackSocket, port: Int) {
        let made = LoopbackSocket(descriptor: try stream())
        var address = address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(made.descriptor, pointer, length) == 0 && listen(made.descriptor, 64) == 0
                    && getsockname(made.descriptor, pointer, &length) == 0
            }
        }
        guard isListening else {
            let reason = Files.reason(errno)
            made.close()
            throw PostgresError(.testServer, "No port of 127.0.0.1 is free: \(reason).")
        }
        made.stopBlocking()
        return (made, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Connects to a port; nil if nobody listens there.
    static func connected(to port: Int) -> LoopbackSocket? {
        guard let descriptor = try? stream() else { return nil }
        let made = LoopbackSocket(descriptor: descriptor)
        var address = address(port: port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // On the loopback this is done at once or refused at once.
        let isConnected = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, length) == 0
            }
        }
        guard isConnected else {
            made.close()
            return nil
        }
        made.prepare()
        return made
    }

    /// Both ends of a pipe, for reading and for writing.
    static func pipe() throws(PostgresError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            let result = unsafe Glibc.pipe(&ends)
        #elseif canImport(Musl)
            let result = unsafe Musl.pipe(&ends)
        #else
            let result = unsafe Darwin.pipe(&ends)
        #endif
        guard result == 0 else { throw PostgresError(.testServer, "Cannot make a pipe: \(Files.reason(errno)).") }
        return (Files.keepPrivate(ends[0]), Files.keepPrivate(ends[1]))
    }

    /// A client that has connected to this listening socket; nil if there is none.
    func accepted() -> LoopbackSocket? {
        let descriptor = Files.keepPrivate(accept(descriptor, nil, nil))
        guard descriptor >= 0 else { return nil }
        let made = LoopbackSocket(descriptor: descriptor)
        made.prepare()
        return made
    }

    private func prepare() {
        stopBlocking()
        var on: Int32 = 1
        _ = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        #if canImport(Darwin)
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private func stopBlocking() {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    func receive() -> Outcome {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { return .bytes(Array(buffer[..<count])) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .end
        }
    }

    /// Sends what fits and takes it out of `bytes`; false if the peer is gone.
    func send(_ bytes: inout [UInt8]) -> Bool {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        while !bytes.isEmpty {
            #if canImport(Glibc)
                let count = unsafe Glibc.send(descriptor, bytes, bytes.count, flags)
            #elseif canImport(Musl)
                let count = unsafe Musl.send(descriptor, bytes, bytes.count, flags)
            #else
                let count = unsafe Darwin.send(descriptor, bytes, bytes.count, flags)
            #endif
            if count >= 0 {
                bytes.removeFirst(count)
            } else if errno != EINTR {
                return errno == EAGAIN || errno == EWOULDBLOCK
            }
        }
        return true
    }

    /// Says that nothing more will be sent.
    func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    func close() {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Closes such that the peer gets a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}
