import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The client certificate that a context shows to servers, from files, by libpq's rules.
///
/// Source: PostgreSQL manual, "Client Certificates".
struct TLSClientCertificate {
    let certificateFile: String
    let keyFile: String?
    let password: Secret?

    /// Puts the certificate, what it descends from, and the key into a context.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/tls``, naming the file and what is wrong with it.
    @unsafe
    func load(into context: OpaquePointer) throws(PostgresError) {
        ERR_clear_error()
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1 else {
            throw TLSFailure().error("the client certificate \(certificateFile) (sslcert) could not be read")
        }
        let key = try unsafe readKey()
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1, unsafe SSL_CTX_check_private_key(context) == 1 else {
            throw TLSFailure().error(
                "the client certificate \(certificateFile) does not match the private key \(keyFile ?? "")")
        }
    }

    @unsafe
    private func readKey() throws(PostgresError) -> OpaquePointer {
        guard let keyFile else {
            throw PostgresError(
                .tls, "the certificate \(certificateFile) is there, but no private key: give its file with sslkey")
        }
        let file: TLSFile
        var bytes: [UInt8]
        do {
            (file, bytes) = try TLSFile.read(keyFile)
        } catch {
            throw PostgresError(
                .tls,
                """
                the certificate \(certificateFile) is there, but its private key \(keyFile) could not be opened: \
                \(error); give its file with sslkey
                """)
        }
        defer { unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) } }
        guard file.isRegular else {
            throw PostgresError(.tls, "the private key \(keyFile) is not a regular file")
        }
        guard !file.isOpenToOthers else {
            throw PostgresError(
                .tls,
                """
                the private key \(keyFile) can be used by its group or by everybody: it must have permissions u=rw \
                (0600) or less if the current user owns it, or u=rw,g=r (0640) or less if root does
                """)
        }
        if let key = unsafe TLSClientCertificate.parse(bytes, password) { return unsafe key }
        let advice =
            password == nil ? "if it is encrypted, give sslpassword" : "if sslpassword is right, it is no PEM or DER"
        throw TLSFailure().error("the private key \(keyFile) could not be read (\(advice))")
    }

    /// Reads a key as PEM, then as DER, which may be encrypted too; what OpenSSL says of the failed kinds stays in its
    /// queue only if all failed.
    private static func parse(_ bytes: [UInt8], _ password: Secret?) -> OpaquePointer? {
        guard let length = Int32(exactly: bytes.count) else { return nil }
        let empty = Secret([])
        return unsafe (password ?? empty).withUnsafeBytes { password in
            var password = unsafe password
            return unsafe withUnsafeMutablePointer(to: &password) { argument in
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe parse(bytes, length, argument)
                }
            }
        }
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, _ length: Int32, _ password: UnsafeMutablePointer<UnsafeRawBufferPointer>
    ) -> OpaquePointer? {
        unsafe read(bytes, length) { unsafe PEM_read_bio_PrivateKey($0, nil, givePassword, password) }
            ?? read(bytes, length) { unsafe d2i_PKCS8PrivateKey_bio($0, nil, givePassword, password) }
            ?? read(bytes, length) { unsafe d2i_PrivateKey_bio($0, nil) }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ length: Int32, with reader: (OpaquePointer) -> OpaquePointer?
    ) -> OpaquePointer? {
        guard let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, length) else { return nil }
        defer { unsafe BIO_free(bio) }
        guard let key = unsafe reader(bio) else { return nil }
        ERR_clear_error()
        return unsafe key
    }
}

/// Gives OpenSSL the password that was configured, if there is one, and never asks anybody.
private func givePassword(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _: Int32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let buffer = unsafe buffer,
        let password = unsafe argument?.assumingMemoryBound(to: UnsafeRawBufferPointer.self).pointee,
        let base = password.baseAddress, let count = Int32(exactly: password.count), count <= size
    else { return 0 }
    unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: base, byteCount: Int(count))
    return count
}
