import COpenSSL

/// One TLS session, fed with bytes and asked for bytes; it knows no socket.
///
/// OpenSSL reads and writes two memory buffers of its own, so that it can be tested without a network and can cause no
/// SIGPIPE.
@safe
final class TLSEngine {
    private let ssl: OpaquePointer
    private let received: OpaquePointer
    private let toSend: OpaquePointer
    private let notes: UnsafeMutablePointer<TLSSessionNotes>
    let context: TLSContext
    private let host: ServerHost
    private var isHostVerified = false

    init(_ context: TLSContext, _ host: ServerHost) throws(PostgresError) {
        ERR_clear_error()
        guard let ssl = unsafe SSL_new(context.shared.pointer), let received = unsafe BIO_new(BIO_s_mem()),
            let toSend = unsafe BIO_new(BIO_s_mem())
        else { throw TLSFailure().error("OpenSSL could not make a session") }
        self.context = context
        self.host = host
        unsafe self.ssl = ssl
        unsafe self.received = received
        unsafe self.toSend = toSend
        unsafe notes = .allocate(capacity: 1)
        unsafe notes.initialize(to: TLSSessionNotes())
        _ = unsafe manticore_SSL_set_app_data(ssl, notes)
        unsafe SSL_set_cert_cb(ssl, { ssl, notes in unsafe TLSSessionNotes.requested(ssl, notes) }, notes)
        // An empty buffer means "not yet", not the end.
        _ = unsafe manticore_BIO_set_mem_eof_return(received, -1)
        _ = unsafe manticore_BIO_set_mem_eof_return(toSend, -1)
        unsafe SSL_set_bio(ssl, received, toSend)
        unsafe SSL_set_connect_state(ssl)
        let offer = [UInt8(TLSEngine.applicationProtocol.utf8.count)] + Array(TLSEngine.applicationProtocol.utf8)
        // This one returns 0 for success.
        guard unsafe SSL_set_alpn_protos(ssl, offer, UInt32(offer.count)) == 0 else {
            throw TLSFailure().error("the protocol's name cannot be sent")
        }
        // The name as typed: CockroachDB's proxy routes by it.
        if context.key.sendsServerName, TLSEngine.isServerName(host.name) {
            guard unsafe manticore_SSL_set_tlsext_host_name(ssl, host.name) == 1 else {
                throw TLSFailure().error("the server name \(host.name) cannot be sent")
            }
        }
    }

    deinit {
        // Frees both buffers too.
        unsafe SSL_free(ssl)
        if let certificate = unsafe notes.pointee.refusedCertificate { unsafe X509_free(certificate) }
        unsafe notes.deinitialize(count: 1)
        unsafe notes.deallocate()
    }

    /// What ALPN calls PostgreSQL's protocol.
    static let applicationProtocol = "postgresql"

    /// Whether a host is sent as the server's name: libpq's rule for what is no address.
    static func isServerName(_ host: String) -> Bool {
        guard !host.isEmpty, !host.utf8.contains(UInt8(ascii: ":")) else { return false }
        return !host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    // MARK: - Ciphertext

    /// Takes what came from the network.
    func feed(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        guard bytes.count > 0 else { return }
        ERR_clear_error()
        guard
            unsafe BIO_write(received, bytes.baseAddress, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count)
        else {
            throw TLSFailure().error("OpenSSL took no more bytes")
        }
    }

    /// Takes note that the network brings nothing more.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/connectionLost`` if that cut a record in two.
    func end() throws(PostgresError) {
        guard !isClosedByServer else { return }
        // OpenSSL does not count a header that it has taken off as pending; it only waits for the record's body then.
        let awaitsBody = unsafe SSL_rstate_string(ssl).map { unsafe String(cString: $0) } == "RB"
        let hasPart = unsafe manticore_BIO_ctrl_pending(received) > 0 || SSL_has_pending(ssl) == 1
        guard awaitsBody || hasPart else { return }
        throw PostgresError(
            .connectionLost, "the connection was cut within a TLS record, without the server's closing message")
    }

    /// Whether the server said that nothing more comes (`close_notify`).
    var isClosedByServer: Bool { unsafe SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    /// Appends to `output` what must go to the network.
    func drain(into output: inout [UInt8]) {
        while true {
            let pending = unsafe manticore_BIO_ctrl_pending(toSend)
            guard pending > 0 else { return }
            let start = output.count
            output.append(addingCapacity: pending) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                    let place = unsafe buffer.baseAddress?.advanced(by: count)
                    count += max(0, Int(unsafe BIO_read(toSend, place, Int32(clamping: pending))))
                }
            }
            if output.count == start { return }
        }
    }

    // MARK: - Handshake

