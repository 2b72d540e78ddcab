import COpenSSL

/// The settings that TLS connections of one configuration share: protocol versions, roots, what is verified.
@safe
final class TLSContext: Sendable {
    // OpenSSL counts references to a context and locks it by itself, so that threads may share it.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// The store that verification used, for errors.
    let roots: RootStore

    /// Makes the context for a configuration.
    ///
    /// As in libpq the chain is verified whenever a root file exists, in every mode; without one, only in the modes
    /// that demand it, against the system's store.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/tls`` if the root file cannot be read.
    init(_ configuration: ConnectionConfiguration) throws(PostgresError) {
        roots = try configuration.rootStore()
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSContext.failure("OpenSSL could not make a context")
        }
        unsafe pointer = context
        _ = unsafe manticore_SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        _ = unsafe SSL_CTX_set_options(context, manticore_options())
        _ = unsafe manticore_SSL_CTX_set_mode(
            context, Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE))
        let mustVerify = configuration.sslMode == .verifyFull || configuration.sslMode == .verifyCA
        guard mustVerify || roots.isFile else { return }
        switch roots {
        case .file(let path), .userFile(let path):
            guard unsafe SSL_CTX_load_verify_locations(context, path, nil) == 1 else {
                throw TLSContext.failure("the root certificates in \(path) could not be loaded")
            }
        case .system:
            guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw TLSContext.failure("the system's root certificates could not be loaded")
            }
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    /// An error with what OpenSSL has to say about it, whose queue is empty afterwards.
    static func failure(_ message: String) -> PostgresError {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let reason = unsafe ERR_reason_error_string(code) { reasons.append(unsafe String(cString: reason)) }
        }
        return PostgresError(.tls, reasons.isEmpty ? message : "\(message): \(reasons.joined(separator: "; "))")
    }
}
