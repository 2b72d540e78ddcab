/// How TLS is spoken with a server: versions, roots, what is verified, what is shown to the server.
///
/// Contexts of equal settings and unchanged files are one underneath, so that a further connection parses no file.
struct TLSContext: Sendable {
    let shared: TLSSharedContext

    var key: TLSContextKey { shared.key }
    /// The store that verification used, for errors.
    var roots: RootStore { key.roots }

    /// Makes the context for a configuration, or finds it.
    ///
    /// As in libpq the chain is verified whenever a root file exists, in every mode; without one, only in the modes
    /// that demand it, against the system's store.
    ///
    /// - Parameters:
    ///   - environment: the environment variables, for `HOME`; `nil` reads the process's.
    ///   - system: what is asked of the machine.
    /// - Throws: ``PostgresError/Code-swift.struct/tls`` if a file cannot be read or used.
    init(
        _ configuration: ConnectionConfiguration, _ host: ServerHost, environment: [String: String]? = nil,
        system: LocalSystem = .current
    ) throws(PostgresError) {
        let key = try TLSContextKey(configuration, host, environment: environment, system: system)
        try self.init(key, keyPassword: configuration.tls.keyPassword)
    }

    /// Makes the context for a key, or finds it; reads files.
    init(_ key: TLSContextKey, keyPassword: Secret?) throws(PostgresError) {
        shared = try TLSContextCache.shared.context(for: key) { () throws(PostgresError) in
            try TLSSharedContext(key, keyPassword: keyPassword)
        }
    }

    /// Finds the context for a key; nil if there is none yet.
    init?(known key: TLSContextKey) {
        guard let found = TLSContextCache.shared.find(key) else { return nil }
        shared = found
    }
}
