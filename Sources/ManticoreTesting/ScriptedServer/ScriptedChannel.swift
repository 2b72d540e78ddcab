import PostgresClient
import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of one scripted connection, to and from a blocking socket, encrypted or not.
struct ScriptedChannel {
    /// What is told to whoever keeps the record.
    enum Event {
        /// Bytes as they came over the wire.
        case received([UInt8])
        /// How many bytes went.
        case sent(Int)
        /// The host name that the client sent with TLS (SNI).
        case serverName(String)
    }

    enum Received {
        case bytes([UInt8])
        case end
        case timedOut
    }

    private let socket: Int32
    private var engine: TLSServerEngine?
    private let watch: (Event) -> Void

    init(_ socket: Int32, watch: @escaping (Event) -> Void) {
        self.socket = socket
        self.watch = watch
    }

    /// Does the handshake, and encrypts from then on.
    ///
    /// - Parameter ahead: What was received of it already.
    /// - Throws: ``PostgresError/Code/testServer`` if the client does not go along; it has been told why.
    mutating func startTLS(_ tls: ScriptedServer.TLS, ahead: [UInt8]) throws(PostgresError) {
        let engine = try TLSServerEngine(
            certificateFile: tls.certificateFile, keyFile: tls.keyFile, clientCAFile: tls.clientCAFile,
            minimumVersion: tls.minimumVersion, maximumVersion: tls.maximumVersion, alpn: tls.applicationProtocols,
            names: tls.names, mischief: tls.mischief)
        engine.feed(ahead)
        // Even a handshake that failed has something to say: its alert.
        defer { _ = sendRaw(engine.drain()) }
        while try !engine.handshake() {
            guard sendRaw(engine.drain()), case .bytes(let bytes) = receiveRaw(within: nil) else {
                throw PostgresError(.testServer, "the client closed during the TLS handshake")
            }
            engine.feed(bytes)
        }
        self.engine = engine
        if let name = engine.serverName { watch(.serverName(name)) }
    }

    /// Receives what is there, and waits if nothing is; nil waits for ever.
    mutating func receive(within duration: Duration?) -> Received {
        guard let engine else { return receiveRaw(within: duration) }
        while true {
            guard let plaintext = try? engine.read() else { return .end }
            if !plaintext.isEmpty { return .bytes(plaintext) }
            switch receiveRaw(within: duration) {
            case .bytes(let bytes): engine.feed(bytes)
            case .end: return .end
            case .timedOut: return .timedOut
            }
            // What TLS itself has to answer.
            let answer = engine.drain()
            if !answer.isEmpty, !sendRaw(answer) { return .end }
        }
    }

    /// Sends everything; false if the client has closed.
    mutating func send(_ bytes: [UInt8]) -> Bool {
        guard let engine else { return sendRaw(bytes) }
        guard (try? engine.write(bytes)) != nil else { return false }
        return sendRaw(engine.drain())
    }

    /// Sends a session ticket; false if the client has closed, or there is no TLS.
    func sendTicket() -> Bool {
        guard let engine else { return false }
        engine.sendTicket()
        return sendRaw(engine.drain())
    }

    /// Says that nothing more comes, where TLS has words for it.
    func finish() {
        guard let engine else { return }
        engine.close()
        _ = sendRaw(engine.drain())
    }

    /// Makes the coming close a reset.
    func prepareReset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    static func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        if microseconds > 0 { usleep(useconds_t(clamping: microseconds)) }
    }

    private func receiveRaw(within duration: Duration?) -> Received {
        if let duration {
            let (seconds, attoseconds) = duration.components
            let milliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
            var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, milliseconds) != 0 else { return .timedOut }
        }
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .end }
            let bytes = Array(buffer.prefix(count))
            watch(.received(bytes))
            return .bytes(bytes)
        }
    }

    private func sendRaw(_ bytes: [UInt8]) -> Bool {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var position = 0
        while position < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    unsafe Glibc.send(
                        socket, buffer.baseAddress?.advanced(by: position), buffer.count - position, flags)
                #elseif canImport(Musl)
                    unsafe Musl.send(socket, buffer.baseAddress?.advanced(by: position), buffer.count - position, flags)
                #else
                    unsafe Darwin.send(
                        socket, buffer.baseAddress?.advanced(by: position), buffer.count - position, flags)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            watch(.sent(count))
            position += count
        }
        return true
    }
}
