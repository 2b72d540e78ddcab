import COpenSSL
import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An `SSL_CTX`, never changed once it is made.
@safe
final class TLSSharedContext: Sendable {
    // OpenSSL counts references to a context and locks it by itself, so that threads may share it.
    nonisolated(unsafe) let pointer: OpaquePointer
    let key: TLSContextKey
    // Written only while initializing and freed at the end; the callback for key logs reads it.
    private nonisolated(unsafe) let keyLogPath: UnsafeMutablePointer<CChar>?

    /// - Throws: ``PostgresError/Code-swift.struct/tls``, naming the file that cannot be used and why.
    init(_ key: TLSContextKey, keyPassword: Secret?) throws(PostgresError) {
        self.key = key
        guard OpenSSL.isReady else { throw PostgresError(.tls, "OpenSSL could not be started") }
        ERR_clear_error()
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSFailure().error("OpenSSL could not make a context")
        }
        unsafe pointer = context
        unsafe keyLogPath = key.keyLogFile.flatMap { unsafe strdup($0) }
        try setVersions()
        _ = unsafe SSL_CTX_set_options(context, manticore_options())
        _ = unsafe manticore_SSL_CTX_set_mode(
            context, Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE))
        // Sessions are not resumed, so tickets need not be kept.
        _ = unsafe manticore_SSL_CTX_disable_session_cache(context)
        // OpenSSL's own callback would ask on the terminal.
        unsafe SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        if unsafe keyLogPath != nil {
            _ = unsafe manticore_SSL_CTX_set_app_data(context, keyLogPath)
            unsafe SSL_CTX_set_keylog_callback(context) { ssl, line in unsafe TLSSessionNotes.log(ssl, line) }
        }
        if key.verifiesChain {
            try loadRoots()
            try loadRevocationLists()
            unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER) { isGood, store in
                unsafe TLSSessionNotes.verified(isGood, store)
            }
        }
        if let certificate = key.certificateFile {
            try unsafe TLSClientCertificate(certificateFile: certificate, keyFile: key.keyFile, password: keyPassword)
                .load(into: context)
        }
        ERR_clear_error()
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
        unsafe free(keyLogPath)
    }

    private func setVersions() throws(PostgresError) {
        let lowest = TLSSharedContext.number(key.minimumVersion)
        let highest = key.maximumVersion.map(TLSSharedContext.number) ?? 0
        guard unsafe manticore_SSL_CTX_set_min_proto_version(pointer, lowest) == 1,
            unsafe manticore_SSL_CTX_set_max_proto_version(pointer, highest) == 1
        else {
            throw TLSFailure().error(
                "OpenSSL does not allow the versions of ssl_min_protocol_version and ssl_max_protocol_version")
        }
    }

    private static func number(_ version: TLSSettings.Version) -> Int32 {
        switch version {
        case .v1_0: TLS1_VERSION
        case .v1_1: TLS1_1_VERSION
        case .v1_2: TLS1_2_VERSION
        case .v1_3: TLS1_3_VERSION
        }
    }

    private func loadRoots() throws(PostgresError) {
        switch key.roots {
        case .file(let path), .userFile(let path):
            guard unsafe SSL_CTX_load_verify_locations(pointer, path, nil) == 1 else {
                throw TLSFailure().error("the root certificates in \(path) could not be loaded")
            }
        case .system:
            guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw TLSFailure().error("the system's root certificates could not be loaded")
            }
        }
        // A store that has no file is no failure of OpenSSL's, but leaves a word in its queue.
        ERR_clear_error()
    }

    private func loadRevocationLists() throws(PostgresError) {
        guard let store = unsafe SSL_CTX_get_cert_store(pointer) else { return }
        var isLoaded = false
        if let path = key.revocationListFile {
            // Only lists: a certificate in that file does not become a root.
            if let lookup = unsafe X509_STORE_add_lookup(store, X509_LOOKUP_file()),
                unsafe X509_load_crl_file(lookup, path, X509_FILETYPE_PEM) > 0
            {
                isLoaded = true
            } else if key.isRevocationListRequired {
                throw TLSFailure().error("the revocation lists in \(path) (sslcrl) could not be loaded")
            }
        }
        if let path = key.revocationListDirectory {
            guard unsafe access(path, R_OK | X_OK) == 0, let folder = unsafe opendir(path) else {
                throw PostgresError(
                    .tls,
                    "the revocation lists in \(path) (sslcrldir) could not be loaded: \(SystemError.current)")
            }
            unsafe closedir(folder)
            guard unsafe X509_STORE_load_path(store, path) == 1 else {
                throw TLSFailure().error("the revocation lists in \(path) (sslcrldir) could not be loaded")
            }
            isLoaded = true
        }
        ERR_clear_error()
        guard isLoaded else { return }
        _ = unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
    }
}
