import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The server's side of one scripted connection: a blocking socket and what was received ahead.
struct ScriptedPeer {
    let socket: Int32
    let record: ([UInt8]) -> Void
    private var ahead: [UInt8] = []

    init(socket: Int32, record: @escaping ([UInt8]) -> Void) {
        self.socket = socket
        self.record = record
    }

    /// Does one step.
    ///
    /// - Returns: Why the script ends here, nil if it goes on.
    mutating func perform(_ step: ScriptedServer.Step) -> String? {
        switch step {
        case .receiveStartup:
            guard let header = take(4) else { return "the client closed before its startup message" }
            let length = Self.number(header)
            guard length >= 8, length <= 10_000 else { return "a startup message of \(length) bytes came" }
            return take(length - 4) == nil ? "the client closed within its startup message" : nil
        case .receive(let wanted):
            guard let type = takeMessage() else { return "the client closed instead of sending a message" }
            guard let wanted, wanted != type else { return nil }
            return "a message of type \(type) came, not \(wanted)"
        case .receiveUntil(let wanted):
            while let type = takeMessage() {
                if type == wanted { return nil }
            }
            return "the client closed before it sent a message of type \(wanted)"
        case .receiveBytes(let count):
            return take(count) == nil ? "the client closed before it sent \(count) bytes" : nil
        case .send(let bytes):
            return send(bytes)
        case .trickle(let bytes):
            for byte in bytes {
                if let reason = send([byte]) { return reason }
                usleep(200)
            }
            return nil
        case .messages(let messages):
            var writer = WireWriter()
            for message in messages { message.encode(into: &writer) }
            return send(writer.bytes)
        case .pause(let milliseconds):
            usleep(useconds_t(max(0, milliseconds)) * 1000)
            return nil
        case .receiveToEnd:
            while receive() {}
            return nil
        case .close:
            return "closed"
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            _ = unsafe setsockopt(
                socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
            return "reset"
        }
    }

    private mutating func takeMessage() -> UInt8? {
        guard let header = take(5) else { return nil }
        let length = Self.number(header.dropFirst())
        guard length >= 4, take(length - 4) != nil else { return nil }
        return header.first
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while ahead.count < count {
            guard receive() else { return nil }
        }
        defer { ahead.removeFirst(count) }
        return Array(ahead.prefix(count))
    }

    private mutating func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            ahead += buffer.prefix(count)
            record(Array(buffer.prefix(count)))
            return true
        }
    }

    private func send(_ bytes: [UInt8]) -> String? {
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
            guard count > 0 else { return "the client closed while the server was sending" }
            position += count
        }
        return nil
    }
}
