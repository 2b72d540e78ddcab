import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One TLS session, fed with bytes and asked for bytes; it knows no socket.
///
/// OpenSSL reads and writes two memory buffers of its own, so that it can be tested without a network and can cause no
/// SIGPIPE.
@safe
final class TLSEngine {
    private let ssl: OpaquePointer
    private let received: OpaquePointer
    private let toSend: OpaquePointer
    private let context: TLSContext
    private let configuration: ConnectionConfiguration

    init(_ context: TLSContext, _ configuration: ConnectionConfiguration) throws(PostgresError) {
        guard let ssl = unsafe SSL_new(context.pointer), let received = unsafe BIO_new(BIO_s_mem()),
            let toSend = unsafe BIO_new(BIO_s_mem())
        else { throw TLSContext.failure("OpenSSL could not make a session") }
        self.context = context
        self.configuration = configuration
        unsafe self.ssl = ssl
        unsafe self.received = received
        unsafe self.toSend = toSend
        // An empty buffer means "not yet", not the end.
        _ = unsafe manticore_BIO_set_mem_eof_return(received, -1)
        _ = unsafe manticore_BIO_set_mem_eof_return(toSend, -1)
        unsafe SSL_set_bio(ssl, received, toSend)
        unsafe SSL_set_connect_state(ssl)
        let host = configuration.host
        // The name as typed: CockroachDB's proxy routes by it. An address is no name.
        if !host.isEmpty, ConnectionConfiguration.numericAddress(host) == nil, !host.utf8.contains(UInt8(ascii: ":")) {
            guard unsafe manticore_SSL_set_tlsext_host_name(ssl, host) == 1 else {
                throw TLSContext.failure("the server name \(host) cannot be sent")
            }
        }
    }

    deinit {
        // Frees both buffers too.
        unsafe SSL_free(ssl)
    }

    // MARK: - Ciphertext

    /// Takes what came from the network.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        guard bytes.count > 0 else { return }
        guard
            unsafe BIO_write(received, bytes.baseAddress, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count)
        else {
            throw TLSContext.failure("OpenSSL took no more bytes")
        }
    }

    /// Appends to `output` what must go to the network.
    func drain(into output: inout [UInt8]) {
        while true {
            let pending = unsafe manticore_BIO_ctrl_pending(toSend)
            guard pending > 0 else { return }
            let start = output.count
            output.append(contentsOf: repeatElement(0, count: pending))
            let count = unsafe output.withUnsafeMutableBytes { buffer in
                unsafe BIO_read(toSend, buffer.baseAddress?.advanced(by: start), Int32(clamping: pending))
            }
            let read = max(0, Int(count))
            if read < pending { output.removeLast(pending - read) }
            if read == 0 { return }
        }
    }

    // MARK: - Handshake

    /// Goes on with the handshake; false if it needs bytes from the server.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/tls``, which names what was wrong with the certificate and the store that was used.
    func handshake() throws(PostgresError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 {
            try verifyName()
            return true
        }
        let error = unsafe SSL_get_error(ssl, result)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return false }
        let verification = unsafe SSL_get_verify_result(ssl)
        if verification != X509_V_OK {
            let reason = unsafe X509_verify_cert_error_string(verification).map { unsafe String(cString: $0) }
            ERR_clear_error()
            throw PostgresError(
                .tls,
                """
                the server's certificate\(subject) is not trusted: \(reason ?? "error \(verification)"). \
                Roots were taken from \(context.roots); name another file with sslrootcert\(cloudHint)
                """)
        }
        throw TLSContext.failure("the TLS handshake failed")
    }

    private var cloudHint: String {
        configuration.host.hasSuffix(".cockroachlabs.cloud") || configuration.host.hasSuffix(".crdb.io")
            ? " (CockroachDB Cloud: Advanced clusters have a CA of their own, to be downloaded from the console)" : ""
    }

    private var subject: String {
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return "" }
        defer { unsafe X509_free(certificate) }
        return unsafe " (\(CertificateNames(certificate).subject))"
    }

    private func verifyName() throws(PostgresError) {
        guard configuration.sslMode == .verifyFull else { return }
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else {
            throw PostgresError(.tls, "the server showed no certificate")
        }
        defer { unsafe X509_free(certificate) }
        try unsafe CertificateNames(certificate).verify(host: configuration.host)
    }

    /// What was agreed, for people: `TLSv1.3`, `TLS_AES_256_GCM_SHA384`.
    var summary: TLSSummary {
        let version = unsafe SSL_get_version(ssl).map { unsafe String(cString: $0) } ?? ""
        let cipher = unsafe SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { unsafe String(cString: $0) } ?? ""
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else {
            return TLSSummary(version: version, cipher: cipher, subject: nil, isVerified: false)
        }
        defer { unsafe X509_free(certificate) }
        let isVerified = unsafe SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER != 0
        return unsafe TLSSummary(
            version: version, cipher: cipher, subject: CertificateNames(certificate).subject, isVerified: isVerified)
    }

    // MARK: - Plaintext

    /// Decrypts into `buffer`; nil if no whole record is there yet.
    ///
    /// - Returns: The number of bytes, 0 at the session's orderly end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(PostgresError) -> Int? {
        ERR_clear_error()
        let count = unsafe SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        switch unsafe SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return nil
        case SSL_ERROR_ZERO_RETURN: return 0
        default: throw TLSContext.failure("TLS failed while receiving").with(code: .connectionLost)
        }
    }

    /// Encrypts `bytes`.
    ///
    /// - Returns: How many of them were taken.
    func write(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) -> Int {
        ERR_clear_error()
        let count = unsafe SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
        if count > 0 { return Int(count) }
        switch unsafe SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return 0
        default: throw TLSContext.failure("TLS failed while sending").with(code: .connectionLost)
        }
    }

    /// Writes the alert that ends the session.
    func close() {
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// The `tls-server-end-point` binding: the hash of the server's certificate.
    ///
    /// Source: RFC 5929 section 4, with the digest by the certificate's signature; undefined for those without one.
    var channelBinding: AuthenticationPolicy.ChannelBindingData {
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return .undefined }
        defer { unsafe X509_free(certificate) }
        var digest: Int32 = 0
        guard unsafe X509_get_signature_info(certificate, &digest, nil, nil, nil) == 1, digest != NID_undef else {
            return .undefined
        }
        if digest == NID_md5 || digest == NID_sha1 { digest = NID_sha256 }
        guard let algorithm = unsafe EVP_get_digestbyname(OBJ_nid2sn(digest)) else { return .undefined }
        var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard unsafe X509_digest(certificate, algorithm, &hash, &length) == 1 else { return .undefined }
        return .tlsServerEndPoint(Array(hash.prefix(Int(length))))
    }
}
