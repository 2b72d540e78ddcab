import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Everything that decides what a TLS context is like: two configurations of one key share one context.
///
/// The files are in it as they are now, so that a changed file makes another key.
struct TLSContextKey: Hashable, Sendable {
    /// The store of roots.
    let roots: RootStore
    /// Whether the server's certificate must descend from one of the roots.
    let verifiesChain: Bool
    /// Whether the server's certificate must be for the host that was asked for.
    let verifiesHost: Bool
    /// The file of revoked certificates to load, and whether somebody asked for it, so that it must be good.
    let revocationListFile: String?
    let isRevocationListRequired: Bool
    /// The directory of files of revoked certificates.
    let revocationListDirectory: String?
    /// The file of the client certificate to send; nil for none.
    let certificateFile: String?
    /// The file of its key.
    let keyFile: String?
    let minimumVersion: TLSSettings.Version
    let maximumVersion: TLSSettings.Version?
    let negotiation: TLSSettings.Negotiation
    let certificateMode: TLSSettings.CertificateMode
    let sendsServerName: Bool
    let keyLogFile: String?
    /// Whether the files tell all changes; they do not where there are too many to look at.
    let isCacheable: Bool
    private let keyPasswordDigest: [UInt8]
    private var files: [TLSFile] = []
    // All the paths above: two strings are equal though their bytes, and thus the files, differ.
    private let paths: [[UInt8]?]
    // Where the system's store is, by the environment.
    private let systemStore: [[UInt8]]

    /// - Parameters:
    ///   - environment: the environment variables, for `HOME`; `nil` reads the process's.
    ///   - system: what is asked of the machine.
    /// - Throws: ``PostgresError/Code-swift.struct/tls`` if a file that must be there is not.
    init(
        _ configuration: ConnectionConfiguration, _ host: ServerHost, environment: [String: String]?,
        system: LocalSystem
    ) throws(PostgresError) {
        let settings = configuration.tls
        let variables = if let environment { environment } else { try ProcessEnvironment.variables(["HOME"]) }
        let folder = system.home(variables).map { "\($0)/.postgresql" }

        minimumVersion = settings.minimumVersion
        maximumVersion = settings.maximumVersion
        negotiation = settings.negotiation
        certificateMode = settings.certificateMode
        sendsServerName = settings.sendsServerName
        keyLogFile = settings.keyLogFile.flatMap { $0.isEmpty ? nil : $0 }
        if let maximumVersion, maximumVersion < minimumVersion {
            throw PostgresError(
                .invalidConfiguration,
                """
                invalid SSL protocol version range: ssl_min_protocol_version=\(minimumVersion.rawValue) is above \
                ssl_max_protocol_version=\(maximumVersion.rawValue)
                """)
        }

        let mode = configuration.sslMode(for: host)
        let mustVerify = mode == .verifyFull || mode == .verifyCA
        verifiesHost = mode == .verifyFull
        roots = try configuration.rootStore(environment: variables, system: system)
        var files: [TLSFile] = []
        var isCacheable = true
        switch roots {
        case .file(let path), .userFile(let path):
            // As in libpq, a file that is there is believed in every mode, and one that is not there is missed only
            // where it is needed.
            do {
                files.append(try TLSFile(path))
                verifiesChain = true
            } catch {
                guard !mustVerify else {
                    throw PostgresError(
                        .tls,
                        """
                        the root certificates in \(path) could not be loaded: \(error); give the file of the server's \
                        authority with sslrootcert, the system's roots with sslrootcert=system, or change sslmode
                        """)
                }
                verifiesChain = false
            }
            // Opening a pipe would wait for whoever writes to it.
            guard files.last?.isRegular != false else {
                throw PostgresError(
                    .tls, "the root certificates in \(path) could not be loaded: it is not a regular file")
            }
            systemStore = []
        case .system:
            verifiesChain = mustVerify || settings.roots == .system
            systemStore = verifiesChain ? TLSContextKey.systemStore() : []
            for (path, isRightKind) in zip(systemStore, [\TLSFile.isRegular, \TLSFile.isDirectory]) {
                let name = String(decoding: path, as: UTF8.self)
                guard let file = try? TLSFile(name) else { continue }
                guard file[keyPath: isRightKind] else {
                    throw PostgresError(
                        .tls, "the system's root certificates in \(name) could not be loaded: it is of the wrong kind")
                }
                files.append(file)
            }
        }

        let listFile = settings.revocationListFile.flatMap { $0.isEmpty ? nil : $0 }
        let listDirectory = settings.revocationListDirectory.flatMap { $0.isEmpty ? nil : $0 }
        isRevocationListRequired = listFile != nil
        guard verifiesChain || listFile == nil && listDirectory == nil else {
            throw PostgresError(
                .invalidConfiguration,
                """
                \(listFile == nil ? "sslcrldir" : "sslcrl") would have no effect, since sslmode=\(mode) does not verify \
                the server's certificate without root certificates: give them with sslrootcert, or change sslmode to \
                verify-ca or verify-full
                """)
        }
        var userList: String?
        if listFile == nil, listDirectory == nil, verifiesChain, roots.isFile, let folder,
            let file = try? TLSFile("\(folder)/root.crl"), file.isRegular
        {
            files.append(file)
            userList = "\(folder)/root.crl"
        }
        if let listFile { files.append(try TLSContextKey.revocationLists(listFile, "sslcrl", \.isRegular)) }
        if let listDirectory {
            files.append(try TLSContextKey.revocationLists(listDirectory, "sslcrldir", \.isDirectory))
            // A list that is overwritten in its place leaves no trace in its directory.
            if let entries = try TLSContextKey.entries(of: listDirectory) {
                files += entries
            } else {
                isCacheable = false
            }
        }
        revocationListFile = listFile ?? userList
        revocationListDirectory = listDirectory

        let certificate =
            settings.certificateFile.flatMap { $0.isEmpty ? nil : $0 } ?? folder.map { "\($0)/postgresql.crt" }
        var found: String?
        if settings.certificateMode != .disable, let certificate {
            do {
                files.append(try TLSFile(certificate))
                found = certificate
            } catch {
                // Without a certificate the session may still be what the server wants.
                guard error.number == ENOENT || error.number == ENOTDIR else {
                    throw PostgresError(.tls, "the client certificate \(certificate) could not be opened: \(error)")
                }
            }
            guard found == nil || files.last?.isRegular == true else {
                throw PostgresError(.tls, "the client certificate \(certificate) is not a regular file")
            }
        }
        certificateFile = found
        keyFile =
            found == nil
            ? nil : settings.keyFile.flatMap { $0.isEmpty ? nil : $0 } ?? folder.map { "\($0)/postgresql.key" }
        if let keyFile, let file = try? TLSFile(keyFile) { files.append(file) }
        keyPasswordDigest = try TLSContextKey.digest(found == nil ? nil : settings.keyPassword)
        self.files = files
        self.isCacheable = isCacheable
        paths = [
            roots.path, revocationListFile, revocationListDirectory, certificateFile, keyFile, keyLogFile,
        ].map { path in path.map { Array($0.utf8) } }
    }

