/// The two byte streams of a connection: what waits to be sent, and what was received and not yet read.
///
/// It is received straight into the memory in which result rows stay: whoever keeps rows takes the filled buffer away
/// (see ``makeRoom(keepingBytes:)``), and the link goes on with another.
struct Link {
    /// What a receive came to.
    enum Received {
        case bytes
        case wouldBlock
        case end
    }

    /// The size of the buffer between large messages.
    static let capacity = 16 * 1024
    /// The most that is set aside at once for a message on its header's word alone; beyond that the buffer doubles as the
    /// bytes really come.
    static let trustedCapacity = 1024 * 1024
    /// The size of the buffer while a long result comes.
    private static let biteCapacity = 64 * 1024
    private static let largestChunk = 256 * 1024
    private static let recordCapacity = 16 * 1024 + 512
    /// The most that may come without a byte of data in it, in bytes: eight records, where an honest one holds data or
    /// is one of a handful of tickets and changes of keys.
    private static let mostCiphertextWithoutData = 128 * 1024

    let socket: Socket
    private var tls: TLSEngine?

    /// Messages to be sent; ``flush()`` sends them.
    var outbound = WireWriter(capacity: 512)
    private var sent = 0
    private var ciphertext: [UInt8] = []
    private var ciphertextSent = 0
    private var record: [UInt8] = []
    // What was received since there last was something decrypted, in bytes.
    private var ciphertextWithoutData = 0

    /// The received bytes; those in `start..<end` are not read yet.
    private(set) var bytes = Link.uninitialized(Link.capacity)
    var start = 0
    private(set) var end = 0

    /// Whether the kernel may hold more than the last receive took.
    private(set) var mayHaveMore = false

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// What the session's TLS was set up with; nil without TLS.
    var tlsContext: TLSContext? { tls?.context }
    var tlsSummary: TLSSummary? { tls?.summary }
    /// Whether the server has proved by TLS that it is the host that was asked for.
    var isServerVerified: Bool { tls?.isServerVerified ?? false }
    var isClientCertificateRequested: Bool { tls?.isClientCertificateRequested ?? false }
    var isClientCertificateSent: Bool { tls?.isClientCertificateSent ?? false }
    var channelBinding: AuthenticationPolicy.ChannelBindingData { tls?.channelBinding ?? .noTLS }

    /// Sends and receives through `engine` from now on.
    mutating func secure(by engine: TLSEngine) {
        tls = engine
        record = Link.uninitialized(Link.recordCapacity)
    }

