public import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension ConnectionConfiguration {
    /// Whether the connection goes over a Unix socket: the host is a path and no numeric address is given.
    public var isUnixSocket: Bool { hostAddress == nil && Self.isPath(host) }

    /// Whether the connection stays on this machine over TCP: the literals 127.0.0.0/8 and ::1 and the name
    /// `localhost`, judged before anything is resolved. With ``hostAddress``, both it and a given host must be such.
    public var isLoopback: Bool {
        guard let hostAddress else { return Self.isLoopback(host) }
        return Self.isLoopback(hostAddress) && (host.isEmpty || Self.isLoopback(host))
    }

    /// How much TLS is used: none on a Unix socket, else what was given, else ``SSLMode/verifyFull``, which
    /// becomes ``SSLMode/prefer`` on loopback unless the system's roots were asked for.
    public var sslMode: SSLMode {
        if isUnixSocket { return .disable }
        if let requestedSSLMode { return requestedSSLMode }
        return isLoopback && rootCertificates != .system ? .prefer : .verifyFull
    }

    /// Whether an `sslmode` was given.
    public var isSSLModeGiven: Bool { requestedSSLMode != nil }

    /// The path of the Unix socket, `<directory>/.s.PGSQL.<port>`; `nil` if the connection is not over one.
    public var socketPath: String? { isUnixSocket ? Self.socketPath(directory: host, port: port) : nil }

    /// What errors and logs call the server: `host:port`, an IPv6 address in brackets, or the socket's path.
    public var displayHost: String {
        if let socketPath { return socketPath }
        let name = host.isEmpty ? hostAddress ?? "" : host
        return name.utf8.contains(UInt8(ascii: ":")) ? "[\(name)]:\(port)" : "\(name):\(port)"
    }

    /// The longest path that a Unix socket's address holds, in bytes.
    static let maximumSocketPathLength = 107

    static func isPath(_ host: String) -> Bool { host.utf8.first == UInt8(ascii: "/") }

    static func socketPath(directory: String, port: Int) -> String {
        directory.utf8.last == UInt8(ascii: "/")
            ? "\(directory).s.PGSQL.\(port)" : "\(directory)/.s.PGSQL.\(port)"
    }

    static func isLoopback(_ host: String) -> Bool {
        if host.utf8.elementsEqual("localhost".utf8, by: { $0 | 0x20 == $1 }) { return true }
        switch numericAddress(host) {
        case .some(let bytes) where bytes.count == 4: return bytes.first == 127
        case .some(let bytes): return bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        case nil: return false
        }
    }

    /// The 4 or 16 bytes of a numeric address, in network order; `nil` for anything else.
    static func numericAddress(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var four = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        return unsafe inet_pton(AF_INET6, text, &sixteen) == 1 ? sixteen : nil
    }

    /// The store of trusted roots to open: the file of `sslrootcert`, the system's for `sslrootcert=system`, and by
    /// default `~/.postgresql/root.crt` if it exists, else the system's.
    ///
    /// - Parameters:
    ///   - environment: the environment variables, for `HOME`; `nil` reads the process's.
    ///   - system: what is asked of the machine.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` if the process's environment cannot be read.
    public func rootStore(
        environment: [String: String]? = nil, system: LocalSystem = .current
    ) throws(PostgresError) -> RootStore {
        switch rootCertificates {
        case .file(let path): return .file(path)
        case .system: return .system
        case .default:
            let variables = if let environment { environment } else { try ProcessEnvironment.variables() }
            let given = variables["HOME"].flatMap { $0.isEmpty ? nil : $0 }
            guard let home = given ?? system.homeDirectory(), !home.isEmpty else { return .system }
            let path = "\(home)/.postgresql/root.crt"
            return system.fileExists(path) ? .userFile(path) : .system
        }
    }
}
