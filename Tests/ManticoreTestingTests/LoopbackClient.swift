#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A client of raw bytes, which closes with its last reference.
final class LoopbackClient {
    struct Failure: Error {}

    private let descriptor: Int32

    init(_ host: String = "127.0.0.1", port: Int) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        _ = unsafe inet_pton(AF_INET, host, &address.sin_addr)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure() }
    }

    deinit { _ = close(descriptor) }

    func send(_ bytes: some Sequence<UInt8>) throws {
        let bytes = Array(bytes)
        guard systemSend(descriptor, bytes) == bytes.count else { throw Failure() }
    }

    func receiveToEnd() throws -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Failure() }
            if count == 0 { return received }
            received += buffer.prefix(count)
        }
    }
}

private func systemSend(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
    #if canImport(Darwin)
        unsafe Darwin.send(descriptor, bytes, bytes.count, 0)
    #elseif canImport(Glibc)
        unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #else
        unsafe Musl.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
}
