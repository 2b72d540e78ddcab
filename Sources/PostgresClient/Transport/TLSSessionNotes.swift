import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What OpenSSL's callbacks tell about one session; the session's application data points to it.
@safe
struct TLSSessionNotes {
    /// Whether the server asked for a client certificate.
    var isCertificateRequested = false
    /// Whether there was one to send.
    var isCertificateSent = false
    /// Why the key log could not be written; 0 if it could.
    var keyLogError: Int32 = 0
    /// The server's certificate whose verification failed, before the session has it; ours to free.
    var refusedCertificate: OpaquePointer?
    /// What was wrong with the chain first, an `X509_V_ERR` number.
    var verification = X509_V_OK
    /// How far from the server's own certificate that was found: 0 is the server's own.
    var depth: Int32 = 0
    /// The subject of the certificate with which something was wrong, if it is not the server's own.
    var refusedIssuer: String?

    /// The server wants a client certificate.
    @unsafe
    static func requested(_ ssl: OpaquePointer?, _ notes: UnsafeMutableRawPointer?) -> Int32 {
        guard let ssl = unsafe ssl, let notes = unsafe notes?.assumingMemoryBound(to: TLSSessionNotes.self) else {
            return 1
        }
        unsafe notes.pointee.isCertificateRequested = true
        unsafe notes.pointee.isCertificateSent = SSL_get_certificate(ssl) != nil
        return 1
    }

    /// Keeps what verification found; the verdict stays as it is.
    @unsafe
    static func verified(_ isGood: Int32, _ store: OpaquePointer?) -> Int32 {
        guard isGood == 0, let store = unsafe store else { return isGood }
        let index = SSL_get_ex_data_X509_STORE_CTX_idx()
        guard let ssl = unsafe X509_STORE_CTX_get_ex_data(store, index),
            let notes = unsafe manticore_SSL_get_app_data(OpaquePointer(ssl))?
                .assumingMemoryBound(to: TLSSessionNotes.self),
            unsafe notes.pointee.verification == X509_V_OK
        else { return isGood }
        unsafe notes.pointee.verification = X509_STORE_CTX_get_error(store)
        unsafe notes.pointee.depth = X509_STORE_CTX_get_error_depth(store)
        if let leaf = unsafe X509_STORE_CTX_get0_cert(store), unsafe X509_up_ref(leaf) == 1 {
            unsafe notes.pointee.refusedCertificate = leaf
        }
        if unsafe notes.pointee.depth > 0, let certificate = unsafe X509_STORE_CTX_get_current_cert(store) {
            unsafe notes.pointee.refusedIssuer = TLSCertificate.line(X509_get_subject_name(certificate))
        }
        return isGood
    }

    /// Appends a line to the key log that the session's context names; a failure is only noted.
    @unsafe
    static func log(_ ssl: OpaquePointer?, _ line: UnsafePointer<CChar>?) {
        guard let ssl = unsafe ssl, let line = unsafe line, let context = unsafe SSL_get_SSL_CTX(ssl),
            let path = unsafe manticore_SSL_CTX_get_app_data(context)?.assumingMemoryBound(to: CChar.self)
        else { return }
        let error = unsafe append(line, to: path)
        guard error != 0,
            let notes = unsafe manticore_SSL_get_app_data(ssl)?.assumingMemoryBound(to: TLSSessionNotes.self)
        else { return }
        unsafe notes.pointee.keyLogError = error
    }

    private static func append(_ line: UnsafePointer<CChar>, to path: UnsafePointer<CChar>) -> Int32 {
        // A pipe without a reader must not block here, nor one whose reader has stopped.
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else { return errno }
        guard UInt32(facts.st_mode) & UInt32(S_IFMT) == UInt32(S_IFREG) else { return EINVAL }
        var text = unsafe Array(UnsafeBufferPointer(start: line, count: strlen(line)))
        text.append(10)
        // In one call, so that the lines of two sessions do not mix.
        return unsafe write(descriptor, text, text.count) == text.count ? 0 : max(errno, 1)
    }
}
