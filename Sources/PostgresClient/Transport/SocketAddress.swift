import CSockets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a server listens: an IPv4 or IPv6 address with a port, or a Unix socket's path.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    // The bytes of a sockaddr, as the kernel wants them.
    let bytes: [UInt8]
    let family: Int32
    package let description: String

    /// The address of a Unix socket.
    ///
    /// - Throws: ``PostgresError`` if the path does not fit.
    package init(unixSocket path: String) throws(PostgresError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        let path8 = Array(path.utf8)
        guard path8.count < capacity, !path8.contains(0) else {
            throw PostgresError(
                .invalidConfiguration,
                "the socket's path \(path) is longer than the \(capacity - 1) bytes that the system allows")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path8) }
        bytes = unsafe withUnsafeBytes(of: &address) { unsafe Array($0) }
        family = AF_UNIX
        description = path
    }

    init(_ pointer: UnsafePointer<sockaddr>, length: Int, description: String) {
        unsafe bytes = Array(UnsafeRawBufferPointer(start: pointer, count: length))
        unsafe family = Int32(pointer.pointee.sa_family)
        self.description = description
    }

    package var isUnix: Bool { family == AF_UNIX }

    /// The addresses of a host, by the system's resolver; blocks unless `host` is numeric.
    package static func resolve(host: String, port: Int, numericOnly: Bool) -> Result<[SocketAddress], PostgresError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            unsafe hints.ai_socktype = SOCK_STREAM
        #endif
        unsafe hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            let reason = unsafe gai_strerror(status).map { unsafe String(cString: $0) } ?? "error \(status)"
            return .failure(
                PostgresError(.connectionFailed, "the host name \(host) could not be resolved: \(reason)")
                    .with(isSafeToRetry: true))
        }
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ai_addr {
                let length = unsafe Int(entry.pointee.ai_addrlen)
                var text = [CChar](repeating: 0, count: 64)
                _ = unsafe getnameinfo(
                    address, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                unsafe addresses.append(
                    SocketAddress(
                        address, length: length,
                        description: name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"))
            }
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }

    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value? {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
        }
    }
}
