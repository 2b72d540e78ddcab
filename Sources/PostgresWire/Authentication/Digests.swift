import COpenSSL

/// The hash functions of authentication, from OpenSSL.
package enum Digests {
    /// The size of a SHA-256 hash and of everything SCRAM-SHA-256 makes, in bytes.
    static let sha256Length = 32

    /// SHA-256 (FIPS 180-4).
    package static func sha256(_ bytes: [UInt8]) throws(PostgresError) -> [UInt8] {
        try unsafe digest(bytes, length: sha256Length, EVP_sha256())
    }

    /// MD5 (RFC 1321); an OpenSSL in FIPS mode refuses it.
    static func md5(_ bytes: [UInt8]) throws(PostgresError) -> [UInt8] {
        try unsafe digest(bytes, length: 16, EVP_md5())
    }

    private static func digest(
        _ bytes: [UInt8], length: Int, _ algorithm: OpaquePointer?
    ) throws(PostgresError) -> [UInt8] {
        guard OpenSSL.isReady else { throw failure("start") }
        var result = [UInt8](repeating: 0, count: length)
        let status = unsafe bytes.withUnsafeBytes { input in
            unsafe result.withUnsafeMutableBufferPointer { output in
                unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, nil, algorithm, nil)
            }
        }
        guard status == 1 else { throw failure("hash") }
        return result
    }

    /// HMAC-SHA-256 (RFC 2104).
    package static func hmacSHA256(key: Secret, _ message: some Sequence<UInt8>) throws(PostgresError) -> [UInt8] {
        let message = [UInt8](message)
        guard OpenSSL.isReady, let keyLength = Int32(exactly: key.count) else { throw failure("sign") }
        var result = [UInt8](repeating: 0, count: sha256Length)
        let isDone = unsafe key.withUnsafeBytes { key in
            unsafe message.withUnsafeBufferPointer { input in
                unsafe result.withUnsafeMutableBufferPointer { output in
                    unsafe HMAC(
                        EVP_sha256(), key.baseAddress, keyLength, input.baseAddress, input.count, output.baseAddress,
                        nil) != nil
                }
            }
        }
        guard isDone else { throw failure("sign") }
        return result
    }

    /// PBKDF2 with HMAC-SHA-256 (RFC 8018); takes about 0.4 s for a million iterations.
    package static func pbkdf2SHA256(password: Secret, salt: [UInt8], iterations: Int) throws(PostgresError) -> Secret {
        guard OpenSSL.isReady, let passwordLength = Int32(exactly: password.count),
            let saltLength = Int32(exactly: salt.count),
            let iterations = Int32(exactly: iterations), iterations > 0
        else { throw failure("derive a key") }
        var result = [UInt8](repeating: 0, count: sha256Length)
        defer { wipe(&result) }
        let status = unsafe password.withUnsafeBytes { password in
            unsafe salt.withUnsafeBufferPointer { salt in
                unsafe result.withUnsafeMutableBufferPointer { output in
                    unsafe PKCS5_PBKDF2_HMAC(
                        password.baseAddress?.assumingMemoryBound(to: CChar.self), passwordLength, salt.baseAddress,
                        saltLength, iterations, EVP_sha256(), Int32(sha256Length), output.baseAddress)
                }
            }
        }
        guard status == 1 else { throw failure("derive a key") }
        return Secret(result)
    }

    /// Whether both are the same, in a time that depends on their lengths only.
    static func areEqual(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> Bool {
        guard first.count == second.count else { return false }
        let first = [UInt8](first)
        let second = [UInt8](second)
        return unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                unsafe CRYPTO_memcmp(first.baseAddress, second.baseAddress, first.count) == 0
            }
        }
    }

    /// Overwrites bytes in a way that the optimizer keeps.
    package static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
    }

    private static func failure(_ action: String) -> PostgresError {
        ERR_clear_error()
        return PostgresError(.authenticationFailed, "OpenSSL would not \(action)")
    }
}
