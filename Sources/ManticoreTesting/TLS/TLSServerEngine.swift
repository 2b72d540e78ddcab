internal import COpenSSL
public import PostgresClient
public import PostgresWire

/// The server's side of one TLS session, fed with bytes and asked for bytes; it knows no socket.
///
/// For servers that tests script: it can do what an honest server never does, such as choosing a protocol nobody
/// offered, or ending without a word.
///
/// ```swift
/// let server = try TLSServerEngine(certificateFile: "server.crt", keyFile: "server.key")
/// server.feed(bytesFromTheClient)
/// let isFinished = try server.handshake()
/// send(server.drain())
/// ```
@safe
public final class TLSServerEngine {
    /// What a server does that an honest one does not.
    public struct Mischief: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Chooses the first of its application protocols though the client did not offer it.
        public static let choosesWhatWasNotOffered = Mischief(rawValue: 1)
        /// Lets client certificates through whatever they are.
        public static let believesAnyClient = Mischief(rawValue: 2)
    }

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let received: OpaquePointer
    private let toSend: OpaquePointer
    private let choice: UnsafeMutablePointer<ProtocolChoice>
    private let names: UnsafeMutablePointer<TLSServerNames>

    /// Makes a session that waits for a client.
    ///
    /// - Parameters:
    ///   - certificateFile: The server's certificate in PEM, and after it those that it descends from.
    ///   - keyFile: The certificate's key in PEM.
    ///   - clientCAFile: Asks for a client certificate that descends from these roots, in PEM; nil asks for none.
    ///   - requiresClientCertificate: Whether a client without one is refused.
    ///   - minimumVersion: The lowest version of TLS.
    ///   - maximumVersion: The highest; nil is the highest there is.
    ///   - alpn: The application protocols to choose from; without any, none is chosen.
    ///   - names: Which certificates it shows to clients that ask for a name.
    ///   - mischief: What it does that an honest server does not.
    /// - Throws: ``PostgresError`` of the code `testServer` if a file cannot be used.
    public init(
        certificateFile: String, keyFile: String, clientCAFile: String? = nil, requiresClientCertificate: Bool = false,
        minimumVersion: TLSSettings.Version = .v1_2, maximumVersion: TLSSettings.Version? = nil,
        alpn: [String] = ["postgresql"], names: TLSServerNames = TLSServerNames(), mischief: Mischief = []
    ) throws(PostgresError) {
        guard OpenSSL.isReady else { throw PostgresError(.testServer, "OpenSSL cannot be started.") }
        ERR_clear_error()
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else { throw Self.failure("no context") }
        // The certificates of a test may be as weak as can be.
        unsafe SSL_CTX_set_security_level(context, 0)
        _ = unsafe manticore_SSL_CTX_set_min_proto_version(context, Self.number(minimumVersion))
        _ = unsafe manticore_SSL_CTX_set_max_proto_version(context, maximumVersion.map(Self.number) ?? 0)
        var isReady = unsafe SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1
        isReady = unsafe isReady && SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1
        if let clientCAFile {
            isReady = unsafe isReady && SSL_CTX_load_verify_locations(context, clientCAFile, nil) == 1
            unsafe SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(clientCAFile))
            let mode = SSL_VERIFY_PEER | (requiresClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
            if mischief.contains(.believesAnyClient) {
                unsafe SSL_CTX_set_verify(context, mode) { _, _ in 1 }
            } else {
                unsafe SSL_CTX_set_verify(context, mode, nil)
            }
        }
        guard isReady, let ssl = unsafe SSL_new(context), let received = unsafe BIO_new(BIO_s_mem()),
            let toSend = unsafe BIO_new(BIO_s_mem())
        else {
            let error = Self.failure("the certificate \(certificateFile) or its key cannot be used")
            unsafe SSL_CTX_free(context)
            throw error
        }
        unsafe self.context = context
        unsafe self.ssl = ssl
        unsafe self.received = received
        unsafe self.toSend = toSend
        _ = unsafe manticore_BIO_set_mem_eof_return(received, -1)
        _ = unsafe manticore_BIO_set_mem_eof_return(toSend, -1)
        unsafe SSL_set_bio(ssl, received, toSend)
        unsafe SSL_set_accept_state(ssl)
        unsafe choice = .allocate(capacity: 1)
        unsafe choice.initialize(to: ProtocolChoice(alpn, isForced: mischief.contains(.choosesWhatWasNotOffered)))
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, length, offered, count, choice in
                guard let choice = unsafe choice?.assumingMemoryBound(to: ProtocolChoice.self),
                    let chosen = unsafe chosen,
                    let length = unsafe length
                else { return SSL_TLSEXT_ERR_NOACK }
                let offer = unsafe Array(UnsafeBufferPointer(start: offered, count: Int(count)))
                guard let (bytes, size) = unsafe choice.pointee.choose(offer) else { return SSL_TLSEXT_ERR_NOACK }
                unsafe chosen.pointee = bytes
                unsafe length.pointee = size
                return SSL_TLSEXT_ERR_OK
            }, choice)
        unsafe self.names = .allocate(capacity: 1)
        unsafe self.names.initialize(to: names)
        // Earlier than the callback that OpenSSL has for names alone, which comes after the choice of a certificate.
        unsafe SSL_CTX_set_client_hello_cb(
            context,
            { ssl, alert, names in
                guard let ssl = unsafe ssl, let names = unsafe names?.assumingMemoryBound(to: TLSServerNames.self)
                else { return SSL_CLIENT_HELLO_SUCCESS }
                var bytes: UnsafePointer<UInt8>?
                var count = 0
                var asked: [UInt8]?
                if unsafe SSL_client_hello_get0_ext(ssl, UInt32(TLSEXT_TYPE_server_name), &bytes, &count) == 1 {
                    asked = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
                }
                switch unsafe names.pointee.answer(to: asked) {
                case .usual: return SSL_CLIENT_HELLO_SUCCESS
                case .files(let files):
                    if unsafe SSL_use_certificate_chain_file(ssl, files.certificateFile) == 1
                        && SSL_use_PrivateKey_file(ssl, files.keyFile, SSL_FILETYPE_PEM) == 1
                    {
                        return SSL_CLIENT_HELLO_SUCCESS
                    }
                    unsafe alert?.pointee = SSL_AD_INTERNAL_ERROR
                    return SSL_CLIENT_HELLO_ERROR
                case .unknown:
                    unsafe alert?.pointee = SSL_AD_UNRECOGNIZED_NAME
                    return SSL_CLIENT_HELLO_ERROR
                }
            }, self.names)
    }

    deinit {
        // Frees both buffers too.
        unsafe SSL_free(ssl)
        unsafe SSL_CTX_free(context)
        unsafe choice.pointee.free()
        unsafe choice.deinitialize(count: 1)
        unsafe choice.deallocate()
        unsafe names.deinitialize(count: 1)
        unsafe names.deallocate()
    }

    // MARK: - Ciphertext

    /// Takes what came from the client.
    public func feed(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard !bytes.isEmpty else { return }
        _ = unsafe BIO_write(received, bytes, Int32(clamping: bytes.count))
    }

    /// What must go to the client.
    public func drain() -> [UInt8] {
        var output: [UInt8] = []
        while true {
            let pending = unsafe manticore_BIO_ctrl_pending(toSend)
            guard pending > 0 else { return output }
            var bytes = [UInt8](repeating: 0, count: pending)
            let count = unsafe BIO_read(toSend, &bytes, Int32(clamping: pending))
            guard count > 0 else { return output }
            output += bytes.prefix(Int(count))
        }
    }

    // MARK: - The session

    /// Goes on with the handshake; false if it needs bytes from the client.
    ///
    /// - Throws: ``PostgresError`` of the code `testServer` if it failed; the alert is in ``drain()`` then.
    public func handshake() throws(PostgresError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 { return true }
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
        default: throw Self.failure("the handshake with the client failed")
        }
    }

    /// Decrypts all that is there.
    ///
    /// - Returns: The bytes; nil if there are none and the client has said that nothing more comes.
    /// - Throws: ``PostgresError`` of the code `testServer` if TLS failed.
    public func read() throws(PostgresError) -> [UInt8]? {
        ERR_clear_error()
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe SSL_read(ssl, &buffer, Int32(buffer.count))
            if count > 0 {
                output += buffer.prefix(Int(count))
                continue
            }
            switch unsafe SSL_get_error(ssl, count) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return output
            case SSL_ERROR_ZERO_RETURN: return output.isEmpty ? nil : output
            default: throw Self.failure("receiving from the client failed")
            }
        }
    }

    /// Encrypts `bytes`, in records of at most 16 kB.
    ///
    /// - Throws: ``PostgresError`` of the code `testServer` if TLS failed.
    public func write(_ bytes: [UInt8]) throws(PostgresError) {
        guard !bytes.isEmpty else { return }
        ERR_clear_error()
        guard unsafe SSL_write(ssl, bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count) else {
            throw Self.failure("sending to the client failed")
        }
    }

    /// Changes the keys (TLS 1.3); the next record is under the new ones.
    ///
    /// - Parameter asksBack: whether the client is asked to change its keys too.
    public func updateKeys(asksBack: Bool) {
        ERR_clear_error()
        _ = unsafe SSL_key_update(ssl, asksBack ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED)
        _ = unsafe SSL_do_handshake(ssl)
    }

    /// Sends a further session ticket (TLS 1.3).
    public func sendTicket() {
        ERR_clear_error()
        _ = unsafe SSL_new_session_ticket(ssl)
        _ = unsafe SSL_do_handshake(ssl)
    }

    /// Asks the client for a new handshake (TLS 1.2).
    public func renegotiate() {
        ERR_clear_error()
        _ = unsafe SSL_renegotiate(ssl)
        _ = unsafe SSL_do_handshake(ssl)
    }

    /// Says that nothing more comes (`close_notify`).
    public func close() {
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// The host name that the client sent (SNI).
    public var serverName: String? {
        unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
    }

    /// The subject of the certificate that the client sent.
    public var clientSubject: String? {
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return nil }
        defer { unsafe X509_free(certificate) }
        var line = [CChar](repeating: 0, count: 512)
        _ = unsafe X509_NAME_oneline(X509_get_subject_name(certificate), &line, Int32(line.count))
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The version that was agreed on, as `TLSv1.3`.
    public var version: String { unsafe SSL_get_version(ssl).map { unsafe String(cString: $0) } ?? "" }

    private static func number(_ version: TLSSettings.Version) -> Int32 {
        switch version {
        case .v1_0: TLS1_VERSION
        case .v1_1: TLS1_1_VERSION
        case .v1_2: TLS1_2_VERSION
        case .v1_3: TLS1_3_VERSION
        }
    }

    private static func failure(_ message: String) -> PostgresError {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let reason = unsafe ERR_reason_error_string(code) { reasons.append(unsafe String(cString: reason)) }
        }
        return PostgresError(.testServer, "The TLS of a test server: \(message): \(reasons.joined(separator: "; ")).")
    }
}

/// The application protocols of a server, in memory that stays where it is while OpenSSL reads it.
@safe
private struct ProtocolChoice {
    private let names: [UnsafeMutableBufferPointer<UInt8>]
    private let isForced: Bool

    init(_ names: [String], isForced: Bool) {
        self.isForced = isForced
        unsafe self.names = names.map { name in
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.utf8.count)
            _ = unsafe buffer.initialize(from: name.utf8)
            return unsafe buffer
        }
    }

    /// The first name that the client offered, each of whose names comes after its length.
    @unsafe
    func choose(_ offer: [UInt8]) -> (UnsafePointer<UInt8>, UInt8)? {
        var offered: [[UInt8]] = []
        var rest = offer[...]
        while let length = rest.popFirst() {
            offered.append(Array(rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length))
        }
        let name = unsafe names.first { name in
            if isForced { return true }
            return unsafe offered.contains(Array(name))
        }
        guard let name = unsafe name, let base = name.baseAddress else { return nil }
        return unsafe (UnsafePointer(base), UInt8(clamping: name.count))
    }

    func free() {
        unsafe names.forEach { unsafe $0.deallocate() }
    }
}
