import Foundation
import Synchronization

/// Stands before a server on 127.0.0.1, answers the request for TLS in its place, and passes on everybody who does not
/// ask: a client that goes on in the clear after such an answer is found out by getting in.
final class NegotiationFront: Sendable {
    /// What the request for TLS is answered with.
    enum Answer: Sendable, CaseIterable {
        /// An ErrorResponse, as of a server that is too old or has no process left.
        case error
        /// A byte that is no answer.
        case garbage
        /// Nothing: the connection is closed.
        case close
        /// Consent, and then bytes that are no TLS.
        case consentThenGarbage
        /// Consent, and then the connection is closed.
        case consentThenClose
        /// Consent and, in the same segment, more bytes in clear.
        case consentAndMore
    }

    let port: Int
    private let listener: Int32
    private let requests = Mutex(0)
    private let isStopped = Mutex(false)

    /// How often TLS was asked for.
    var requestCount: Int { requests.withLock { $0 } }

    init(before server: Int, _ answer: Answer) throws {
        (listener, port) = try Self.listen()
        let listener = listener
        Thread.detachNewThread { [weak self] in
            defer { close(listener) }
            while true {
                let client = accept(listener, nil, nil)
                if client < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                Thread.detachNewThread { [weak self] in
                    Self.serve(client, server, answer) { self?.requests.withLock { $0 += 1 } }
                }
            }
        }
    }

    deinit { stop() }

    /// Wakes the thread that accepts, which closes the listener; once, for its number is somebody else's afterwards.
    func stop() {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private static func serve(_ client: Int32, _ server: Int, _ answer: Answer, _ asked: () -> Void) {
        defer { close(client) }
        var first = [UInt8](repeating: 0, count: 8)
        guard unsafe recv(client, &first, first.count, Int32(MSG_WAITALL)) == first.count else { return }
        // The request's length and its number, 1234 and 5679.
        guard first == [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F] else {
            guard let target = try? socket(), connect(target, server) else { return }
            defer { close(target) }
            guard sendAll(target, first[...]) else { return }
            return relay(client, target)
        }
        asked()
        switch answer {
        case .error:
            let fields = ["SFATAL", "VFATAL", "C0A000", "Munsupported frontend protocol 1234.5679"]
            let body: [UInt8] = fields.flatMap { text -> [UInt8] in Array(text.utf8) + [0] } + [0]
            let head: [UInt8] = [UInt8(ascii: "E"), 0, 0, 0, UInt8(body.count + 4)]
            _ = sendAll(client, (head + body)[...])
        case .garbage: _ = sendAll(client, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...])
        case .close: break
        case .consentThenGarbage, .consentThenClose:
            guard sendAll(client, [UInt8(ascii: "S")]), unsafe recv(client, &first, 1, 0) == 1 else { return }
            if answer == .consentThenGarbage {
                _ = sendAll(client, Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...])
            }
        case .consentAndMore: _ = sendAll(client, Array("SHTTP/1.1 400 Bad Request\r\n\r\n".utf8)[...])
        }
        // The client closes; closing before it has read would take the answer away from it.
        shutdown(client, Int32(SHUT_WR))
        while unsafe recv(client, &first, first.count, 0) > 0 {}
    }

    private static func relay(_ client: Int32, _ server: Int32) {
        var ends = [pollfd(fd: client, events: Int16(POLLIN), revents: 0)]
        ends.append(pollfd(fd: server, events: Int16(POLLIN), revents: 0))
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while unsafe poll(&ends, 2, -1) >= 0 || errno == EINTR {
            for (from, to) in [(0, 1), (1, 0)] where ends[from].revents != 0 {
                let count = unsafe recv(ends[from].fd, &buffer, buffer.count, 0)
                guard count > 0, sendAll(ends[to].fd, buffer.prefix(count)) else { return }
            }
        }
    }

    // MARK: - Sockets

    private static func sendAll(_ socket: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe send(socket, $0.baseAddress, $0.count, flags) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func socket() throws -> Int32 {
        #if canImport(Glibc)
            let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return address
    }

    private static func connect(_ socket: Int32, _ port: Int) -> Bool {
        var address = address(port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Foundation.connect(socket, $0, length) == 0
            }
        }
    }

    private static func listen() throws -> (Int32, Int) {
        let listener = try socket()
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, length) == 0 && Foundation.listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else {
            close(listener)
            throw POSIXError(.EADDRINUSE)
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}