    /// Goes on with the handshake; false if it needs bytes from the server.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/tls``, which names what was wrong with the certificate, the store
    ///   that was used, and what to change.
    func handshake() throws(PostgresError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 {
            try verifyApplicationProtocol()
            try verifyName()
            return true
        }
        let error = unsafe SSL_get_error(ssl, result)
        let failure = TLSFailure()
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return false }
        if let refusal = unsafe TLSRefusal(notes.pointee, context: context, host: host) { throw refusal.error }
        if let alert = failure.alert { throw refused(by: alert) }
        switch failure.code {
        case SSL_R_UNSUPPORTED_PROTOCOL:
            throw failure.error(
                """
                the TLS handshake failed, since the server speaks no version that is allowed here (see \
                ssl_min_protocol_version and ssl_max_protocol_version)
                """)
        case SSL_R_WRONG_VERSION_NUMBER:
            let isDirect = context.key.negotiation == .direct
            throw failure.error(
                "the TLS handshake failed, since what the server sent is not TLS"
                    + (isDirect ? "; if it does not know sslnegotiation=direct, use sslnegotiation=postgres" : ""))
        default:
            throw failure.error("the TLS handshake failed")
        }
    }

    private func refused(by alert: TLSAlert) -> PostgresError {
        PostgresError(.tls, unsafe alert.message(hasSentCertificate: notes.pointee.isCertificateSent))
    }

    /// Where TLS begins at once, nothing but the protocol's name tells that the server means PostgreSQL's protocol.
    private func verifyApplicationProtocol() throws(PostgresError) {
        guard let chosen = chosenProtocol else {
            guard context.key.negotiation == .direct else { return }
            throw PostgresError(
                .tls,
                """
                the server began TLS but did not choose the protocol postgresql (ALPN), which sslnegotiation=direct \
                needs; use sslnegotiation=postgres if it is older than PostgreSQL 17 or is CockroachDB
                """)
        }
        guard chosen == Array(TLSEngine.applicationProtocol.utf8) else {
            throw PostgresError(
                .tls,
                "the server chose the protocol \(String(decoding: chosen, as: UTF8.self)) in TLS, not postgresql")
        }
    }

    private var chosenProtocol: [UInt8]? {
        var bytes: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &bytes, &length)
        guard let bytes = unsafe bytes, length > 0 else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
    }

    private func verifyName() throws(PostgresError) {
        guard context.key.verifiesHost else { return }
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else {
            throw PostgresError(.tls, "the server showed no certificate")
        }
        defer { unsafe X509_free(certificate) }
        try unsafe CertificateNames(certificate).verify(host: host.name)
        isHostVerified = true
    }

    /// Whether the certificate descends from a trusted root and is for the host that was asked for.
    var isServerVerified: Bool { isHostVerified && context.key.verifiesChain }

    /// What was agreed.
    var summary: TLSSummary {
        let version = unsafe SSL_get_version(ssl).map { unsafe String(cString: $0) } ?? ""
        let cipher = unsafe SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { unsafe String(cString: $0) } ?? ""
        var certificate: TLSCertificate?
        if let shown = unsafe SSL_get1_peer_certificate(ssl) {
            certificate = unsafe TLSCertificate(shown)
            unsafe X509_free(shown)
        }
        // The handshake failed otherwise.
        let isVerified = certificate != nil && context.key.verifiesChain
        let keyLogError = unsafe notes.pointee.keyLogError
        return TLSSummary(
            version: version, cipher: cipher, certificate: certificate, isVerified: isVerified,
            isHostVerified: isHostVerified, roots: isVerified ? context.roots : nil,
            applicationProtocol: chosenProtocol.map { String(decoding: $0, as: UTF8.self) },
            isClientCertificateRequested: isClientCertificateRequested,
            isClientCertificateSent: isClientCertificateSent,
            keyLogFailure: keyLogError == 0
                ? nil : "\(context.key.keyLogFile ?? "the key log") could not be written: \(SystemError(keyLogError))")
    }

    /// Whether the server asked for a client certificate.
    var isClientCertificateRequested: Bool { unsafe notes.pointee.isCertificateRequested }
    /// Whether there was a client certificate to send when the server asked.
    var isClientCertificateSent: Bool { unsafe notes.pointee.isCertificateSent }

    // MARK: - Plaintext

    /// What reading may leave to be sent, in bytes: some thousands of answers, a session's worth of many terabytes.
    private static let mostUnaskedOutput = 64 * 1024

    /// Decrypts into `buffer`; nil if no whole record is there yet.
    ///
    /// - Returns: The number of bytes, 0 at the session's orderly end.
    /// - Throws: ``PostgresError/Code-swift.struct/tls`` if the server ended the session by an alert: in TLS 1.3 it
    ///   refuses a client certificate only after the handshake. ``PostgresError/Code-swift.struct/connectionLost`` if
    ///   what came is not what the server has encrypted.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(PostgresError) -> Int? {
        ERR_clear_error()
        let count = unsafe SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        switch unsafe SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            // Every request for new keys is answered at once, and the answers wait for the next flush.
            guard unsafe manticore_BIO_ctrl_pending(toSend) <= TLSEngine.mostUnaskedOutput else {
                throw PostgresError(.protocolViolation, "the server asks for new TLS keys without end")
            }
            return nil
        case SSL_ERROR_ZERO_RETURN: return 0
        default:
            let failure = TLSFailure()
            if let alert = failure.alert { throw refused(by: alert) }
            throw failure.error("TLS failed while receiving").with(code: .connectionLost)
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
        default: throw TLSFailure().error("TLS failed while sending").with(code: .connectionLost)
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
        defer {
            unsafe X509_free(certificate)
            ERR_clear_error()
        }
        return unsafe TLSCertificate.endPointHash(certificate).map { .tlsServerEndPoint($0) } ?? .undefined
    }
}
