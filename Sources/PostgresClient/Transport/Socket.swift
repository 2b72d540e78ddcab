import CSockets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A stream socket, on which nothing blocks but a receive that its descriptor allows to.
struct Socket {
    /// What a send or receive came to.
    enum Outcome {
        case bytes(Int)
        case wouldBlock
        /// The peer will send nothing more.
        case end
        case failed(SystemError)
    }

    let descriptor: Descriptor

    /// Makes a socket and begins to connect it.
    ///
    /// - Returns: The socket, and whether it is connected already; if not, it is once it becomes writable and
    ///   ``connectError`` says so.
    static func connecting(
        to address: SocketAddress, keepalive: KeepaliveSettings
    ) throws(SystemError) -> (Socket, isConnected: Bool) {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        #elseif canImport(Musl)
            let kind = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK
        #else
            let kind = SOCK_STREAM
        #endif
        let number = socket(address.family, kind, 0)
        guard number >= 0 else { throw .current }
        let made = Socket(descriptor: Descriptor(number))
        #if canImport(Darwin)
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            _ = fcntl(number, F_SETFL, O_NONBLOCK)
            made.set(SOL_SOCKET, SO_NOSIGPIPE, 1)
        #endif
        if !address.isUnix { made.configureTCP(keepalive) }
        let result = unsafe address.withSocketAddress { unsafe connect(number, $0, $1) } ?? -1
        if result == 0 { return (made, true) }
        let error = SystemError.current
        guard error.number == EINPROGRESS || error.number == EINTR else { throw error }
        return (made, false)
    }

    private func configureTCP(_ keepalive: KeepaliveSettings) {
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        #if !canImport(Darwin)
            if let timeout = keepalive.userTimeout {
                set(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, Self.milliseconds(timeout))
            }
        #endif
        guard keepalive.isEnabled else { return }
        set(SOL_SOCKET, SO_KEEPALIVE, 1)
        #if canImport(Darwin)
            let idleOption = TCP_KEEPALIVE
        #else
            let idleOption = TCP_KEEPIDLE
        #endif
        if let idle = keepalive.idle { set(Int32(IPPROTO_TCP), idleOption, Self.seconds(idle)) }
        if let interval = keepalive.interval { set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, Self.seconds(interval)) }
        if let count = keepalive.count { set(Int32(IPPROTO_TCP), TCP_KEEPCNT, Int32(clamping: count)) }
    }

    /// Whole seconds, rounded up: to none would mean another thing.
    private static func seconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        return Int32(clamping: seconds &+ (attoseconds > 0 ? 1 : 0))
    }

    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : Int32(clamping: whole &+ attoseconds / 1_000_000_000_000_000)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // A system without the option works without it.
        _ = unsafe setsockopt(descriptor.number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Why the connection could not be made; nil if it was.
    var connectError: SystemError? {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &error, &length) == 0 else { return .current }
        return error == 0 ? nil : SystemError(error)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        #if canImport(Darwin)
            let flags = Int32(MSG_DONTWAIT)
        #else
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        #endif
        while true {
            #if canImport(Glibc)
                let count = unsafe Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, flags)
            #elseif canImport(Musl)
                let count = unsafe Musl.send(descriptor.number, bytes.baseAddress, bytes.count, flags)
            #else
                let count = unsafe Darwin.send(descriptor.number, bytes.baseAddress, bytes.count, flags)
            #endif
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(.current)
        }
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        let flags = descriptor.mayBlock ? 0 : Int32(MSG_DONTWAIT)
        descriptor.mayBlock = false
        return unsafe receive(into: buffer, flags: flags)
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer, flags: Int32) -> Outcome {
        while true {
            let count = unsafe recv(descriptor.number, buffer.baseAddress, buffer.count, flags)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(.current)
        }
    }

    /// Whether something, be it the end, has arrived that nobody has read.
    var hasUnreadInput: Bool {
        if case .wouldBlock = peek() { return false }
        return true
    }

    /// Whether bytes have arrived that nobody has read.
    var hasUnreadBytes: Bool {
        if case .bytes = peek() { return true }
        return false
    }

    private func peek() -> Outcome {
        var byte: UInt8 = 0
        return unsafe withUnsafeMutableBytes(of: &byte) {
            unsafe receive(into: $0, flags: Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        }
    }

    /// Says that nothing more will be sent, so that the peer reads everything before it sees the end.
    func shutdownSending() {
        _ = shutdown(descriptor.number, Int32(SHUT_WR))
    }
}