    // Nobody reads beyond `end`, so clearing the memory first would be wasted.
    private static func uninitialized(_ capacity: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: capacity) { _, count in count = capacity }
    }

    // MARK: - Sending

    var hasPendingOutput: Bool { sent < outbound.count || ciphertextSent < ciphertext.count }

    /// Sends what the kernel takes.
    ///
    /// - Returns: Whether everything is sent.
    mutating func flush() throws(PostgresError) -> Bool {
        if let tls {
            while sent < outbound.count {
                let taken = try unsafe outbound.withUnsafeBytes { (buffer) throws(PostgresError) -> Int in
                    try unsafe tls.write(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
                }
                if taken == 0 { break }
                sent += taken
            }
            tls.drain(into: &ciphertext)
            do throws(PostgresError) {
                let isSent = try unsafe ciphertext.withUnsafeBufferPointer { (buffer) throws(PostgresError) -> Bool in
                    try unsafe Link.send(UnsafeRawBufferPointer(buffer), from: &ciphertextSent, through: socket)
                }
                guard isSent else { return false }
            } catch {
                // A server that refuses the client certificate says why and is gone before anything is sent.
                throw refusal() ?? error
            }
            ciphertext.removeAll(keepingCapacity: true)
            ciphertextSent = 0
            guard sent == outbound.count else { return false }
        } else {
            guard sent < outbound.count else { return true }
            let isSent = try unsafe outbound.withUnsafeBytes { (buffer) throws(PostgresError) -> Bool in
                try unsafe Link.send(buffer, from: &sent, through: socket)
            }
            guard isSent else { return false }
        }
        sent = 0
        outbound.removeAll(keepingUpTo: 64 * 1024)
        return true
    }

    @unsafe
    private static func send(
        _ bytes: UnsafeRawBufferPointer, from position: inout Int, through socket: Socket
    ) throws(PostgresError) -> Bool {
        while position < bytes.count {
            switch unsafe socket.send(UnsafeRawBufferPointer(rebasing: bytes[position...])) {
            case .bytes(let count): position += count
            case .wouldBlock: return false
            case .end: throw PostgresError(.connectionLost, "the connection was closed while sending")
            case .failed(let error): throw PostgresError(.connectionLost, "sending failed: \(error)")
            }
        }
        return true
    }

    // MARK: - Receiving

    /// Makes room for at least one more byte of the message that begins at `start`.
    ///
    /// - Parameters:
    ///   - needed: The length of that message as far as known.
    ///   - keepingBytes: Whether somebody refers to bytes before `start`, so that they must stay where they are.
    /// - Returns: The buffer with those bytes, if the link had to go on with another.
    mutating func makeRoom(for needed: Int, keepingBytes: Bool) -> [UInt8]? {
        let pending = end - start
        if !keepingBytes {
            if pending == 0 {
                start = 0
                end = 0
                // The kernel held more than there was room for: a long result is read in fewer, larger bites.
                if mayHaveMore, bytes.count < Link.biteCapacity { bytes = Link.uninitialized(Link.biteCapacity) }
            }
            if start + needed <= bytes.count, end < bytes.count { return nil }
            if needed <= bytes.count, pending < bytes.count {
                let from = start
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    guard let base = buffer.baseAddress, pending > 0 else { return }
                    unsafe base.copyMemory(from: base + from, byteCount: pending)
                }
                start = 0
                end = pending
                return nil
            }
        } else if start + needed <= bytes.count, bytes.count - end >= min(bytes.count / 8, Link.capacity) {
            return nil
        }
        // Nobody needs more than twice what has come: a header that promises a gigabyte costs no memory.
        let promised = min(needed, max(Link.trustedCapacity, 2 * pending))
        var capacity = keepingBytes ? min(2 * bytes.count, Link.largestChunk) : Link.capacity
        capacity = max(capacity, promised, pending + 1)
        let old = bytes
        var next = Link.uninitialized(capacity)
        unsafe next.withUnsafeMutableBytes { target in
            unsafe old.withUnsafeBytes { source in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<end]))
            }
        }
        bytes = next
        start = 0
        end = pending
        return keepingBytes ? old : nil
    }

    /// Gives the buffer away whole, with what was received after `start` moved to a new one.
    mutating func takeBytes() -> [UInt8] {
        let pending = end - start
        let old = bytes
        bytes = Link.uninitialized(max(Link.capacity, pending))
        let range = start..<end
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe old.withUnsafeBytes { source in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
            }
        }
        start = 0
        end = pending
        return old
    }

    /// Returns to a buffer of the ordinary size once a large message has been read.
    mutating func shrink() {
        guard start == end, bytes.count > 4 * Link.capacity else { return }
        bytes = Link.uninitialized(Link.capacity)
        start = 0
        end = 0
    }

    /// Receives what is there, as much as there is room for.
    mutating func receive() throws(PostgresError) -> Received {
        guard let tls else { return try receivePlain() }
        // All that is decrypted must be read, or the socket could be waited for while the rest lies here.
        if try receiveDecrypted(tls) { return .bytes }
        // The kernel may never run dry, and nobody looks at a deadline or a cancellation in here.
        while ciphertextWithoutData <= Link.mostCiphertextWithoutData {
            let outcome = unsafe record.withUnsafeMutableBytes { unsafe socket.receive(into: $0) }
            switch outcome {
            case .bytes(let count):
                try unsafe record.withUnsafeBufferPointer { (buffer) throws(PostgresError) in
                    try unsafe tls.feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
                }
                ciphertextWithoutData += count
                if try receiveDecrypted(tls) { return .bytes }
            case .wouldBlock:
                mayHaveMore = false
                return .wouldBlock
            case .end:
                try tls.end()
                return .end
            case .failed(let error): throw PostgresError(.connectionLost, "receiving failed: \(error)")
            }
        }
        throw PostgresError(.protocolViolation, "the server sends TLS records without any data in them without end")
    }

    /// The alert by which the server ended the session, if it lies among what was not received yet.
    private mutating func refusal() -> PostgresError? {
        while end < bytes.count {
            do throws(PostgresError) {
                guard case .bytes = try receive() else { return nil }
            } catch {
                return error.code == .tls ? error : nil
            }
        }
        return nil
    }

    private mutating func receiveDecrypted(_ tls: TLSEngine) throws(PostgresError) -> Bool {
        var total = 0
        while end < bytes.count {
            let position = end
            var failure: PostgresError?
            let count = unsafe bytes.withUnsafeMutableBytes { buffer -> Int? in
                do throws(PostgresError) {
                    return try unsafe tls.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[position...]))
                } catch {
                    failure = error
                    return nil
                }
            }
            if let failure { throw failure }
            guard let count, count > 0 else { break }
            end += count
            total += count
        }
        // A full buffer may leave records behind.
        mayHaveMore = total > 0
        if total > 0 { ciphertextWithoutData = 0 }
        return total > 0
    }

    private mutating func receivePlain() throws(PostgresError) -> Received {
        let position = end
        let outcome = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer[position...]))
        }
        switch outcome {
        case .bytes(let count):
            end += count
            mayHaveMore = end == bytes.count
            return .bytes
        case .wouldBlock:
            mayHaveMore = false
            return .wouldBlock
        case .end: return .end
        case .failed(let error): throw PostgresError(.connectionLost, "receiving failed: \(error)")
        }
    }

    /// Ends the sending side, after whatever the kernel still takes.
    mutating func close() {
        _ = try? flush()
        if let tls {
            tls.close()
            _ = try? flush()
        }
        socket.shutdownSending()
    }
}