    /// The file or directory that was named for revocation lists, which must be there and of the right kind.
    private static func revocationLists(
        _ path: String, _ keyword: String, _ isRightKind: (TLSFile) -> Bool
    ) throws(PostgresError) -> TLSFile {
        let reason: String
        do {
            let file = try TLSFile(path)
            if isRightKind(file) { return file }
            reason = file.isDirectory ? "it is a directory" : "it is not a regular file or directory as it must be"
        } catch {
            reason = "\(error)"
        }
        throw PostgresError(.tls, "the revocation lists in \(path) (\(keyword)) could not be loaded: \(reason)")
    }

    /// The lists in a directory; nil if there are too many to look at.
    private static func entries(of directory: String) throws(PostgresError) -> [TLSFile]? {
        let entries: [TLSFile]?
        do {
            entries = try TLSFile.hashedEntries(of: directory)
        } catch {
            throw PostgresError(
                .tls, "the revocation lists in \(directory) (sslcrldir) could not be loaded: \(error)")
        }
        for entry in entries ?? [] where !entry.isRegular {
            throw PostgresError(
                .tls,
                """
                the revocation list \(String(decoding: entry.path, as: UTF8.self)) (sslcrldir) is not a regular file
                """)
        }
        return entries
    }

    /// The files and directories that OpenSSL takes for the system's store.
    private static func systemStore() -> [[UInt8]] {
        func path(_ variable: UnsafePointer<CChar>?, _ ordinary: UnsafePointer<CChar>?) -> [UInt8] {
            let given = unsafe variable.flatMap { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
            let path = unsafe given ?? ordinary.map { unsafe String(cString: $0) }
            return Array((path ?? "").utf8)
        }
        return unsafe [
            path(X509_get_default_cert_file_env(), X509_get_default_cert_file()),
            path(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()),
        ]
    }

    // Of no use to whoever reads it in another process's memory dump.
    private static let salt: [UInt8] = {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }()

    private static func digest(_ password: Secret?) throws(PostgresError) -> [UInt8] {
        guard let password else { return [] }
        var bytes = salt
        bytes.reserveCapacity(salt.count + password.count)
        unsafe password.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        defer { unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) } }
        return try Digests.sha256(bytes)
    }
}
