public import PostgresWire

extension ConnectionConfiguration {
    /// The only server, or the first one to try.
    ///
    /// Setting it replaces that one and leaves the others.
    public var host: ServerHost {
        get { hosts.first ?? ServerHost("") }
        set {
            if hosts.isEmpty { hosts = [newValue] } else { hosts[0] = newValue }
        }
    }

    /// How much TLS is used with a server: none on a Unix socket, else what was given, else ``SSLMode/verifyFull``,
    /// which becomes ``SSLMode/prefer`` on loopback unless the system's roots were asked for.
    public func sslMode(for host: ServerHost) -> SSLMode {
        if host.isUnixSocket { return .disable }
        if let requestedSSLMode { return requestedSSLMode }
        return host.isLoopback && tls.roots != .system ? .prefer : .verifyFull
    }

    /// Whether an `sslmode` was given.
    public var isSSLModeGiven: Bool { requestedSSLMode != nil }

    /// The password for a server, as far as it is known beforehand: the configuration's, else the password file's.
    public func password(for host: ServerHost) -> Secret? { password ?? host.filePassword }

    /// What errors and logs call the servers, separated by commas.
    public var displayHost: String { hosts.map(\.description).joined(separator: ",") }

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
        switch tls.roots {
        case .file(let path): return .file(path)
        case .system: return .system
        case .default:
            let variables = if let environment { environment } else { try ProcessEnvironment.variables(["HOME"]) }
            guard let home = system.home(variables) else { return .system }
            let path = "\(home)/.postgresql/root.crt"
            return system.fileExists(path) ? .userFile(path) : .system
        }
    }
}
